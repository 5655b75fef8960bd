package org.sparkvit.table;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;

/**
 * A folder on any Hadoop file system that holds the tables, models and reports of one data set.
 *
 * <pre>
 * workspace.json                 format of the workspace
 * TABLE/_current.json            which parts make up the table now
 * TABLE/RUN/*.parquet            what one run wrote, never changed afterwards
 * TABLE/RUN/_run.json            the record of that run
 * models/NAME/                   Hugging Face model directories
 * reports/NAME/                  reports
 * exports/NAME/                  files for others to take away
 * </pre>
 *
 * <p>A run writes a folder of its own and then replaces {@code _current.json}, which is one atomic
 * step on HDFS, on a local disk and on S3. So readers see the table before or after a run, never in
 * between, and an interrupted run leaves the former state. What the last-but-one state alone used
 * is deleted; the last one stays for readers that are still in it.
 */
public final class Workspace {
  /** Raised when an older program could no longer read what this one writes. */
  static final int FORMAT = 1;

  private static final Pattern GLOB = Pattern.compile("[{}\\[\\]*?\\\\]");
  private static final String MARKER = "workspace.json";
  private static final String CURRENT = "_current.json";
  private static final String RUN_RECORD = "_run.json";

  private final SparkSession spark;
  private final Path root;
  private final FileSystem fs;

  private Workspace(SparkSession spark, Path root, FileSystem fs) {
    this.spark = spark;
    this.root = root;
    this.fs = fs;
  }

  /**
   * The workspace at {@code uri}; it comes into being with its first table.
   *
   * @throws UserException when the URI cannot be reached or was written by a newer version
   */
  public static Workspace at(SparkSession spark, String uri) {
    if (GLOB.matcher(uri).find()) {
      throw new UserException(
          "workspace '"
              + uri
              + "' has one of { } [ ] * ? \\ in it, which Spark takes for a pattern;"
              + " use a folder without them");
    }
    try {
      Path path = new Path(uri);
      FileSystem fs = path.getFileSystem(spark.sparkContext().hadoopConfiguration());
      Workspace workspace = new Workspace(spark, fs.makeQualified(path), fs);
      workspace.checkFormat();
      return workspace;
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException(
          "workspace '" + uri + "' cannot be opened: " + e.getMessage() + "; check the URI", e);
    }
  }

  /** The workspace's own URI, without a slash at the end. */
  public String uri() {
    return root.toString();
  }

  /** URI of a model directory of this workspace. */
  public String model(String name) {
    return uri() + "/models/" + name;
  }

  /** URI of a report folder of this workspace. */
  public String report(String name) {
    return uri() + "/reports/" + name;
  }

  /** URI of a folder of files that are for others to take away. */
  public String export(String name) {
    return uri() + "/exports/" + name;
  }

  /** Whether the table has been written. */
  public boolean has(TableSpec table) {
    return !parts(table).isEmpty();
  }

  /**
   * Stops a stage whose output exists already, before it does any work.
   *
   * @throws UserException unless {@code overwrite}, or the table is not there
   */
  public void requireAbsent(TableSpec table, boolean overwrite) {
    if (!overwrite && has(table)) {
      throw new UserException(
          "table '"
              + table.name()
              + "' exists already in "
              + uri()
              + "; pass --overwrite to replace it, or use another --workspace");
    }
  }

  /**
   * The table's rows, checked.
   *
   * @throws UserException when the table is not there; the message names the subcommand to run
   */
  public Dataset<Row> read(TableSpec table) {
    List<String> parts = parts(table);
    if (parts.isEmpty()) {
      throw new UserException(
          "workspace '"
              + uri()
              + "' has no table '"
              + table.name()
              + "'; run 'spark-vit "
              + table.writtenBy()
              + "' first");
    }
    String[] folders =
        parts.stream().map(part -> new Path(folder(table), part).toString()).toArray(String[]::new);
    return table.check(spark.read().parquet(folders));
  }

  /** Names the exact rows that {@link #read} gives now, for a run record. */
  public List<String> version(TableSpec table) {
    return parts(table);
  }

