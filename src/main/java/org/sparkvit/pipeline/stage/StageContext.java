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
import org.sparkvit.monitoring.StageMetrics;

/**
 * The context of one run of a {@link Stage}: the session, the workspace, the record of the run, and
 * the receiver of its progress.
 *
 * <p>The version of a table is taken when it is first used and stays the same for the whole run,
 * whatever other runs publish in the meantime. The record names exactly the versions that were
 * read. A table that the run itself has written is read as it wrote it.
 */
public final class StageContext {
  /** The key of the result that says how many images are left for the next run. */
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

  /** Returns the session that the stage runs on. */
  public SparkSession spark() {
    return spark;
  }

  /**
   * Returns the workspace, for everything that is not a table: models, reports, exports, shards.
   */
  public Workspace workspace() {
    return workspace;
  }

  /** Returns the record of this run, with the versions of the tables that it has read so far. */
  public RunRecord record() {
    workspace.inputs().forEach(record::input);
    return record;
  }

  /** Returns the metrics in which an operator sees how far the stage is. */
  public StageMetrics metrics() {
    return StageMetrics.of(spark.sparkContext());
  }

  /** Returns the receiver of lines that other classes produce, each complete in itself. */
  public Progress progress() {
    return progress;
  }

  /** Returns the time at which the run began. */
  public Instant started() {
    return started;
  }

  /** Returns the seconds since the run began. */
  public double seconds() {
    return Duration.between(started, Instant.now()).toMillis() / 1000.0;
  }

  /**
   * Returns the rows of a table. The record gets the version that they are of.
   *
   * @throws org.sparkvit.core.UserException when the table does not exist; the message names the
   *     command to run
   */
  public Dataset<Row> read(TableSpec table) {
    return workspace.read(table);
  }

  /** Returns the rows with ids of a range, as {@link #read(TableSpec)} does. */
  public Dataset<Row> read(TableSpec table, IdRange range) {
    return workspace.read(table, range);
  }

  /**
   * Returns the images of the catalog that are not left out, with their current labels. These are
   * the labels that the catalog has read, unless a {@linkplain LabelDecisions decision} says
   * otherwise. The columns are those of the table {@code images}. No stage takes labels from
   * anywhere else.
   *
   * @throws org.sparkvit.core.UserException when there is no catalog
   */
  public Dataset<Row> labels() {
    return decisions().map(LabelDecisions::current).orElseGet(() -> read(ImagesTable.SPEC));
  }

  /** Returns the catalog with the decisions on it, or empty where nothing was decided. */
  public Optional<LabelDecisions> decisions() {
    return readIfPresent(DecisionsTable.SPEC)
        .map(decisions -> new LabelDecisions(read(ImagesTable.SPEC), decisions));
  }

  /**
   * Adds decisions on images.
   *
   * @param rows rows with the columns {@code id}, {@code kind}, {@code value} and {@code reason} of
   *     {@link DecisionsTable}; images that the catalog does not have are left out
   * @param source the source of the decisions, such as {@code relabel}
   * @param actor the one who decided: a reviewer, the hash of a model, or a rule
   * @return the number of decisions written
   */
  public long decide(Dataset<Row> rows, String source, String actor) {
    return append(
        DecisionsTable.SPEC,
        new NewDecisions(source, actor, record.runId(), started)
            .onImages(read(ImagesTable.SPEC), rows)
            .coalesce(1));
  }

  /**
   * Takes back all decisions of an earlier run. The rows stay, but no longer count.
   *
   * @param run the id of the run
   * @param source the source that the decisions must have, or empty for any
   * @throws org.sparkvit.core.UserException when the run has made no decisions of this source, or
   *     was taken back before
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

  /**
   * Returns the rows of a table as {@link #read(TableSpec)} does, or empty where it does not exist.
   */
  public Optional<Dataset<Row>> readIfPresent(TableSpec table) {
    return workspace.has(table) ? Optional.of(read(table)) : Optional.empty();
  }

  /** Returns the rows of a range as {@link #readIfPresent(TableSpec)} does. */
  public Optional<Dataset<Row>> readIfPresent(TableSpec table, IdRange range) {
    return workspace.has(table) ? Optional.of(read(table, range)) : Optional.empty();
  }

  /**
   * Finds a model, and adds its location to the record.
   *
   * @param reference the text that a person wrote, see {@link ModelReference}
   * @return the URI of its directory; for the name of a model it is that of the current version
   * @throws org.sparkvit.core.UserException when there is no such model, or several match
   */
  public String model(String reference) {
    String location = new ModelReference(reference).location(workspace);
    record.input("model", location);
    return location;
  }

  /**
   * Adds to the record the hash of the model that was read from where {@link #model} found it.
   *
   * @param reference the text that a person wrote
   * @param hash the hash of the configuration and weights that were read
   * @throws org.sparkvit.core.UserException when the text means a model with another hash
   */
  public void noteModel(String reference, String hash) {
    new ModelReference(reference).requireHash(workspace, hash);
    record.input("model_hash", hash);
  }

  /**
   * Replaces all rows of a table in one step, with the record of this run.
   *
   * @return the number of rows written
   */
  public long publish(TableSpec table, Dataset<Row> rows) {
    return publish(Map.of(table, rows), all -> {}).get(table);
  }

  /**
   * Replaces all rows of several tables as {@link #publish(Map, Consumer)} does, without a check.
   */
  public Map<TableSpec, Long> publish(Map<TableSpec, Dataset<Row>> tables) {
    return publish(tables, all -> {});
  }

  /**
   * Replaces all rows of several tables that belong together. All are written before the first
   * becomes visible.
   *
   * @param check receives the written rows before anybody else sees them; when it throws, they are
   *     deleted and every table stays as it was
   * @return the number of rows written, by table
   */
  public Map<TableSpec, Long> publish(
      Map<TableSpec, Dataset<Row>> tables, Consumer<Map<TableSpec, Dataset<Row>>> check) {
    return workspace.replaceAll(tables, record, check);
  }

  /**
   * Adds rows to a table in one step, with the record of this run. Earlier rows with the same keys
   * no longer count.
   *
   * @return the number of rows written
   */
  public long append(TableSpec table, Dataset<Row> rows) {
    return append(table, record.runId(), rows, all -> {});
  }

  /**
   * Adds rows as {@link #append(TableSpec, Dataset)} does, for a run that adds to a table several
   * times.
   *
   * @param part the name of this addition, which begins with the run's id
   * @param check receives the written rows before anybody else sees them; when it throws, they are
   *     deleted
   * @return the number of rows written
   */
  public long append(
      TableSpec table, String part, Dataset<Row> rows, Consumer<Dataset<Row>> check) {
    return workspace.append(table, part, rows, record, check);
  }

  /** Rewrites many small files of a table into few. Its rows stay the same. */
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
   * Notes that the run ends in time before all is done, as it was asked to. The caller of the stage
   * learns that another run would go on.
   *
   * @param images the number of images that are left, or 0 where all is done
   */
  public void left(long images) {
    record.result(LEFT, images);
  }

  /** Reports one line, after the name of the stage. */
  public void say(String format, Object... arguments) {
    progress.say(
        stage
            + ": "
            + (arguments.length == 0 ? format : String.format(Locale.ROOT, format, arguments)));
  }

  /** Sets the command that a person would run next. The last line of the stage names it. */
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
