package org.sparkvit.pipeline.maintenance;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.sparkvit.dataset.delta.Commit;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;
import org.sparkvit.dataset.workspace.TableVersion;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/** Says what made the versions of a table, and when; writes nothing. */
@StageDescription(
    name = "history",
    group = Group.OPERATE,
    help = {
      "Lists the versions of a table, the newest first: when, by which command, files that came and"
          + " went, rows that the run wrote.",
      "--as-of of other commands takes the versions and the times that it shows."
    },
    showsSparkProgress = false)
public final class HistoryStage extends Stage<HistoryConfig> {
  public HistoryStage() {
    super(HistoryConfig.class);
  }

  @Override
  protected void check(HistoryConfig config) {
    table(config);
  }

  private static TableSpec table(HistoryConfig config) {
    return Tables.named(config.table().orElse(""));
  }

  @Override
  protected boolean readsOnly(HistoryConfig config) {
    return true;
  }

  @Override
  protected void run(StageContext context, HistoryConfig config) {
    TableSpec table = table(config);
    List<TableVersion> versions = context.workspace().history(table);
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
    TextTable.lines(lines).forEach(context.progress()::say);
  }

  private static String what(Commit commit) {
    if (commit.stage().isEmpty()) {
      return commit.operation() + " (" + commit.author() + ")";
    }
    return commit.isRewrite() ? "rewrite" : commit.stage().get();
  }
}
