package org.sparkvit.table;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.struct;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;

/**
 * A folder on any Hadoop file system that holds the tables, models and reports of one data set.
 *
 * <pre>
 * workspace.json                 format of the workspace
 * TABLE/PART/*.parquet           what one run wrote, never changed afterwards
 * TABLE/PART/_begun.json         whose part it is, from the moment that it was begun
 * TABLE/PART/_run.json           the record of that run
 * TABLE/_current.json            which part is the table, where runs write it whole
 * models/NAME/                   Hugging Face model directories
 * training/NAME/                 states and figures of trainings that are not finished
 * studies/NAME/                  searches for settings
 * reports/NAME/                  reports
 * exports/NAME/                  files for others to take away
 * shards/NAME/                   bytes of images, which the table packed has the places of
 * </pre>
 *
 * <p>A run writes a folder of its own, which then counts in one atomic step, on HDFS, on a local
 * disk and on S3: see {@link WholeParts} for tables that a run replaces and {@link GrowingParts}
 * for those that runs add to. So readers see the table before or after that step, never in between,
 * and an interrupted run leaves the former state. What the last-but-one state alone used is
 * deleted; the last one stays for readers that are still in it. Only what says that it is a part of
 * the table is ever deleted.
 */
public final class Workspace {
  /** Raised when an older program could no longer read what this one writes. */
  static final int FORMAT = 2;

  private static final Pattern GLOB = Pattern.compile("[{}\\[\\]*?\\\\]");
  private static final String MARKER = "workspace.json";

  /** Where shards are, relative to a workspace. */
  public static final String SHARDS = "shards";

  private static final String MODELS = "models";
  private static final String TRAININGS = "training";
  private static final String STUDIES = "studies";
  private static final String REPORTS = "reports";
  private static final String EXPORTS = "exports";

  /** What is in a workspace beside tables, whose folders have other names. */
  static final Set<String> FOLDERS = Set.of(MODELS, TRAININGS, STUDIES, REPORTS, EXPORTS, SHARDS);

  private static final String EXPORT = "export";

  /** Of a column that only merged parts have: where each row came from. */
  private static final String PART = "_part";

  private final SparkSession spark;
  private final Path root;
  private final FileSystem fs;

  /** Parts by table, as they were at the first look; null where each look is a new one. */
  private final Map<String, List<String>> listed;

  private Workspace(
      SparkSession spark, Path root, FileSystem fs, Map<String, List<String>> listed) {
    this.spark = spark;
    this.root = root;
    this.fs = fs;
    this.listed = listed;
  }

  /**
   * The workspace at {@code uri}; it comes into being with its first table.
   *
   * @throws UserException when the URI cannot be reached or was written by a newer version
   */
  public static Workspace at(SparkSession spark, String uri) {
    return open(spark, uri, null);
  }

  /**
   * The same for one run of a stage that will write. Each table is listed once: as long as the
   * stage does not write it, it reads the same of it, whatever other runs publish meanwhile, and
   * its record names what it has read.
   *
   * @throws UserException as {@link #at}, and when nothing can be written there, before any work
   */
  public static Workspace forStage(SparkSession spark, String uri) {
    Workspace workspace = open(spark, uri, new ConcurrentHashMap<>());
    Writable.require(workspace.fs, workspace.root);
    return workspace;
  }

  private static Workspace open(SparkSession spark, String uri, Map<String, List<String>> listed) {
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
      Workspace workspace = new Workspace(spark, fs.makeQualified(path), fs, listed);
      workspace.checkFormat();
      ModelFolder.restore(fs, new Path(workspace.root, MODELS));
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
    return uri() + "/" + MODELS + "/" + name;
  }

  /**
   * URI of a model directory: of this workspace where a name is given, else the URI itself. A
   * TorchScript module may be named as the file, which stands for its folder.
   */
  public String modelAt(String nameOrUri) {
    String folder = nameOrUri.replaceFirst("(?<=[^/])/+model\\.pt$", "");
    return folder.contains("/") || folder.contains(":") || !folder.equals(nameOrUri)
        ? folder
        : model(folder);
  }

  /** URI of the folder of a training that is not finished. */
  public String training(String name) {
    return uri() + "/" + TRAININGS + "/" + name;
  }

