package org.sparkvit.pipeline.maintenance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.delta.Commit;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.dataset.workspace.TableVersion;
import org.sparkvit.dataset.workspace.Workspace;

/** Says what made the versions of a table, and when; writes nothing. */
public final class HistoryStage {
  private final String workspace;
  private final TableSpec table;
  private final Progress progress;

  /**
   * @param workspace URI of the workspace
   * @param table its name
   * @throws UserException when there is no table of this name
   */
  public HistoryStage(String workspace, String table, Progress progress) {
    if (workspace.isBlank()) {
      throw new UserException("--workspace is empty; name a folder");
    }
    this.workspace = workspace;
    this.table = Tables.named(table);
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    List<TableVersion> versions =
        Workspace.forReading(spark, workspace, AsOf.LATEST).history(table);
    List<List<String>> lines = new ArrayList<>();
    lines.add(List.of("version", "time", "what", "files", "rows of the run"));
    for (TableVersion version : versions) {
      Commit commit = version.commit();
      lines.add(
          List.of(
              table.name() + "@" + commit.version(),
              version.time().toString(),
              what(commit),
              String.format(Locale.ROOT, "+%d -%d", commit.added(), commit.removed()),
              version.rows().isPresent()
                  ? String.format(Locale.ROOT, "%,d", version.rows().getAsLong())
                  : ""));
    }
    TextTable.lines(lines).forEach(progress::say);
  }

  private static String what(Commit commit) {
    if (commit.stage().isEmpty()) {
      return commit.operation() + " (" + commit.author() + ")";
    }
    return commit.isRewrite() ? "rewrite" : commit.stage().get();
  }
}
