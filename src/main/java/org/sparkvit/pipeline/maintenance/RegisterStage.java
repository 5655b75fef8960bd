package org.sparkvit.pipeline.maintenance;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.QuotedColumn;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Registers the tables of a workspace in the metastore of the session. It uses SQL only, so the
 * metastore may be any that the session has, and the rights are those of the session. The tables
 * are external: they stay where they are, and each version that a later run commits is seen at
 * once.
 */
@StageDescription(
    name = "register",
    group = Group.OPERATE,
    help = {
      "Registers the workspace's tables in the metastore of the session (Glue, Hive, Unity"
          + " Catalog), so that SQL finds them by name.",
      "They are external Delta tables: later versions are seen at once, and dropping one deletes no"
          + " file. The session needs Delta Lake."
    })
public final class RegisterStage extends Stage<RegisterConfig> {
  private static final String LOCATION = "Location";
  private static final String TYPE = "Type";
  private static final String EXTERNAL = "EXTERNAL";

  public RegisterStage() {
    super(RegisterConfig.class);
  }

  @Override
  protected boolean readsOnly(RegisterConfig config) {
    return true;
  }

  @Override
  protected void run(StageContext context, RegisterConfig config) {
    List<TableSpec> tables =
        Tables.ALL.stream().filter(table -> context.workspace().has(table)).toList();
    if (tables.isEmpty()) {
      throw new UserException(
          "workspace '"
              + context.workspace().uri()
              + "' has no tables yet; run 'spark-vit catalog' first");
    }
    String schema =
        config.catalog().map(catalog -> QuotedColumn.quote(catalog) + ".").orElse("")
            + QuotedColumn.quote(config.schema());
    String prefix = config.prefix().orElse("");
    List<String> names = new ArrayList<>();
    int made = 0;
    String createSchema = "CREATE SCHEMA IF NOT EXISTS " + schema;
    if (config.dryRun()) {
      context.progress().say(createSchema + ";");
    } else {
      run(context.spark(), createSchema);
    }
    for (TableSpec table : tables) {
      String name = schema + "." + QuotedColumn.quote(prefix + table.name());
      String location = context.workspace().table(table);
      String create =
          "CREATE TABLE " + name + " USING delta LOCATION '" + location.replace("'", "\\'") + "'";
      names.add(prefix + table.name());
      if (config.dryRun()) {
        context.progress().say(create + ";");
      } else if (isNew(context.spark(), name, location, config.overwrite())) {
        run(context.spark(), create);
        made++;
      }
    }
    context.record().result("tables", names).result("registered", made);
    if (!config.dryRun()) {
      context.say(
          "%,d tables are in %s, %,d of them newly registered", tables.size(), schema, made);
    }
  }

  /**
   * Returns whether a name is free. A table of another place under that name is dropped where that
   * was asked for and costs no file.
   */
  private static boolean isNew(
      SparkSession spark, String name, String location, boolean overwrite) {
    if (!spark.catalog().tableExists(name)) {
      return true;
    }
    List<Row> about = spark.sql("DESCRIBE TABLE EXTENDED " + name).collectAsList();
    String there = detail(about, LOCATION).orElse("no place of its own");
    if (isSame(spark, there, location)) {
      return false;
    }
    String type = detail(about, TYPE).orElse("?");
    if (!type.equals(EXTERNAL)) {
      throw new UserException(
          "table "
              + name
              + " is there already, of type "
              + type
              + " and not external, so replacing it could delete data; pass another --schema or"
              + " --prefix");
    }
    if (!overwrite) {
      throw new UserException(
          "table "
              + name
              + " is there already and lies in "
              + there
              + "; pass --overwrite to replace the entry, or another --schema or --prefix");
    }
    run(spark, "DROP TABLE " + name);
    return true;
  }

  private static Optional<String> detail(List<Row> about, String name) {
    return about.stream()
        .filter(row -> name.equals(row.getString(0)))
        .map(row -> row.getString(1))
        .findFirst();
  }

  private static boolean isSame(SparkSession spark, String one, String other) {
    return qualified(spark, one).equals(qualified(spark, other));
  }

  private static Path qualified(SparkSession spark, String location) {
    try {
      Path path = new Path(location);
      return path.getFileSystem(spark.sparkContext().hadoopConfiguration()).makeQualified(path);
    } catch (java.io.IOException | IllegalArgumentException e) {
      return new Path("unknown:/" + location.hashCode());
    }
  }

  private static void run(SparkSession spark, String sql) {
    try {
      spark.sql(sql);
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      if (message.contains("DATA_SOURCE_NOT_FOUND") || message.contains("Failed to find")) {
        throw new UserException(
            "this session has no Delta Lake, which 'register' needs ("
                + message
                + "); start it with the delta-spark package of its version of Spark and"
                + " spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension and"
                + " spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog",
            e);
      }
      throw new UserException("'" + sql + "' failed: " + message, e);
    }
  }
}
