package org.sparkvit.pipeline.maintenance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Deletes, of all tables of a workspace, the files of versions that were replaced long ago, and
 * what runs that died have begun. Models, exports, reports, records of runs and all that others
 * have put there stay.
 */
@StageDescription(
    name = "vacuum",
    group = Group.OPERATE,
    help = {
      "Deletes files of tables that only versions have which were replaced long ago, and what runs"
          + " that died have begun and nobody has written to for two days.",
      "Models, exports, reports and whatever else is there stay."
    },
    showsSparkProgress = false)
public final class VacuumStage extends Stage<VacuumConfig> {
  public VacuumStage() {
    super(VacuumConfig.class);
  }

  @Override
  protected boolean readsOnly(VacuumConfig config) {
    return config.dryRun();
  }

  /**
   * Deletes what no kept version has, table by table.
   *
   * @throws UserException after all other tables, when one of them cannot be read or deleted from
   */
  @Override
  protected void run(StageContext context, VacuumConfig config) {
    Workspace workspace = context.workspace();
    Path root = new Path(workspace.uri());
    Instant now = now(workspace, config);
    List<RuntimeException> failures = new ArrayList<>();
    boolean any = false;
    for (TableSpec table : Tables.ALL) {
      try {
        if (workspace.has(table)) {
          any = true;
          FileSystem fs = root.getFileSystem(context.spark().sparkContext().hadoopConfiguration());
          Vacuumed vacuumed =
              new TableVacuum(fs, new Path(root, table.name()), table, config.dryRun())
                  .run(now, now.minus(config.kept()));
          context.say(vacuumed.line(config.dryRun()));
        }
      } catch (UserException e) {
        failures.add(e);
      } catch (IOException | UncheckedIOException e) {
        failures.add(
            new UserException(
                "table '"
                    + table.name()
                    + "' in "
                    + root
                    + " cannot be vacuumed: "
                    + e.getMessage()
                    + "; what was deleted of it no kept version has; see to the storage and its"
                    + " rights, and run the command again",
                e));
      }
    }
    if (failures.size() == 1) {
      throw failures.get(0);
    }
    if (!failures.isEmpty()) {
      throw new UserException(
          failures.size() + " tables were not vacuumed; the first: " + failures.get(0).getMessage(),
          failures.get(0));
    }
    if (!any) {
      throw new UserException(
          "workspace '" + root + "' has no tables; run 'spark-vit catalog' first");
    }
  }

  /**
   * Versions and files have times by the clock of the storage. Where that of this machine is
   * behind, it is the one to go by, for then less is deleted.
   */
  private static Instant now(Workspace workspace, VacuumConfig config) {
    Instant here = Instant.now();
    try {
      Instant there = workspace.storageTime();
      return there.isBefore(here) ? there : here;
    } catch (UserException e) {
      if (config.dryRun()) {
        return here; // may be looked at without the right to write
      }
      throw e;
    }
  }
}
