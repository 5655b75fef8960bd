package org.sparkvit.pipeline.maintenance;

import static org.apache.spark.sql.functions.base64;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.to_json;

import java.io.IOException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.AtomicFiles;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.OwnFolder;
import org.sparkvit.dataset.workspace.Presence;
import org.sparkvit.dataset.workspace.SpreadsheetCells;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * Writes the rows of a version of a table as plain files into a new folder, for programs that do
 * not read Delta tables. The file {@code _SUCCESS} says that all are there, {@code _RUN} what they
 * are.
 */
public final class ExportStage {
  private static final String OWNER = "export of a table";

  /** Without an ending, so that nobody takes it for one of the files with rows. */
  private static final String RECORD = "_RUN";

  private final ExportConfig config;
  private final Progress progress;

  public ExportStage(ExportConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("export", config.toMap());
    Workspace workspace = Workspace.forReading(spark, config.workspace(), config.asOf());
    Dataset<Row> rows = workspace.read(config.table());
    String version = workspace.version(config.table());
    long count = workspace.rows(config.table());
    record.input(config.table().name(), version).result("rows", count);
    Path folder = folder(spark);
    try {
      FileSystem fs = folder.getFileSystem(spark.sparkContext().hadoopConfiguration());
      begin(fs, folder, workspace, record);
      try {
        write(rows, folder.toString());
        AtomicFiles.write(fs, new Path(folder, RECORD), Json.write(record.toMap()));
        OwnFolder.handOver(fs, folder, OWNER);
      } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
        delete(fs, folder, e);
        throw e;
      }
    } catch (IOException e) {
      throw unwritable(e);
    }
    progress.say(
        String.format(Locale.ROOT, "export: %,d rows of %s written to %s", count, version, folder));
  }

  private Path folder(SparkSession spark) {
    try {
      Path folder = new Path(config.to());
      return folder.getFileSystem(spark.sparkContext().hadoopConfiguration()).makeQualified(folder);
    } catch (IOException | IllegalArgumentException e) {
      throw unwritable(e);
    }
  }

  private UserException unwritable(Exception e) {
    return new UserException(
        "--to '"
            + config.to()
            + "' cannot be written to: "
            + e.getMessage()
            + "; name a folder that can",
        e);
  }

  private void begin(FileSystem fs, Path folder, Workspace workspace, RunRecord record)
      throws IOException {
    String exports = workspace.uri() + "/exports/";
    if ((folder + "/").startsWith(workspace.uri() + "/")
        && !folder.toString().startsWith(exports)) {
      throw new UserException(
          "--to '"
              + config.to()
              + "' is among the workspace's own folders; use one below "
              + exports
              + ", or elsewhere");
    }
    if (Presence.exists(fs, folder)) {
      if (!fs.getFileStatus(folder).isDirectory() || !Presence.list(fs, folder).isEmpty()) {
        throw new UserException(
            "--to '" + config.to() + "' is there already and not an empty folder; name a new one");
      }
      fs.delete(folder, false);
    }
    OwnFolder.begin(fs, folder, OWNER, record.runId());
  }

  private static void delete(FileSystem fs, Path folder, Throwable reason) {
    try {
      OwnFolder.delete(fs, folder, OWNER);
    } catch (IOException | UserException e) {
      reason.addSuppressed(e);
    }
  }

  private void write(Dataset<Row> rows, String folder) {
    switch (config.format()) {
      case PARQUET -> writer(rows).parquet(folder);
      case CSV ->
          writer(asText(SpreadsheetCells.quoted(rows)))
              .options(
                  Map.of(
                      "header", "true",
                      "escape", "\"",
                      "ignoreLeadingWhiteSpace", "false",
                      "ignoreTrailingWhiteSpace", "false",
                      "timeZone", "UTC"))
              .csv(folder);
      case JSONL ->
          writer(rows).options(Map.of("ignoreNullFields", "false", "timeZone", "UTC")).json(folder);
      default -> throw new IllegalStateException(config.format().name());
    }
  }

  /** The folder is there, and has nothing but its mark. */
  private static DataFrameWriter<Row> writer(Dataset<Row> rows) {
    return rows.write().mode(SaveMode.Append);
  }

  private static Dataset<Row> asText(Dataset<Row> rows) {
    return rows.select(
        Arrays.stream(rows.schema().fields()).map(ExportStage::asText).toArray(Column[]::new));
  }

  private static Column asText(StructField field) {
    Column column = col("`" + field.name().replace("`", "``") + "`");
    DataType type = field.dataType();
    if (type instanceof ArrayType || type instanceof StructType || type instanceof MapType) {
      return to_json(column).as(field.name());
    }
    return type instanceof BinaryType ? base64(column).as(field.name()) : column;
  }
}
