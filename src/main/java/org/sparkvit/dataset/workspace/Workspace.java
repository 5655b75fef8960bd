package org.sparkvit.dataset.workspace;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.delta.Commit;
import org.sparkvit.dataset.delta.DataFile;
import org.sparkvit.dataset.delta.DeltaVersion;
import org.sparkvit.dataset.delta.NewFile;
import org.sparkvit.dataset.delta.NotCommittedException;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.Tables;

/**
 * A folder on any Hadoop file system that holds the tables, models and reports of one data set.
 *
 * <pre>
 * workspace.json                 format of the workspace
 * TABLE/_delta_log/              the versions of a table, in the format of Delta Lake
 * TABLE/PART/*.parquet           what one run wrote, never changed afterwards
 * TABLE/PART/_begun.json         whose part it is, from the moment that it was begun
 * TABLE/_runs/PART.json          the record of that run
 * models/NAME/versions/RUN/      Hugging Face model directory of a training, never changed afterwards
 * models/NAME/current.json       which version of the model is current, and which were before
 * training/NAME/                 states and figures of trainings that are not finished
 * studies/NAME/                  searches for settings
 * reports/NAME/                  reports
 * pipelines/NAME/                what the last run of a pipeline has done
 * exports/NAME/                  files for others to take away
 * shards/NAME/                   bytes of images, which the table packed has the places of
 * </pre>
 *
 * <p>A run writes a folder of its own, whose rows then count in one atomic step, a commit to the
 * table's log. Readers see the table before or after that step, never in between. An interrupted
 * run leaves the former version, and of two runs at once neither loses anything. Former versions
 * stay readable until they are vacuumed.
 */
public final class Workspace {
  /**
   * The number of the workspace's format. It is raised when an older program could no longer read
   * what this one writes.
   */
  static final int FORMAT = 3;

  private static final Pattern GLOB = Pattern.compile("[{}\\[\\]*?\\\\]");
  private static final String MARKER = "workspace.json";

  /** The folder of shards, relative to a workspace. */
  public static final String SHARDS = "shards";

  private static final String MODELS = "models";
  private static final String TRAININGS = "training";
  private static final String STUDIES = "studies";
  private static final String REPORTS = "reports";
  private static final String EXPORTS = "exports";
  private static final String PIPELINES = "pipelines";

  /** The folders of a workspace that are not tables. No table has one of these names. */
  static final Set<String> FOLDERS =
      Set.of(MODELS, TRAININGS, STUDIES, REPORTS, EXPORTS, PIPELINES, SHARDS);

  private static final String EXPORT = "export";

  private final SparkSession spark;
  private final Path root;
  private final FileSystem fs;

  /**
   * The version of each table at the first look, or null where each look takes the latest version.
   */
  private final Map<String, Optional<DeltaVersion>> listed;

  private final AsOf asOf;

  /** The tables that this object has written. Of these the latest version is read. */
  private final Set<String> own = ConcurrentHashMap.newKeySet();

  /** The versions of others that were read, by table. */
  private final Map<String, String> inputs = new ConcurrentSkipListMap<>();

  private Workspace(
      SparkSession spark,
      Path root,
      FileSystem fs,
      Map<String, Optional<DeltaVersion>> listed,
      AsOf asOf) {
    this.spark = spark;
    this.root = root;
    this.fs = fs;
    this.listed = listed;
    this.asOf = asOf;
  }

  /**
   * Returns the workspace at {@code uri}. It is created with its first table.
   *
   * @throws UserException when the URI cannot be reached or was written by a newer version
   */
  public static Workspace at(SparkSession spark, String uri) {
    return open(spark, uri, null, AsOf.LATEST);
  }

