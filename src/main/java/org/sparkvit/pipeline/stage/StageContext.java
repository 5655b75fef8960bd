package org.sparkvit.pipeline.stage;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.query.LabelDecisions;
import org.sparkvit.dataset.query.ModelReference;
import org.sparkvit.dataset.query.NewDecisions;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.dataset.workspace.IdRange;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * What one run of a {@link Stage} works with: a session, the workspace, the record of the run, and
 * somewhere to say how far it is.
 *
 * <p>The version of a table is taken at the first look at it and stays the same for the whole run,
 * whatever other runs publish meanwhile. The record names exactly the versions that were read. Only
 * of a table that the run has written itself it reads what it wrote.
 */
public final class StageContext {
  /** The result of a run that says how many images are left for the next one. */
  public static final String LEFT = "left";

  private final SparkSession spark;
  private final String stage;
  private final Workspace workspace;
  private final RunRecord record;
  private final Progress progress;
  private final Instant started = Instant.now();
  private final List<Dataset<?>> cached = new ArrayList<>();
  private Optional<String> next = Optional.empty();

  private StageContext(
      SparkSession spark, String stage, Workspace workspace, RunRecord record, Progress progress) {
    this.spark = spark;
    this.stage = stage;
    this.workspace = workspace;
    this.record = record;
    this.progress = progress;
  }

  static StageContext open(
      SparkSession spark,
      String stage,
      String uri,
      boolean readsOnly,
      AsOf asOf,
      Map<String, Object> options,
      Progress progress) {
    RunRecord record = RunRecord.start(stage, options);
    if (!asOf.isLatest()) {
      record.option("as-of", asOf.text());
    }
    Workspace workspace =
        readsOnly ? Workspace.forReading(spark, uri, asOf) : Workspace.forStage(spark, uri, asOf);
    return new StageContext(spark, stage, workspace, record, progress);
  }

  /** The session that the stage runs on. */
  public SparkSession spark() {
    return spark;
  }

  /** The workspace, for what is not a table: models, reports, exports, shards. */
  public Workspace workspace() {
    return workspace;
  }

  /** The record of this run, with the versions of the tables that it has read until now. */
  public RunRecord record() {
    workspace.inputs().forEach(record::input);
    return record;
  }

  /** Where lines go that are made elsewhere, complete in themselves. */
  public Progress progress() {
    return progress;
  }

  /** When the run began. */
  public Instant started() {
    return started;
  }

  /** Seconds since the run began. */
  public double seconds() {
    return Duration.between(started, Instant.now()).toMillis() / 1000.0;
  }

  /**
   * Returns the rows of a table. The record says which version they are of.
   *
   * @throws org.sparkvit.core.UserException when the table is not there; the message names the
   *     command to run
   */
  public Dataset<Row> read(TableSpec table) {
    return workspace.read(table);
  }

  /** As {@link #read(TableSpec)}, the rows with ids of a range. */
  public Dataset<Row> read(TableSpec table, IdRange range) {
    return workspace.read(table, range);
  }

  /**
   * Returns the images of the catalog that are not left out, with the labels that they have now:
   * what the catalog read, unless a {@linkplain LabelDecisions decision} says otherwise. The
   * columns are those of the table {@code images}. No stage takes a label from anywhere else.
   *
   * @throws org.sparkvit.core.UserException when there is no catalog
   */
  public Dataset<Row> labels() {
    return decisions().map(LabelDecisions::current).orElseGet(() -> read(ImagesTable.SPEC));
  }

  /** Returns the catalog beside the decisions on it; absent where nothing was decided. */
  public Optional<LabelDecisions> decisions() {
    return readIfPresent(DecisionsTable.SPEC)
        .map(decisions -> new LabelDecisions(read(ImagesTable.SPEC), decisions));
  }

  /**
   * Adds decisions on images.
   *
   * @param rows columns {@code id}, {@code kind}, {@code value} and {@code reason} of {@link
   *     DecisionsTable}; images that the catalog does not have are left out
   * @param source what kind of decisions they are, such as {@code relabel}
   * @param actor who decided: a reviewer, the hash of a model, or a rule
   * @return how many were written
   */
  public long decide(Dataset<Row> rows, String source, String actor) {
    return append(
        DecisionsTable.SPEC,
        new NewDecisions(source, actor, record.runId(), started)
            .onImages(read(ImagesTable.SPEC), rows)
            .coalesce(1));
  }

