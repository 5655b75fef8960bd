package org.sparkvit.pipeline.maintenance;

import static org.apache.spark.sql.functions.base64;
import static org.apache.spark.sql.functions.to_json;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.QuotedColumn;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;
import org.sparkvit.dataset.workspace.AtomicFiles;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.OwnFolder;
import org.sparkvit.dataset.workspace.Presence;
import org.sparkvit.dataset.workspace.SpreadsheetCells;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Writes the rows of a version of a table as plain files into a new folder, for programs that do
 * not read Delta tables. The file {@code _SUCCESS} says that all are there, {@code _RUN} what they
 * are.
 */
@StageDescription(
    name = "export",
    group = Group.OPERATE,
    help =
        "Writes the rows of a table as plain files into a new folder, for programs that do not read"
            + " Delta tables; or the images themselves, as a data set of Hugging Face.",
    readsEarlierVersions = true)
public final class ExportStage extends Stage<ExportConfig> {
  /** About how many bytes of images a file has, as in data sets of the Hub. */
  private static final long FILE_BYTES = 500_000_000;

  private static final String OWNER = "export of a table";

  /** Without an ending, so that nobody takes it for one of the files with rows. */
  private static final String RECORD = "_RUN";

  private final long fileBytes;

  public ExportStage() {
    this(FILE_BYTES);
  }

  /**
   * Creates a stage.
   *
   * @param fileBytes about how many bytes of images a file has
   */
  ExportStage(long fileBytes) {
    super(ExportConfig.class);
    this.fileBytes = fileBytes;
  }

  @Override
  protected void check(ExportConfig config) {
    TableSpec table = table(config);
    if (config.format() == ExportConfig.Format.HUGGINGFACE && !table.equals(ImagesTable.SPEC)) {
      throw new UserException(
          "--format huggingface is for table images, not " + table.name() + "; name that one");
    }
  }

  private static TableSpec table(ExportConfig config) {
    return Tables.named(config.table().orElse(""));
  }

  @Override
  protected boolean readsOnly(ExportConfig config) {
    return true;
  }

  @Override
  protected void run(StageContext context, ExportConfig config) {
    TableSpec table = table(config);
    Dataset<Row> rows = context.read(table);
    String version = context.workspace().version(table);
    boolean withImages = config.format() == ExportConfig.Format.HUGGINGFACE;
    long count;
    Configuration hadoop = context.spark().sparkContext().hadoopConfiguration();
    Path folder = folder(hadoop, config);
    try {
      FileSystem fs = folder.getFileSystem(hadoop);
      begin(fs, folder, context, config);
      try {
        count =
            withImages
                ? new HuggingFaceExport(context, folder, fileBytes).write()
                : write(rows, folder.toString(), config.format(), context.workspace().rows(table));
        context.record().result("rows", count);
        AtomicFiles.write(fs, new Path(folder, RECORD), Json.write(context.record().toMap()));
        OwnFolder.handOver(fs, folder, OWNER);
      } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
        delete(fs, folder, e);
        throw e;
      }
    } catch (IOException e) {
      throw unwritable(config, e);
    }
    context.say(
        "%,d %s of %s written to %s", count, withImages ? "images" : "rows", version, folder);
  }

  private static Path folder(Configuration hadoop, ExportConfig config) {
    try {
      Path folder = new Path(config.to());
      return folder.getFileSystem(hadoop).makeQualified(folder);
    } catch (IOException | IllegalArgumentException e) {
      throw unwritable(config, e);
    }
  }

  private static UserException unwritable(ExportConfig config, Exception e) {
    return new UserException(
        "--to '"
            + config.to()
            + "' cannot be written to: "
            + e.getMessage()
            + "; name a folder that can",
        e);
  }

  private static void begin(FileSystem fs, Path folder, StageContext context, ExportConfig config)
      throws IOException {
    String workspace = context.workspace().uri();
    String exports = workspace + "/exports/";
    if ((folder + "/").startsWith(workspace + "/") && !folder.toString().startsWith(exports)) {
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
    OwnFolder.begin(fs, folder, OWNER, context.record().runId());
  }

  private static void delete(FileSystem fs, Path folder, Throwable reason) {
    try {
      OwnFolder.delete(fs, folder, OWNER);
    } catch (IOException | UserException e) {
      reason.addSuppressed(e);
    }
  }

  /** Writes rows, and returns their number. */
  private static long write(
      Dataset<Row> rows, String folder, ExportConfig.Format format, long count) {
    switch (format) {
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
      default -> throw new IllegalStateException(format.name());
    }
    return count;
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
    Column column = QuotedColumn.named(field.name());
    DataType type = field.dataType();
    if (type instanceof ArrayType || type instanceof StructType || type instanceof MapType) {
      return to_json(column).as(field.name());
    }
    return type instanceof BinaryType ? base64(column).as(field.name()) : column;
  }
}