  /**
   * Returns the workspace for one run of a stage that will write. The version of each table is
   * taken once. As long as the stage does not write a table, it reads the same version, whatever
   * other runs publish in the meantime, and its record names what it has read.
   *
   * @throws UserException as {@link #at} does, and when nothing can be written there, before any
   *     work
   */
  public static Workspace forStage(SparkSession spark, String uri) {
    return forStage(spark, uri, AsOf.LATEST);
  }

  /**
   * Opens the workspace for one run of a stage that can be asked to read {@linkplain AsOf earlier
   * versions}. Tables that the run has written are read in their latest version.
   *
   * @throws UserException as {@link #forStage(SparkSession, String)} does, and when a named version
   *     does not exist
   */
  public static Workspace forStage(SparkSession spark, String uri, AsOf asOf) {
    Workspace workspace = forReading(spark, uri, asOf);
    Writable.require(workspace.fs, workspace.root);
    return workspace;
  }

  /**
   * Returns the workspace for reading only. Permission to write there is not needed.
   *
   * @param asOf the versions to read
   * @throws UserException as {@link #at} does, and when a named version does not exist
   */
  public static Workspace forReading(SparkSession spark, String uri, AsOf asOf) {
    Workspace workspace = open(spark, uri, new ConcurrentHashMap<>(), asOf);
    asOf.versions().keySet().forEach(table -> workspace.required(Tables.named(table)));
    return workspace;
  }

