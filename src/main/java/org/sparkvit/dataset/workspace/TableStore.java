package org.sparkvit.dataset.workspace;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.delta.Bounds;
import org.sparkvit.dataset.delta.Commit;
import org.sparkvit.dataset.delta.DataFile;
import org.sparkvit.dataset.delta.DeltaChange;
import org.sparkvit.dataset.delta.DeltaTable;
import org.sparkvit.dataset.delta.DeltaVersion;
import org.sparkvit.dataset.delta.NewFile;
import org.sparkvit.dataset.delta.NotCommittedException;
import org.sparkvit.dataset.delta.spark.ListedFiles;
import org.sparkvit.dataset.delta.spark.PartWriter;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.TableSpec;

/**
 * Stores one table of a workspace as a Delta table whose files Spark writes. Every write has a
 * folder of its own, the part, which is marked as this table's from the moment that it is begun.
 * Its rows count from the commit that adds its files to the log. A key has one row. The commit that
 * adds new rows removes the former ones with the same keys, so that readers need not know of keys.
 */
final class TableStore {
  private static final String RECORDS = "_runs";
  private static final Pattern ENTRY = Pattern.compile("\\d{20}\\..*(json|parquet)");
  private static final int LOOKS = 3;

  /** The size in bytes below which a file costs a reader more to open than to read. */
  private static final long SMALL = 64L << 20;

  /** The approximate size in bytes of files that small ones are rewritten into. */
  private static final long TARGET = 256L << 20;

  /** The number of small files from which on they are rewritten. */
  private static final int MANY = 24;

  private final SparkSession spark;
  private final TableSpec spec;
  private final FileSystem fs;
  private final Path folder;
  private final DeltaTable table;

  TableStore(SparkSession spark, TableSpec spec, FileSystem fs, Path workspace) {
    this.spark = spark;
    this.spec = spec;
    this.fs = fs;
    this.folder = new Path(workspace, spec.name());
    this.table = DeltaTable.at(folder, fs.getConf());
  }

  /** Returns the latest version, or empty where the table has not been written. */
  Optional<DeltaVersion> latest() throws IOException {
    for (int look = 1; ; look++) {
      Optional<DeltaVersion> latest = table.latest();
      if (latest.isPresent() || !hasLog()) {
        return latest;
      }
      // Another run may have begun the table between the two looks.
      if (look == LOOKS) {
        throw new UserException(
            "table '"
                + spec.name()
                + "' in "
                + folder.getParent()
                + " cannot be read: "
                + log()
                + " has entries, but no version of the table can be made of them; restore the"
                + " missing files from a copy, or move the folder away and run 'spark-vit "
                + spec.writtenBy()
                + "'");
      }
    }
  }