  /**
   * Takes the decisions of an earlier run back, all at once. The rows stay; they no longer count.
   *
   * @param run id of the run
   * @param source what kind of decisions they have to be
   * @throws org.sparkvit.core.UserException when the run has decided nothing of this kind, or was
   *     taken back before
   */
  public void revert(String run, Optional<String> source) {
    Dataset<Row> earlier = read(DecisionsTable.SPEC);
    long count = NewDecisions.requireRevertible(earlier, run, source);
    append(
        DecisionsTable.SPEC,
        spark
            .createDataFrame(
                List.of(new NewDecisions(stage, stage, record.runId(), started).revert(run)),
                DecisionsTable.SPEC.schema())
            .coalesce(1));
    record.result("reverted", run).result("reverted_decisions", count);
    say("%,d decisions of run %s no longer count", count, run);
  }

  /** Returns the rows of a table as {@link #read(TableSpec)}, or nothing where it is not there. */
  public Optional<Dataset<Row>> readIfPresent(TableSpec table) {
    return workspace.has(table) ? Optional.of(read(table)) : Optional.empty();
  }

  /** Returns the rows of a range as {@link #readIfPresent(TableSpec)}. */
  public Optional<Dataset<Row>> readIfPresent(TableSpec table, IdRange range) {
    return workspace.has(table) ? Optional.of(read(table, range)) : Optional.empty();
  }

  /**
   * Finds a model, and notes in the record where it is.
   *
   * @param reference what a person wrote, see {@link ModelReference}
   * @return URI of its directory; of a named model's current version
   * @throws org.sparkvit.core.UserException when there is no such model, or several fit
   */
  public String model(String reference) {
    String location = new ModelReference(reference).location(workspace);
    record.input("model", location);
    return location;
  }

  /**
   * Notes in the record which model was read from where {@link #model} found it.
   *
   * @param reference what a person wrote
   * @param hash of the configuration and weights that were read
   * @throws org.sparkvit.core.UserException when a person wrote a hash, and it is of another model
   */
  public void noteModel(String reference, String hash) {
    new ModelReference(reference).requireHash(workspace, hash);
    record.input("model_hash", hash);
  }

  /**
   * Writes rows as the whole of a table, in one step, with the record of this run.
   *
   * @return how many rows were written
   */
  public long publish(TableSpec table, Dataset<Row> rows) {
    return publish(Map.of(table, rows), all -> {}).get(table);
  }

  /** As {@link #publish(Map, Consumer)}, without a check. */
  public Map<TableSpec, Long> publish(Map<TableSpec, Dataset<Row>> tables) {
    return publish(tables, all -> {});
  }

  /**
   * Writes several whole tables that belong together. All are written before the first becomes
   * visible.
   *
   * @param check sees the written rows before anybody else does; when it throws, they are deleted
   *     and every table stays as it was
   * @return how many rows were written, by table
   */
  public Map<TableSpec, Long> publish(
      Map<TableSpec, Dataset<Row>> tables, Consumer<Map<TableSpec, Dataset<Row>>> check) {
    return workspace.replaceAll(tables, record, check);
  }

  /**
   * Adds rows to a table in one step, with the record of this run. Earlier rows with the same keys
   * no longer count.
   *
   * @return how many rows were written
   */
  public long append(TableSpec table, Dataset<Row> rows) {
    return append(table, record.runId(), rows, all -> {});
  }

  /**
   * As {@link #append(TableSpec, Dataset)}, for a run that adds to a table several times.
   *
   * @param part name of what is added, which begins with the run's id
   * @param check sees the written rows before anybody else does; when it throws, they are deleted
   */
  public long append(
      TableSpec table, String part, Dataset<Row> rows, Consumer<Dataset<Row>> check) {
    return workspace.append(table, part, rows, record, check);
  }

  /** Brings many small files of a table together. Its rows stay the same. */
  public void compact(TableSpec table) {
    workspace.compact(table, record);
  }

  /** Keeps rows for several uses, until the stage ends. */
  public <T> Dataset<T> cache(Dataset<T> rows) {
    Dataset<T> kept = rows.persist(StorageLevel.MEMORY_AND_DISK());
    cached.add(kept);
    return kept;
  }

  /** Frees rows that {@link #cache} keeps, before the stage ends. */
  public void free(Dataset<?> rows) {
    rows.unpersist();
    cached.remove(rows);
  }

  /**
   * Notes that the run ends before all is done, as it was asked to. Whoever runs the stage learns
   * that another run would go on.
   *
   * @param images how many images are left; 0 where all is done
   */
  public void left(long images) {
    record.result(LEFT, images);
  }

  /** Says one line, with the name of the stage in front of it. */
  public void say(String format, Object... arguments) {
    progress.say(
        stage
            + ": "
            + (arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments)));
  }

  /** Says what a person would run next, in the last line of the stage. */
  public void next(String format, Object... arguments) {
    next = Optional.of(String.format(Locale.ROOT, format, arguments));
  }

  void sayNext() {
    next.ifPresent(
        command -> say("done in %s; next: spark-vit %s", Progress.duration(seconds()), command));
  }

  void close() {
    cached.forEach(Dataset::unpersist);
  }
}