  /** URI of the folder of a study of settings. */
  public String study(String name) {
    return uri() + "/" + STUDIES + "/" + name;
  }

  /** Names of the trainings that are not finished, the one that wrote last first. */
  public List<String> trainings() {
    return names(TRAININGS);
  }

  /** Names of the studies, the one that wrote last first. */
  public List<String> studies() {
    return names(STUDIES);
  }

  private List<String> names(String folder) {
    try {
      return Presence.list(fs, new Path(root, folder)).stream()
          .filter(FileStatus::isDirectory)
          .sorted(Comparator.comparingLong(FileStatus::getModificationTime).reversed())
          .map(status -> status.getPath().getName())
          .filter(name -> !name.startsWith("."))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("listing " + new Path(root, folder), e);
    }
  }

  /** A small text file, if it is there, wherever it is. */
  public Optional<String> text(String uri) {
    Path file = new Path(uri);
    try {
      return Presence.text(file.getFileSystem(fs.getConf()), file);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  /** URI of a report folder of this workspace. */
  public String report(String name) {
    return uri() + "/" + REPORTS + "/" + name;
  }

  /**
   * Makes a folder of files that are for others to take away.
   *
   * @param name with the run's id in it
   * @return its URI
   */
  public String beginExport(String name, RunRecord record) {
    Path folder = new Path(uri() + "/" + EXPORTS + "/" + name);
    try {
      OwnFolder.begin(fs, folder, EXPORT, record.runId());
      return folder.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("making " + folder, e);
    }
  }

  /**
   * Deletes a folder that {@link #beginExport} made, of a run that came to nothing.
   *
   * @param reason why; what goes wrong here is added to it
   */
  public void deleteExport(String uri, Throwable reason) {
    try {
      OwnFolder.delete(fs, new Path(uri), EXPORT);
    } catch (IOException | UserException e) {
      reason.addSuppressed(e);
    }
  }

  /** URI of the folder that holds the folders of shards. */
  public String shards() {
    return uri() + "/" + SHARDS;
  }

  /** Whether the table has been written. */
  public boolean has(TableSpec table) {
    return !version(table).isEmpty();
  }

  /**
   * Stops a stage that could not add to its tables, before it does any work.
   *
   * @throws UserException when the folder of one is there and cannot be written to
   */
  public void requireWritable(TableSpec... tables) {
    for (TableSpec table : tables) {
      try {
        if (Presence.exists(fs, folder(table))) {
          Writable.require(fs, folder(table));
        }
      } catch (IOException e) {
        throw new UncheckedIOException("opening " + folder(table), e);
      }
    }
  }

  /**
   * Stops a stage whose output exists already or cannot be written, before it does any work.
   *
   * @throws UserException unless {@code overwrite}, or the table is not there
   */
  public void requireAbsent(TableSpec table, boolean overwrite) {
    requireWritable(table);
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
    List<String> parts = version(table);
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
    return table.grows()
        ? latest(table, parts)
        : table.check(spark.read().parquet(folders(table, parts)));
  }

  /** Of rows with one key the one in the part whose name comes last: names begin with the time. */
  private Dataset<Row> latest(TableSpec table, List<String> parts) {
    return parts.size() == 1
        ? spark.read().schema(table.schema()).parquet(folders(table, parts))
        : latestOf(table, parts).drop(PART);
  }

  /**
   * The same with the name of the part that each row came from. Merged parts keep that of every
   * row, so that a row is as late as it was before whatever was merged with whatever, by two runs
   * at once as well.
   */
  private Dataset<Row> latestOf(TableSpec table, List<String> parts) {
    Column[] columns =
        Stream.of(table.schema().fieldNames()).map(functions::col).toArray(Column[]::new);
    Column folder = element_at(split(col("_metadata.file_path"), "/"), -2);
    List<Column> key = table.key().stream().map(name -> col("row." + name)).toList();
    return spark
        .read()
        .schema(merged(table).schema())
        .parquet(folders(table, parts))
        .select(struct(columns).as("row"), coalesce(col(PART), folder).as(PART))
        .groupBy(key.toArray(new Column[0]))
        .agg(max_by(col("row"), col(PART)).as("row"), max(col(PART)).as(PART))
        .select(col("row.*"), col(PART));
  }

  /** The table as merged parts have it. */
  private static TableSpec merged(TableSpec table) {
    return new TableSpec(
        table.name(),
        table.writtenBy(),
        table.schema().add(PART, DataTypes.StringType),
        table.open(),
        table.key());
  }

  private String[] folders(TableSpec table, List<String> parts) {
    Parts all = allParts(table);
    List<String> folders = new ArrayList<>();
    try {
      for (String part : parts) {
        folders.add(all.path(part).toString());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading table '" + table.name() + "' in " + uri(), e);
    }
    return folders.toArray(String[]::new);
  }

  /** Names the parts that {@link #read} reads now, the latest last, for a run record. */
  public List<String> version(TableSpec table) {
    return listed == null
        ? current(table)
        : listed.computeIfAbsent(table.name(), name -> current(table));
  }

  /** Names the parts that count at this moment. */
  private List<String> current(TableSpec table) {
    try {
      return allParts(table).current();
    } catch (IOException e) {
      throw new UncheckedIOException("reading table '" + table.name() + "' in " + uri(), e);
    }
  }

  /** The record of the run that wrote a part that {@link #version} names. */
  public JsonNode record(TableSpec table, String part) {
    try {
      Path file = allParts(table).record(part);
      String text =
          Presence.text(fs, file)
              .orElseThrow(
                  () ->
                      new UserException(
                          file
                              + " is gone, the record of a part of table '"
                              + table.name()
                              + "'; run the command again if another was at work, or 'spark-vit "
                              + table.writtenBy()
                              + "'"));
      return Json.read(file.toString(), text);
    } catch (IOException e) {
      throw new UncheckedIOException("reading table '" + table.name() + "' in " + uri(), e);
    }
  }

  /**
   * Writes {@code rows} as the whole table.
   *
   * @return how many rows were written; also put into the record as {@code rows.TABLE}
   */
  public long replace(TableSpec table, Dataset<Row> rows, RunRecord record) {
    return replace(table, rows, record, written -> {});
  }

  /**
   * As {@link #replace(TableSpec, Dataset, RunRecord)}, with a last look at what was written.
   *
   * @param check sees the written rows before anybody else does; when it throws, they are deleted
   *     and the table stays as it was
   */
  public long replace(
      TableSpec table, Dataset<Row> rows, RunRecord record, Consumer<Dataset<Row>> check) {
    return replaceAll(Map.of(table, rows), record, written -> check.accept(written.get(table)))
        .get(table);
  }

  /**
   * Writes several whole tables of one run, which belong together. All are written, and then made
   * visible one right after the other; a run that fails before leaves every one of them as it was.
   * Whoever needs rows of one run compares {@link #version}, which is the run's for all of them.
   *
   * @return how many rows were written, by table
   */
  public Map<TableSpec, Long> replaceAll(Map<TableSpec, Dataset<Row>> tables, RunRecord record) {
    return replaceAll(tables, record, written -> {});
  }

  /**
   * As {@link #replaceAll(Map, RunRecord)}, with a last look at what was written.
   *
   * @param check sees the written rows of all tables before anybody else does; when it throws, they
   *     are deleted and every table stays as it was
   */
  public Map<TableSpec, Long> replaceAll(
      Map<TableSpec, Dataset<Row>> tables,
      RunRecord record,
      Consumer<Map<TableSpec, Dataset<Row>>> check) {
    return publish(tables, record.runId(), record, check, this::current);
  }

  /**
   * Adds rows to a table that {@linkplain TableSpec#grows grows}, in one atomic step. They count
   * instead of rows with the same key in parts whose names come before.
   *
   * @param part name of the new part: the run's, or with something behind it
   * @param check as in {@link #replace(TableSpec, Dataset, RunRecord, Consumer)}
   * @return how many rows were written; also put into the record as {@code rows.TABLE}
   */
  public long append(
      TableSpec table,
      String part,
      Dataset<Row> rows,
      RunRecord record,
      Consumer<Dataset<Row>> check) {
    requireGrowing(table);
    return publish(
            Map.of(table, rows),
            part,
            record,
            written -> check.accept(written.get(table)),
            none -> List.of())
        .get(table);
  }

  /**
   * Puts one part in the place of several of a table that {@linkplain TableSpec#grows grows}. Its
   * rows stay as late as they were. Another run may do the same at the same time: each has a name
   * of its own, and rows that both have are the same ones.
   *
   * @param parts those that no longer count are passed over
   */
  public void merge(TableSpec table, Collection<String> parts, RunRecord record) {
    requireGrowing(table);
    List<String> merged = current(table).stream().filter(parts::contains).toList();
    if (merged.size() < 2) {
      return;
    }
    try {
      publish(
          Map.of(merged(table), latestOf(table, merged)),
          nameOfMerged(merged),
          record,
          written -> {},
          same -> merged);
    } catch (Exception e) { // Spark throws checked exceptions that it does not declare
      // Another run has merged them meanwhile, and perhaps the next one has deleted them.
      if (current(table).containsAll(merged)) {
        throw e;
      }
    }
  }

  /** Sorts behind the last of the parts, and before all that sorts behind that. */
  private static String nameOfMerged(List<String> parts) {
    return parts.get(parts.size() - 1).replaceFirst("~.*", "") + "~" + UUID.randomUUID();
  }

  /** Writes parts, one for each table, has them checked and then makes them count. */
  private Map<TableSpec, Long> publish(
      Map<TableSpec, Dataset<Row>> tables,
      String part,
      RunRecord record,
      Consumer<Map<TableSpec, Dataset<Row>>> check,
      Function<TableSpec, List<String>> instead) {
    Map<TableSpec, Long> counts = new LinkedHashMap<>();
    List<TableSpec> begun = new ArrayList<>();
    try {
      try {
        Map<TableSpec, Dataset<Row>> written = new LinkedHashMap<>();
        for (Map.Entry<TableSpec, Dataset<Row>> table : tables.entrySet()) {
          allParts(table.getKey()).begin(part, record.runId());
          begun.add(table.getKey());
          written.put(table.getKey(), write(table.getKey(), part, table.getValue()));
        }
        check.accept(written);
        written.forEach((table, rows) -> counts.put(table, rows.count()));
        counts.forEach((table, rows) -> record.result("rows." + table.name(), rows));
        for (TableSpec table : tables.keySet()) {
          allParts(table).prepare(part, record.toMap());
        }
        markFormat();
      } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
        // Not what could not be begun, which is another run's.
        begun.forEach(table -> allParts(table).discard(List.of(part)));
        throw e;
      }
      for (TableSpec table : tables.keySet()) {
        allParts(table).show(part, record.toMap(), instead.apply(table));
        if (listed != null) {
          listed.remove(table.name());
        }
      }
      return counts;
    } catch (IOException e) {
      List<String> names = tables.keySet().stream().map(TableSpec::name).toList();
      throw new UncheckedIOException("writing " + names + " in " + uri(), e);
    }
  }

  private static void requireGrowing(TableSpec table) {
    if (!table.grows()) {
      throw new IllegalArgumentException("table '" + table.name() + "' is written as a whole");
    }
  }

  /** Writes a part that nobody sees yet, and gives its rows. */
  private Dataset<Row> write(TableSpec table, String part, Dataset<Row> rows) {
    String folder = new Path(folder(table), part).toString();
    // The folder is there: it was begun, and has nothing but that mark.
    table.check(rows).write().mode(SaveMode.Append).parquet(folder);
    return spark.read().schema(table.schema()).parquet(folder);
  }

  private Path folder(TableSpec table) {
    return new Path(root, table.name());
  }

  private Parts allParts(TableSpec table) {
    return Parts.of(table, fs, root);
  }

  private void checkFormat() throws IOException {
    Path marker = new Path(root, MARKER);
    if (Presence.exists(fs, root) && !fs.getFileStatus(root).isDirectory()) {
      throw new UserException("workspace '" + root + "' is a file; name a folder");
    }
    Optional<String> text = Presence.text(fs, marker);
    if (text.isPresent()) {
      requireReadable(marker, Json.read(marker.toString(), text.get()));
    }
  }

  private void markFormat() throws IOException {
    Path marker = new Path(root, MARKER);
    if (!Presence.exists(fs, marker)) {
      AtomicFiles.write(fs, marker, Json.write(Map.of("format", FORMAT)));
    }
  }

  static void requireReadable(Path file, JsonNode document) {
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
    if (format < FORMAT) {
      throw new UserException(
          file
              + " has format "
              + format
              + ", of before the first release, which is no longer read; use another --workspace");
    }
  }
}