  /**
   * Throws an exception that says what is wrong where there is a log from which no version can be
   * made.
   */
  private void requireSound() {
    try {
      latest();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + log(), e);
    }
  }

  /** Returns whether the log has an entry. What a killed run was writing is no entry. */
  private boolean hasLog() throws IOException {
    return Presence.list(fs, log()).stream()
        .anyMatch(file -> ENTRY.matcher(file.getPath().getName()).matches());
  }

  private Path log() {
    return new Path(folder, DeltaTable.LOG);
  }

  /** Returns the version that was asked for, or empty where there was no table yet. */
  Optional<DeltaVersion> at(AsOf asOf) throws IOException {
    Optional<DeltaVersion> latest = latest();
    if (latest.isEmpty()) {
      return latest;
    }
    Long number = asOf.versions().get(spec.name());
    if (number != null) {
      // Kernel would go through all numbers up to this one, one by one.
      if (number > latest.get().number()) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "table '%s' cannot be read as of version %d, its latest version is %d; 'spark-vit"
                    + " history %s' lists the versions that there are",
                spec.name(),
                number,
                latest.get().number(),
                spec.name()));
      }
      return Optional.of(table.at(number));
    }
    return asOf.time().isPresent() ? table.asOf(asOf.time().get()) : latest;
  }

  /**
   * Checks that the files of a version exist. Those of the latest version do, as nothing deletes
   * them.
   *
   * @throws UserException when a file is missing; the message names the first
   */
  void requireWhole(DeltaVersion version) throws IOException {
    if (table.latest().map(DeltaVersion::number).orElse(-1L) == version.number()) {
      return;
    }
    Map<Path, Set<String>> there = new HashMap<>();
    for (DataFile file : version.files()) {
      Path path = new Path(file.path());
      Set<String> names = there.get(path.getParent());
      if (names == null) {
        names = new HashSet<>();
        for (FileStatus status : Presence.list(fs, path.getParent())) {
          names.add(status.getPath().getName());
        }
        there.put(path.getParent(), names);
      }
      if (!names.contains(path.getName())) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "table '%s' cannot be read as of version %d: its file %s is gone, most likely by"
                    + " 'spark-vit vacuum'; 'spark-vit history %s' lists later versions, and vacuum"
                    + " with a longer --keep leaves more of them readable",
                spec.name(),
                version.number(),
                path,
                spec.name()));
      }
    }
  }

  /** Returns all rows of a version. */
  Dataset<Row> read(DeltaVersion version) {
    return rows(version, version.files());
  }

  /** Returns the rows of a version with ids of a range. Files that have none are not opened. */
  Dataset<Row> read(DeltaVersion version, IdRange range) {
    List<DataFile> files =
        version.files().stream()
            .filter(file -> file.boundsOf(ImagesTable.ID).map(range::reaches).orElse(true))
            .toList();
    return rows(version, files).where(range.has(col(ImagesTable.ID)));
  }

  private Dataset<Row> rows(DeltaVersion version, Collection<DataFile> files) {
    return spec.check(ColumnNames.restore(stored(version, files), version.schema()));
  }

  /** Returns the rows of files under the names by which their columns are stored. */
  private Dataset<Row> stored(DeltaVersion version, Collection<DataFile> files) {
    return ListedFiles.read(
        spark, folder, version.schema(), files.stream().map(DataFile::fileStatus).toList());
  }

  /**
   * Begins a part and marks it as this table's.
   *
   * @param run the id of the run that writes it
   */
  void begin(String part, String run) throws IOException {
    OwnFolder.begin(fs, path(part), spec.owner(), run);
  }

  /**
   * Writes the rows of a part, which no reader sees yet.
   *
   * @return the files of the part
   */
  List<NewFile> write(String part, Dataset<Row> rows) {
    Set<String> columns = new LinkedHashSet<>(spec.key());
    if (List.of(spec.schema().fieldNames()).contains(ImagesTable.ID)) {
      columns.add(ImagesTable.ID);
    }
    return PartWriter.write(ColumnNames.store(spec.check(rows)), path(part), List.copyOf(columns));
  }

  /**
   * Returns the rows of files, committed or not, with the columns that {@link #write} was given.
   */
  Dataset<Row> written(List<NewFile> files, StructType schema) {
    StructType stored = ColumnNames.stored(schema);
    List<FileStatus> statuses = files.stream().map(NewFile::fileStatus).toList();
    return ColumnNames.restore(ListedFiles.read(spark, folder, stored, statuses), stored);
  }

  /** Writes the record of the run that wrote a part. */
  void note(String part, RunRecord record) throws IOException {
    AtomicFiles.write(fs, recordOf(part), Json.write(record.toMap()));
  }

  /** Replaces all rows of the table by the rows of a part. */
  void replace(String part, List<NewFile> files, StructType columns, RunRecord record)
      throws IOException {
    StructType schema = ColumnNames.stored(spec.described(columns));
    commit(
        part,
        record,
        current -> {
          boolean same = current.filter(version -> isDescribed(version, schema)).isPresent();
          return Optional.of(
              new DeltaChange(
                  same ? Optional.empty() : Optional.of(schema),
                  same ? Optional.empty() : Optional.of(spec.comment()),
                  files,
                  current.map(DeltaVersion::files).orElse(List.of()),
                  false));
        });
  }

  /** Returns whether a version has these columns, and whether its comments are the present ones. */
  private boolean isDescribed(DeltaVersion version, StructType schema) {
    return version.schema().equals(schema.asNullable())
        && version.comment().equals(Optional.of(spec.comment()));
  }

  /** Adds the rows of a part and removes the former rows with the same keys. */
  void append(String part, List<NewFile> files, Dataset<Row> rows, RunRecord record)
      throws IOException {
    Replaced replaced = new Replaced(part, files, rows, record);
    try {
      commit(
          part,
          record,
          current -> {
            if (current.isEmpty()) {
              return Optional.of(
                  new DeltaChange(
                      Optional.of(spec.schema()),
                      Optional.of(spec.comment()),
                      files,
                      List.of(),
                      false));
            }
            return Optional.of(replaced.in(current.get()));
          });
    } catch (NotCommittedException e) {
      replaced.discardUnused();
      throw e;
    }
  }

  /**
   * Rewrites small files into few, in the order of their keys, where there are many. The rows stay
   * the same. Where another run changes one of these files in the meantime, nothing is rewritten
   * until the next time.
   */
  void compact(RunRecord record) throws IOException {
    Optional<DeltaVersion> latest = latest();
    if (latest.isEmpty()) {
      return;
    }
    List<DataFile> small =
        latest.get().files().stream().filter(file -> file.bytes() < SMALL).toList();
    if (small.size() < MANY) {
      return;
    }
    String part = record.runId() + "~" + UUID.randomUUID();
    long bytes = small.stream().mapToLong(DataFile::bytes).sum();
    Column[] columns = spec.key().stream().map(functions::col).toArray(Column[]::new);
    begin(part, record.runId());
    // Until it is known whether the commit has happened, its files may be the table's.
    boolean mayCount = false;
    try {
      int files = (int) (bytes / TARGET + 1);
      Dataset<Row> rows = rows(latest.get(), small);
      List<NewFile> rewritten =
          write(
              part,
              (files == 1 ? rows.coalesce(1) : rows.repartitionByRange(files, columns))
                  .sortWithinPartitions(columns));
      Set<String> paths = new HashSet<>();
      small.forEach(file -> paths.add(file.path()));
      mayCount = true;
      mayCount =
          commit(
                  part,
                  record,
                  current -> {
                    List<DataFile> still =
                        current.orElseThrow().files().stream()
                            .filter(file -> paths.contains(file.path()))
                            .toList();
                    return still.size() < small.size()
                        ? Optional.empty()
                        : Optional.of(new DeltaChange(Optional.empty(), rewritten, still, true));
                  })
              .isPresent();
    } catch (NotCommittedException e) {
      mayCount = false; // the table is as right as before
    } finally {
      if (!mayCount) {
        discard(part);
      }
    }
  }

  private OptionalLong commit(
      String part,
      RunRecord record,
      Function<Optional<DeltaVersion>, Optional<DeltaChange>> change) {
    return table.commit(
        part,
        Commit.author(record.stage(), part),
        current -> {
          if (current.isEmpty()) {
            requireSound();
          }
          return change.apply(current);
        });
  }

  /**
   * Returns the record of the run that last changed the rows of a version.
   *
   * @throws UserException when the record is gone
   */
  JsonNode record(DeltaVersion version) throws IOException {
    Optional<Commit> commit = lastChange(version);
    Path file = recordOf(commit.flatMap(Commit::part).orElse("?"));
    String text =
        Presence.text(fs, file)
            .orElseThrow(
                () ->
                    new UserException(
                        String.format(
                            Locale.ROOT,
                            "%s is gone, the record of the run that wrote version %d of table '%s';"
                                + " run 'spark-vit %s' again",
                            file,
                            version.number(),
                            spec.name(),
                            spec.writtenBy())));
    return Json.read(file.toString(), text);
  }

  /** Returns the last commit up to a version that added or removed rows. */
  Optional<Commit> lastChange(DeltaVersion version) {
    for (long number = version.number(); number >= 0; number--) {
      Optional<Commit> commit = table.commit(number);
      if (commit.isEmpty() || !commit.get().isRewrite()) {
        return commit;
      }
    }
    return Optional.empty();
  }

  /** Returns the versions of the table that the log has, the newest first. */
  List<TableVersion> history() throws IOException {
    List<TableVersion> history = new ArrayList<>();
    for (Map.Entry<Long, Instant> version : table.times().entrySet()) {
      Optional<Commit> commit = table.commit(version.getKey());
      if (commit.isPresent()) {
        history.add(0, new TableVersion(commit.get(), version.getValue(), rows(commit.get())));
      }
    }
    return history;
  }

  private OptionalLong rows(Commit commit) throws IOException {
    if (commit.isRewrite()) {
      return OptionalLong.empty();
    }
    JsonNode rows =
        recordOf(commit)
            .map(record -> record.path("results").path("rows." + spec.name()))
            .orElse(MissingNode.getInstance());
    return rows.canConvertToLong() ? OptionalLong.of(rows.asLong()) : OptionalLong.empty();
  }

  /** Deletes a part that no version contains. A folder that is not marked as this table's stays. */
  void discard(String part) {
    try {
      OwnFolder.delete(fs, path(part), spec.owner());
    } catch (IOException | UserException e) {
      // The rows do not count, so the files only take up room.
    }
  }

  private Path path(String part) {
    return new Path(folder, part);
  }

  private Path recordOf(String part) {
    return new Path(new Path(folder, RECORDS), part + ".json");
  }

  /**
   * Returns the record of the run that made a commit, or empty where it is gone or the commit is
   * another program's.
   */
  Optional<JsonNode> recordOf(Commit commit) throws IOException {
    Optional<Path> file = commit.part().map(this::recordOf);
    Optional<String> text = file.isEmpty() ? Optional.empty() : Presence.text(fs, file.get());
    return text.map(json -> Json.read(file.get().toString(), json));
  }

  /**
   * Plans the replacement of rows by new ones. Files that have rows of the same keys are replaced
   * by files without these rows. The bounds of the keys tell which files those may be; the keys
   * themselves tell which they are.
   */
  private final class Replaced {
    private static final String FILE = "_file";

    private final String part;
    private final List<NewFile> added;
    private final Dataset<Row> rows;
    private final RunRecord record;

    /** The files that have none of the keys, as found out before a race was lost. */
    private final Set<String> clean = new HashSet<>();

    private String rest;

    Replaced(String part, List<NewFile> added, Dataset<Row> rows, RunRecord record) {
      this.part = part;
      this.added = added;
      this.rows = rows;
      this.record = record;
    }

    DeltaChange in(DeltaVersion version) {
      discardUnused();
      List<DataFile> candidates =
          version.files().stream()
              .filter(file -> !clean.contains(file.path()) && mayShareKeys(file))
              .toList();
      List<DataFile> touched = candidates.isEmpty() ? List.of() : touched(version, candidates);
      Set<String> paths = new HashSet<>();
      touched.forEach(file -> paths.add(file.path()));
      candidates.stream().map(DataFile::path).filter(p -> !paths.contains(p)).forEach(clean::add);
      List<NewFile> files = new ArrayList<>(added);
      if (!touched.isEmpty()) {
        files.addAll(without(version, touched));
      }
      return new DeltaChange(Optional.empty(), files, touched, false);
    }

    private boolean mayShareKeys(DataFile file) {
      for (NewFile one : added) {
        boolean may = true;
        for (String key : spec.key()) {
          Bounds mine = one.bounds().get(key);
          Optional<Bounds> its = file.boundsOf(key);
          may &= mine == null || its.isEmpty() || mine.overlap(its.get());
        }
        if (may) {
          return true;
        }
      }
      return false;
    }

    private List<DataFile> touched(DeltaVersion version, List<DataFile> candidates) {
      List<Column> columns = new ArrayList<>();
      spec.key().forEach(key -> columns.add(functions.col(key)));
      // This is not input_file_name(), which is empty where Spark asks for it behind a shuffle.
      columns.add(functions.col("_metadata.file_name").as(FILE));
      Column[] keys = spec.key().stream().map(functions::col).toArray(Column[]::new);
      Set<String> names = new HashSet<>();
      stored(version, candidates)
          .select(columns.toArray(new Column[0]))
          .join(rows.select(keys), names(), "left_semi")
          .select(FILE)
          .distinct()
          .collectAsList()
          .forEach(row -> names.add(row.getString(0)));
      // Names of files are unique in a table, and how their folders are written is Spark's choice.
      return candidates.stream()
          .filter(candidate -> names.contains(new Path(candidate.path()).getName()))
          .toList();
    }

    private String[] names() {
      return spec.key().toArray(new String[0]);
    }

    private List<NewFile> without(DeltaVersion version, List<DataFile> touched) {
      Column[] keys = spec.key().stream().map(functions::col).toArray(Column[]::new);
      rest = part + "~" + UUID.randomUUID();
      try {
        begin(rest, record.runId());
        List<NewFile> files =
            write(
                rest,
                spec.check(rows(version, touched).join(rows.select(keys), names(), "left_anti"))
                    .sortWithinPartitions(keys));
        if (files.isEmpty()) {
          discardUnused();
        }
        return files;
      } catch (IOException e) {
        throw new UncheckedIOException("rewriting table '" + spec.name() + "'", e);
      }
    }

    /** Deletes files that were made for a version that is no longer the latest. */
    private void discardUnused() {
      if (rest != null) {
        discard(rest);
        rest = null;
      }
    }
  }
}