  private static Workspace open(
      SparkSession spark, String uri, Map<String, Optional<DeltaVersion>> listed, AsOf asOf) {
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
      Workspace workspace = new Workspace(spark, fs.makeQualified(path), fs, listed, asOf);
      workspace.checkFormat();
      return workspace;
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException(
          "workspace '" + uri + "' cannot be opened: " + e.getMessage() + "; check the URI", e);
    }
  }

  /** Returns the workspace's own URI without a slash at the end. */
  public String uri() {
    return root.toString();
  }

  /** Returns the URI of the folder of a model of this workspace, with its versions. */
  public String model(String name) {
    return uri() + "/" + MODELS + "/" + name;
  }

  /** Returns the names of the models. */
  public List<String> models() {
    return names(MODELS).stream().sorted().toList();
  }

  /** Returns the versions of a model of this workspace. */
  public ModelVersions modelVersions(String name) {
    return new ModelVersions(fs, new Path(model(name)));
  }

  /**
   * Returns the URI of a model directory. For the name of a model of this workspace it is that of
   * the current version, and for {@code NAME@RUN} that of the named version. For a URI it is the
   * URI itself, or that of the version which is current there. A TorchScript module may be named as
   * the file, which stands for its folder.
   *
   * @throws UserException when the version does not exist, or none is current
   */
  public String modelAt(String nameOrUri) {
    String folder = nameOrUri.replaceFirst("(?<=[^/])/+model\\.pt$", "");
    if (!isName(folder) || !folder.equals(nameOrUri)) {
      return ModelVersions.currentAt(fs.getConf(), folder).orElse(folder);
    }
    ModelName model = ModelName.of(folder);
    if (!OutputName.isName(model.name())) {
      return model(folder);
    }
    ModelVersions versions = modelVersions(model.name());
    try {
      return (model.version().isPresent()
              ? versions.location(model.version().get())
              : versions.location())
          .toString();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + model(model.name()), e);
    }
  }

  private static boolean isName(String nameOrUri) {
    return !nameOrUri.contains("/") && !nameOrUri.contains(":");
  }

  /**
   * Returns a name or URI that keeps meaning the version which is current now: {@code NAME@RUN} for
   * a model of this workspace.
   *
   * @throws UserException as {@link #modelAt} does
   */
  public String pinned(String nameOrUri) {
    String location = modelAt(nameOrUri);
    ModelName model = ModelName.at(location);
    if (model.version().isEmpty()) {
      return nameOrUri;
    }
    return isName(nameOrUri) ? model.toString() : location;
  }

  /** Returns the URI of a folder with its scheme, and without slashes at the end. */
  public String qualified(String uri) {
    try {
      Path path = new Path(uri);
      return path.toUri().getScheme() == null
          ? FileSystem.get(fs.getConf()).makeQualified(path).toString()
          : path.toString();
    } catch (IOException e) {
      throw new UncheckedIOException("opening " + uri, e);
    }
  }

  /** Returns the URI of the folder of an unfinished training. */
  public String training(String name) {
    return uri() + "/" + TRAININGS + "/" + name;
  }

  /** Returns the URI of the folder of a study of settings. */
  public String study(String name) {
    return uri() + "/" + STUDIES + "/" + name;
  }

  /** Returns the names of the unfinished trainings, the one that wrote last first. */
  public List<String> trainings() {
    return names(TRAININGS);
  }

  /** Returns the names of the studies, the one that wrote last first. */
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

  /** Returns the text of a small file at any URI, or empty where the file does not exist. */
  public Optional<String> text(String uri) {
    if (uri.isBlank()) {
      return Optional.empty();
    }
    Path file = new Path(uri);
    try {
      return Presence.text(file.getFileSystem(fs.getConf()), file);
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  /** Returns the URI of the folder that says what the last run of a pipeline has done. */
  public String pipeline(String name) {
    return uri() + "/" + PIPELINES + "/" + name;
  }

  /** Returns the configuration by which Hadoop reaches the workspace. */
  public Configuration hadoopConfiguration() {
    return fs.getConf();
  }

  /** Returns the URI of a report folder of this workspace. */
  public String report(String name) {
    return uri() + "/" + REPORTS + "/" + name;
  }

  /**
   * Creates a folder of files that others take away.
   *
   * @param name the name of the folder, with the run's id in it
   * @return the URI of the folder
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
   * Deletes a folder that {@link #beginExport} created, after a run that failed.
   *
   * @param reason the failure; an exception while deleting is added to it
   */
  public void deleteExport(String uri, Throwable reason) {
    try {
      OwnFolder.delete(fs, new Path(uri), EXPORT);
    } catch (IOException | UserException e) {
      reason.addSuppressed(e);
    }
  }

  /** Returns the URI of the folder that holds the folders of shards. */
  public String shards() {
    return uri() + "/" + SHARDS;
  }

  /** Returns whether the table has been written. */
  public boolean has(TableSpec table) {
    return current(table).isPresent();
  }

  /**
   * Checks that a stage can add to its tables, before it does any work.
   *
   * @throws UserException when the folder of a table exists and cannot be written to
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
   * Checks that a stage's output does not exist yet, or may be overwritten, and can be written,
   * before the stage does any work.
   *
   * @throws UserException when the table exists and {@code overwrite} is false, or it cannot be
   *     written
   */
  public void requireAbsent(TableSpec table, boolean overwrite) {
    requireWritable(table);
    // What exists now matters, whichever version is read.
    boolean isThere = asOf.isLatest() ? has(table) : latest(table).isPresent();
    if (!overwrite && isThere) {
      throw new UserException(
          "table '"
              + table.name()
              + "' exists already in "
              + uri()
              + "; pass --overwrite to replace it, or use another --workspace");
    }
  }

  /**
   * Returns the table's rows, with their columns checked.
   *
   * @throws UserException when the table does not exist; the message names the subcommand to run
   */
  public Dataset<Row> read(TableSpec table) {
    DeltaVersion version = whole(table);
    noteInput(table, version);
    return stored(table).read(version);
  }

  /**
   * Returns the rows with ids of a range, with their columns checked. Files that have none are not
   * opened.
   *
   * @throws UserException as {@link #read(TableSpec)} does
   */
  public Dataset<Row> read(TableSpec table, IdRange range) {
    DeltaVersion version = whole(table);
    noteInput(table, version);
    return stored(table).read(version, range);
  }

  private void noteInput(TableSpec table, DeltaVersion version) {
    if (!own.contains(table.name())) {
      inputs.putIfAbsent(table.name(), table.name() + "@" + version.number());
    }
  }

  /**
   * Returns the versions of tables that were read through this object, such as {@code images@3}, by
   * the tables' names. What a run has written itself is not among them.
   */
  public Map<String, String> inputs() {
    return Map.copyOf(inputs);
  }

  /**
   * Returns the version to read, after a check that its files exist. An earlier version may have
   * been vacuumed.
   */
  private DeltaVersion whole(TableSpec table) {
    DeltaVersion version = required(table);
    if (isEarlier(table)) {
      try {
        stored(table).requireWhole(version);
      } catch (IOException e) {
        throw new UncheckedIOException("reading table '" + table.name() + "' in " + uri(), e);
      }
    }
    return version;
  }

  private boolean isEarlier(TableSpec table) {
    return asOf.isAbout(table) && !own.contains(table.name());
  }

  private DeltaVersion required(TableSpec table) {
    return current(table)
        .orElseThrow(
            () ->
                new UserException(
                    isEarlier(table) && latest(table).isPresent()
                        ? "workspace '"
                            + uri()
                            + "' had no table '"
                            + table.name()
                            + "' yet as of "
                            + asOf.text()
                            + "; 'spark-vit history "
                            + table.name()
                            + "' lists its versions"
                        : "workspace '"
                            + uri()
                            + (isThere() ? "' has no table '" : "' is not there and has no table '")
                            + table.name()
                            + "'; "
                            + (isThere() ? "" : "check the path, or ")
                            + "run 'spark-vit "
                            + table.writtenBy()
                            + "' first"));
  }

  private boolean isThere() {
    try {
      return Presence.exists(fs, root);
    } catch (IOException e) {
      throw new UncheckedIOException("opening " + root, e);
    }
  }

  /**
   * Returns the versions of a table, the newest first.
   *
   * @throws UserException as {@link #read(TableSpec)} does
   */
  public List<TableVersion> history(TableSpec table) {
    required(table);
    try {
      return stored(table).history();
    } catch (IOException e) {
      throw new UncheckedIOException("reading table '" + table.name() + "' in " + uri(), e);
    }
  }

  /**
   * Returns the number of rows that {@link #read} reads now.
   *
   * @throws UserException as {@link #read(TableSpec)} does
   */
  public long rows(TableSpec table) {
    List<DataFile> files = required(table).files();
    return files.stream().allMatch(file -> file.rows() >= 0)
        ? files.stream().mapToLong(DataFile::rows).sum()
        : read(table).count(); // another program has written no statistics
  }

  /**
   * Returns the present time by the clock of the storage, which sets the times of files.
   *
   * @throws UserException when nothing can be written there
   */
  public Instant storageTime() {
    return Writable.time(fs, root);
  }

  /**
   * Returns the version that {@link #read} reads now, such as {@code images@3}, for a run record.
   * It is empty where the table has not been written.
   */
  public String version(TableSpec table) {
    return current(table).map(version -> table.name() + "@" + version.number()).orElse("");
  }

  /** Returns the number of versions before the one that {@link #read} reads now. */
  public long earlierVersions(TableSpec table) {
    return required(table).number();
  }

  /**
   * Returns the time of the last change of the rows that {@link #read} reads now.
   *
   * @throws UserException as {@link #read(TableSpec)} does
   */
  public Instant changedAt(TableSpec table) {
    DeltaVersion version = required(table);
    return stored(table).lastChange(version).map(Commit::time).orElseGet(version::time);
  }

  /**
   * Returns the record of the run that made, or last changed, the rows that {@link #read} reads
   * now.
   *
   * @throws UserException as {@link #read(TableSpec)} does, and when the record is gone
   */
  public JsonNode record(TableSpec table) {
    try {
      return stored(table).record(required(table));
    } catch (IOException e) {
      throw new UncheckedIOException("reading table '" + table.name() + "' in " + uri(), e);
    }
  }

  private Optional<DeltaVersion> current(TableSpec table) {
    return listed == null
        ? latest(table)
        : listed.computeIfAbsent(
            table.name(), name -> isEarlier(table) ? asked(table) : latest(table));
  }

  private Optional<DeltaVersion> asked(TableSpec table) {
    try {
      return stored(table).at(asOf);
    } catch (IOException e) {
      throw new UncheckedIOException("reading table '" + table.name() + "' in " + uri(), e);
    }
  }

  private Optional<DeltaVersion> latest(TableSpec table) {
    try {
      return stored(table).latest();
    } catch (IOException e) {
      throw new UncheckedIOException("reading table '" + table.name() + "' in " + uri(), e);
    }
  }

  private TableStore stored(TableSpec table) {
    return new TableStore(spark, table, fs, root);
  }

  /**
   * Replaces all rows of a table by {@code rows}.
   *
   * @return the number of rows written, which the record gets as {@code rows.TABLE}
   */
  public long replace(TableSpec table, Dataset<Row> rows, RunRecord record) {
    return replace(table, rows, record, written -> {});
  }

  /**
   * Replaces all rows of a table, after a check of what was written.
   *
   * @param check receives the written rows before anybody else sees them; when it throws, they are
   *     deleted and the table stays as it was
   * @return the number of rows written, which the record gets as {@code rows.TABLE}
   */
  public long replace(
      TableSpec table, Dataset<Row> rows, RunRecord record, Consumer<Dataset<Row>> check) {
    return replaceAll(Map.of(table, rows), record, written -> check.accept(written.get(table)))
        .get(table);
  }

  /**
   * Replaces all rows of several tables that belong together. All are written, and then made
   * visible one right after the other. A run that fails before leaves every one of them as it was.
   * A reader that needs rows of one run compares {@link #version}, which is the run's for all of
   * them.
   *
   * @return the number of rows written, by table
   */
  public Map<TableSpec, Long> replaceAll(Map<TableSpec, Dataset<Row>> tables, RunRecord record) {
    return replaceAll(tables, record, written -> {});
  }

  /**
   * Replaces all rows of several tables that belong together, after a check of what was written.
   *
   * @param check receives the written rows of all tables before anybody else sees them; when it
   *     throws, they are deleted and every table stays as it was
   * @return the number of rows written, by table
   */
  public Map<TableSpec, Long> replaceAll(
      Map<TableSpec, Dataset<Row>> tables,
      RunRecord record,
      Consumer<Map<TableSpec, Dataset<Row>>> check) {
    Map<TableSpec, List<NewFile>> files = write(tables, record.runId(), record, check);
    try {
      for (Map.Entry<TableSpec, Dataset<Row>> table : tables.entrySet()) {
        TableSpec spec = table.getKey();
        StructType schema = spec.check(table.getValue()).schema();
        try {
          stored(spec).replace(record.runId(), files.get(spec), schema, record);
        } catch (NotCommittedException e) {
          stored(spec).discard(record.runId());
          throw e;
        }
        forget(spec);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + names(tables) + " in " + uri(), e);
    }
    return counts(files);
  }

  /**
   * Adds rows to a table that {@linkplain TableSpec#grows grows}, in one atomic step. Former rows
   * with the same keys are removed in the same step.
   *
   * @param part the name of the part: the run's, or one that begins with it
   * @param check as in {@link #replace(TableSpec, Dataset, RunRecord, Consumer)}
   * @return the number of rows written, which is added to the record's {@code rows.TABLE}
   */
  public long append(
      TableSpec table,
      String part,
      Dataset<Row> rows,
      RunRecord record,
      Consumer<Dataset<Row>> check) {
    requireGrowing(table);
    TableStore stored = stored(table);
    Map<TableSpec, List<NewFile>> files =
        write(Map.of(table, rows), part, record, written -> check.accept(written.get(table)));
    try {
      stored.append(
          part, files.get(table), stored.written(files.get(table), table.schema()), record);
    } catch (NotCommittedException e) {
      stored.discard(part);
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException("writing table '" + table.name() + "' in " + uri(), e);
    }
    forget(table);
    return counts(files).get(table);
  }

  /**
   * Rewrites the files of a table that {@linkplain TableSpec#grows grows} into few, where there are
   * many small ones. The rows stay the same.
   */
  public void compact(TableSpec table, RunRecord record) {
    requireGrowing(table);
    try {
      stored(table).compact(record);
    } catch (IOException e) {
      throw new UncheckedIOException("rewriting table '" + table.name() + "' in " + uri(), e);
    }
    forget(table);
  }

  /** Writes a part of each table that nobody sees yet, and has them checked. */
  private Map<TableSpec, List<NewFile>> write(
      Map<TableSpec, Dataset<Row>> tables,
      String part,
      RunRecord record,
      Consumer<Map<TableSpec, Dataset<Row>>> check) {
    if (listed != null) {
      // The record that goes with the rows says what they were made of.
      inputs.forEach(record::input);
    }
    List<TableStore> begun = new ArrayList<>();
    try {
      return write(tables, part, record, check, begun);
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      // A part that could not be begun is another run's, and stays.
      begun.forEach(stored -> stored.discard(part));
      throw e;
    }
  }

  private Map<TableSpec, List<NewFile>> write(
      Map<TableSpec, Dataset<Row>> tables,
      String part,
      RunRecord record,
      Consumer<Map<TableSpec, Dataset<Row>>> check,
      List<TableStore> begun) {
    try {
      Map<TableSpec, Dataset<Row>> written = new LinkedHashMap<>();
      Map<TableSpec, List<NewFile>> files = new LinkedHashMap<>();
      for (Map.Entry<TableSpec, Dataset<Row>> table : tables.entrySet()) {
        TableStore stored = stored(table.getKey());
        stored.begin(part, record.runId());
        begun.add(stored);
        List<NewFile> made = stored.write(part, table.getValue());
        StructType schema = table.getKey().check(table.getValue()).schema();
        written.put(table.getKey(), stored.written(made, schema));
        files.put(table.getKey(), made);
      }
      check.accept(written);
      // A run may add to a table in several steps.
      counts(files)
          .forEach(
              (table, rows) -> {
                if (table.grows()) {
                  record.add("rows." + table.name(), rows);
                } else {
                  record.result("rows." + table.name(), rows);
                }
              });
      for (TableStore stored : begun) {
        stored.note(part, record);
      }
      markFormat();
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + names(tables) + " in " + uri(), e);
    }
  }

  private static Map<TableSpec, Long> counts(Map<TableSpec, List<NewFile>> files) {
    Map<TableSpec, Long> counts = new LinkedHashMap<>();
    files.forEach((table, list) -> counts.put(table, list.stream().mapToLong(NewFile::rows).sum()));
    return counts;
  }

  private static List<String> names(Map<TableSpec, ?> tables) {
    return tables.keySet().stream().map(TableSpec::name).toList();
  }

  /** Forgets the version of a table that this run has written, so that it reads its own rows. */
  private void forget(TableSpec table) {
    own.add(table.name());
    if (listed != null) {
      listed.remove(table.name());
    }
  }

  private static void requireGrowing(TableSpec table) {
    if (!table.grows()) {
      throw new IllegalArgumentException("table '" + table.name() + "' is written as a whole");
    }
  }

  /** Returns the URI of the folder of a table, whether it has been written or not. */
  public String table(TableSpec table) {
    return folder(table).toString();
  }

  private Path folder(TableSpec table) {
    return new Path(root, table.name());
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
              + ", from before tables were Delta tables, which is no longer read; use another"
              + " --workspace, and begin with 'spark-vit catalog'");
    }
  }
}