  /** The record of one of the runs that {@link #version} names, as {@link RunRecord#toMap}. */
  public JsonNode record(TableSpec table, String run) {
    Path file = new Path(new Path(folder(table), run), RUN_RECORD);
    try {
      return Json.read(file.toString(), AtomicFiles.read(fs, file));
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  /**
   * Writes {@code rows} as the whole table.
   *
   * @return how many rows were written; also put into the record as {@code rows.TABLE}
   */
  public long replace(TableSpec table, Dataset<Row> rows, RunRecord record) {
    return publish(table, rows, record, false, written -> {});
  }

  /**
   * As {@link #replace(TableSpec, Dataset, RunRecord)}, with a last look at what was written.
   *
   * @param check sees the written rows before anybody else does; when it throws, they are deleted
   *     and the table stays as it was
   */
  public long replace(
      TableSpec table, Dataset<Row> rows, RunRecord record, Consumer<Dataset<Row>> check) {
    return publish(table, rows, record, false, check);
  }

  /** Writes {@code rows} beside those that are there. Returns how many were written. */
  public long append(
      TableSpec table, Dataset<Row> rows, RunRecord record, Consumer<Dataset<Row>> check) {
    return publish(table, rows, record, true, check);
  }

  /**
   * Writes several whole tables of one run, which belong together. All are written, and then made
   * visible one right after the other; a run that fails before leaves every one of them as it was.
   * Whoever needs rows of one run compares {@link #version}, which is the run's for all of them.
   *
   * @return how many rows were written, by table
   */
  public Map<TableSpec, Long> replaceAll(Map<TableSpec, Dataset<Row>> tables, RunRecord record) {
    Map<TableSpec, Long> written = new LinkedHashMap<>();
    try {
      try {
        for (Map.Entry<TableSpec, Dataset<Row>> table : tables.entrySet()) {
          written.put(table.getKey(), write(table.getKey(), table.getValue(), record, rows -> {}));
        }
        for (TableSpec table : tables.keySet()) {
          describe(table, record);
        }
      } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
        for (TableSpec table : tables.keySet()) {
          fs.delete(new Path(folder(table), record.runId()), true);
        }
        throw e;
      }
      markFormat();
      for (TableSpec table : tables.keySet()) {
        show(table, record, false);
      }
      return written;
    } catch (IOException e) {
      throw new UncheckedIOException("writing tables in " + uri(), e);
    }
  }

  private long publish(
      TableSpec table,
      Dataset<Row> rows,
      RunRecord record,
      boolean keepFormerParts,
      Consumer<Dataset<Row>> check) {
    try {
      long written;
      try {
        written = write(table, rows, record, check);
        describe(table, record);
      } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
        fs.delete(new Path(folder(table), record.runId()), true);
        throw e;
      }
      markFormat();
      show(table, record, keepFormerParts);
      return written;
    } catch (IOException e) {
      throw new UncheckedIOException("writing table '" + table.name() + "' in " + uri(), e);
    }
  }

  /** Writes a part that nobody sees yet. */
  private long write(
      TableSpec table, Dataset<Row> rows, RunRecord record, Consumer<Dataset<Row>> check) {
    String part = new Path(folder(table), record.runId()).toString();
    table.check(rows).write().parquet(part);
    Dataset<Row> result = spark.read().schema(table.schema()).parquet(part);
    check.accept(result);
    long written = result.count();
    record.result("rows." + table.name(), written);
    return written;
  }

  private void describe(TableSpec table, RunRecord record) throws IOException {
    Path part = new Path(folder(table), record.runId());
    AtomicFiles.write(fs, new Path(part, RUN_RECORD), Json.write(record.toMap()));
  }

  /** Makes a part visible, and deletes what only the last-but-one state used. */
  private void show(TableSpec table, RunRecord record, boolean keepFormerParts) throws IOException {
    Path folder = folder(table);
    List<String> former = parts(table);
    List<String> outdated = list(manifest(table), "previous");
    List<String> current = new ArrayList<>();
    if (keepFormerParts) {
      current.addAll(former);
    }
    current.add(record.runId());
    Map<String, Object> manifest = new LinkedHashMap<>();
    manifest.put("format", FORMAT);
    manifest.put("parts", current);
    manifest.put("previous", former);
    AtomicFiles.write(fs, new Path(folder, CURRENT), Json.write(manifest));
    outdated.removeAll(current);
    outdated.removeAll(former);
    for (String name : outdated) {
      fs.delete(new Path(folder, name), true);
    }
  }

  private Path folder(TableSpec table) {
    return new Path(root, table.name());
  }

  private List<String> parts(TableSpec table) {
    return list(manifest(table), "parts");
  }

  private JsonNode manifest(TableSpec table) {
    Path file = new Path(folder(table), CURRENT);
    try {
      JsonNode manifest = Json.read(file.toString(), AtomicFiles.read(fs, file));
      requireReadable(file, manifest);
      return manifest;
    } catch (FileNotFoundException e) {
      return Json.read(file.toString(), "{}");
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  private static List<String> list(JsonNode manifest, String field) {
    List<String> names = new ArrayList<>();
    manifest.path(field).forEach(node -> names.add(node.asText()));
    return names;
  }

  private void checkFormat() throws IOException {
    Path marker = new Path(root, MARKER);
    try {
      requireReadable(marker, Json.read(marker.toString(), AtomicFiles.read(fs, marker)));
    } catch (FileNotFoundException e) {
      if (fs.exists(root) && !fs.getFileStatus(root).isDirectory()) {
        throw new UserException("workspace '" + root + "' is a file; name a folder", e);
      }
    }
  }

  private void markFormat() throws IOException {
    Path marker = new Path(root, MARKER);
    if (!fs.exists(marker)) {
      AtomicFiles.write(fs, marker, Json.write(Map.of("format", FORMAT)));
    }
  }

  private static void requireReadable(Path file, JsonNode document) {
    int format = document.path("format").asInt(0);
    if (format > FORMAT) {
      throw new UserException(
          file
              + " has format "
              + format
              + ", written by a newer spark-vit; this one reads up to "
              + FORMAT
              + ": upgrade it, or use another --workspace");
    }
    if (format < 1) {
      throw new UserException(
          file + " has no 'format' of 1 or more; it is damaged or not a spark-vit workspace");
    }
  }
}
