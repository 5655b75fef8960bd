package org.sparkvit.pipeline.maintenance;

import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.OverwriteOption;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link RegisterStage}.
 *
 * @param workspace URI of the workspace
 * @param catalog the catalog of the session that gets the tables; without it the current one
 * @param schema the schema that gets the tables; it is created where it does not exist
 * @param prefix what the tables' names begin with there, so that one schema may have several
 *     workspaces
 * @param dryRun whether the SQL is printed and not run
 * @param overwrite whether external tables of these names that lie elsewhere are replaced
 */
public record RegisterConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = "NAME",
            help =
                "Catalog of the session, such as a catalog of Unity Catalog. Without it the current"
                    + " one, which is Glue's or Hive's where the session has one of these.")
        Optional<String> catalog,
    @Option(
            label = "NAME",
            help = "Schema (database) for the tables; created where it does not exist.")
        String schema,
    @Option(
            label = "TEXT",
            help = "What the names of the tables begin with, for several workspaces in one schema.")
        Optional<String> prefix,
    @Option(help = "Print the SQL, for somebody who has the rights to run it, and do nothing.")
        boolean dryRun,
    @OverwriteOption boolean overwrite) {

  /** Checks the names. */
  public RegisterConfig {
    if (schema.isBlank()) {
      throw new UserException("--schema is empty; name the schema for the tables");
    }
    if (!prefix.orElse("").matches("[A-Za-z0-9_]*")) {
      throw new UserException(
          "--prefix is '" + prefix.get() + "'; use letters of the English alphabet, digits and _");
    }
  }
}
