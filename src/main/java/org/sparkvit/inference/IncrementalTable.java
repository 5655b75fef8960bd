package org.sparkvit.inference;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.Deadline;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.query.IdRanges;
import org.sparkvit.dataset.query.SameContent;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.IdRange;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.monitoring.StageMetrics;

/**
 * A growing table with rows about images, in which missing rows are filled in chunk by chunk. A
 * chunk is made of the images of a range of ids. It takes about ten minutes and becomes visible in
 * one step. So a run that is killed loses only the chunk that it was working on, and the next run
 * computes what is still missing. Runs at the same time begin in different places and leave out
 * what the other has done. Small files are merged at the end where there are many.
 */
public final class IncrementalTable {
  /**
   * The number is large enough for a task to be worth its start. It is small enough for the loss of
   * a task to cost little.
   */
  private static final int IMAGES_PER_PARTITION = 2000;

  private static final int MOST_PARTITIONS = 100_000;

  /** The number of times that a run reads a Parquet file with images inside, at most. */
  private static final int PASSES = 4;

  /**
   * The time that a chunk should take. It is the most that a killed run loses, and is long compared
   * with the fixed cost of a chunk.
   */
  private static final Duration CHUNK = Duration.ofMinutes(10);

  private final Workspace workspace;
  private final TableSpec table;
  private final Dataset<Row> images;
  private final UnaryOperator<Dataset<Row>> done;
  private final int cores;

  private Column condition = lit(true);
  private long chunk;
  private boolean grows = true;
  private int partitions;
  private Deadline deadline = Deadline.NONE;

  /**
   * Creates a filler of a table.
   *
   * @param table the table, which has the columns {@code id} and {@code sha256}
   * @param images rows of {@link ImagesTable}, the images that the table should have rows about
   * @param done selects the rows of the table that need not be computed again
   */
  public IncrementalTable(
      Workspace workspace, TableSpec table, Dataset<Row> images, UnaryOperator<Dataset<Row>> done) {
    this.workspace = workspace;
    this.table = table;
    this.images = images;
    this.done = done;
    this.cores = images.sparkSession().sparkContext().defaultParallelism();
    this.chunk = (long) cores * IMAGES_PER_PARTITION;
  }

  /** Returns the table that is filled. */
  public TableSpec spec() {
    return table;
  }

  /**
   * Counts a row as done only where a condition holds.
   *
   * @param condition a condition on columns of the images and of the rows that are done; apart from
   *     id and sha256, the names of their columns differ
   */
  public IncrementalTable doneWhere(Column condition) {
    this.condition = condition;
    return this;
  }

  /** Makes chunks of about this number of images, 1 or more, whatever time they take. */
  public IncrementalTable inChunksOf(long images) {
    this.chunk = images;
    this.grows = false;
    return this;
  }

  /**
   * Makes the first chunk of about this number of images, 1 or more. No later chunk is smaller,
   * except where fewer images are left.
   */
  public IncrementalTable firstChunkOf(long images) {
    this.chunk = images;
    return this;
  }

  /** Sets the number of partitions of a chunk. 0 chooses it by the numbers of cores and images. */
  public IncrementalTable inPartitions(int partitions) {
    this.partitions = partitions;
    return this;
  }

  /** Begins no chunk after a deadline, and makes the last chunk before it smaller. */
  public IncrementalTable until(Deadline deadline) {
    this.deadline = deadline;
    return this;
  }

  /** Computes the rows of the missing images of a chunk. */
  @FunctionalInterface
  public interface Work {
    /**
     * Returns rows of the table for the images of a chunk, or empty where nothing is to be added.
     * The rows may be computed lazily.
     */
    Optional<Dataset<Row>> rows(Chunk chunk);

    /**
     * Checks the rows of a chunk after they were written and before they become visible.
     *
     * @throws org.sparkvit.core.UserException when the rows must not become visible, e.g. because
     *     too many images failed; the rows are deleted, the work ends, and earlier chunks stay
     */
    default void check(Dataset<Row> written) {}

    /** Is called once, after the first chunk was checked and before it becomes visible. */
    default void beforeFirst() {}

    /** Removes what {@link #rows} has left behind for a chunk that was not added. */
    default void failed(Chunk chunk) {}
  }

  /**
   * The images of a range that have no row yet.
   *
   * @param images rows of {@link ImagesTable}
   * @param part the name of the part of the table that is added, made of the run's id and a number;
   *     it is unique in the table
   * @param cells whether some images of the table may lie inside Parquet files
   * @param partitions the number of partitions that {@link #spread} makes of the images
   */
  public record Chunk(
      Workspace workspace,
      IdRange range,
      Dataset<Row> images,
      String part,
      boolean cells,
      int partitions) {
    /**
     * Returns the images repartitioned for reading, with the columns of {@link ImageLocations}.
     * Neighbours in shards and in Parquet files are together. Other images are dealt out in turn.
     * So every task gets the same number, and a folder of large images does not end up in one task.
     * Spark sorts first, so that a retried task deals them out in the same way.
     */
    public Dataset<Row> spread() {
      return ImageLocations.inOrder(
          workspace, images, cells, partitions, unpacked -> unpacked.repartition(partitions));
    }
  }

  /**
   * The result of {@link #fill}.
   *
   * @param rows the number of rows that were added
   * @param left the number of images that were not reached before the deadline
   */
  public record Outcome(long rows, long left) {}

  /** Returns the images of a range that have no row for their present content. */
  public Dataset<Row> missing(IdRange range) {
    Dataset<Row> wanted = images.where(range.has(col(ImagesTable.ID)));
    return workspace.has(table)
        ? SameContent.missing(wanted, done.apply(workspace.read(table, range)), condition)
        : wanted;
  }

  /**
   * Counts the missing images in a Spark job and cuts them into ranges. The run's id decides where
   * the ranges begin.
   */
  public IdRanges cut(RunRecord record) {
    return IdRanges.cut(missing(IdRange.ALL), record.runId());
  }

  /**
   * Computes the missing rows. It first reports how many images have none.
   *
   * @param what a word for messages that says what is done to images, such as "embedded"
   * @param record the record of the run, which is stored with the new rows
   * @param progress receives a line before the first chunk and one after each chunk
   */
  public Outcome fill(String what, Work work, RunRecord record, Progress progress) {
    IdRanges ranges = cut(record);
    progress.say(
        String.format(
            Locale.ROOT,
            "%s: %,d images are to be %s; what there is of the others stays",
            record.stage(),
            ranges.images(),
            what));
    return fill(ranges, what, work, record, progress);
  }

  /**
   * Computes the missing rows.
   *
   * @param ranges the ranges of all images that have no row; a chunk is made of one or more of them
   * @param what a word for messages that says what is done to images, such as "embedded"
   * @param record the record of the run, which is stored with the new rows
   * @param progress receives a line after each chunk
   */
  public Outcome fill(
      IdRanges ranges, String what, Work work, RunRecord record, Progress progress) {
    long count = ranges.images();
    StageMetrics metrics = StageMetrics.of(images.sparkSession().sparkContext());
    metrics.imagesToDo(count);
    // Once for all chunks: the images of a chunk are those of a join.
    long cells = count == 0 ? 0 : ImageLocations.countCells(workspace, images);
    // A chunk is a range of hashes, so it reads nearly all pages of Parquet files for its images.
    long wanted = grows && count > chunk ? Math.max(chunk, cells / PASSES) : chunk;
    double rate = Double.POSITIVE_INFINITY;
    long written = 0;
    boolean seen = false;
    for (int chunks = 1; ranges.images() > 0 && !deadline.isOver(); chunks++) {
      Instant started = Instant.now();
      double most = Math.max((double) chunk, rate * deadline.secondsLeft());
      IdRange range = ranges.next(grows ? (long) Math.min((double) wanted, most) : chunk);
      Chunk next =
          new Chunk(
              workspace,
              range,
              missing(range),
              String.format(Locale.ROOT, "%s-%05d", record.runId(), chunks),
              cells > 0,
              partitions(range.images()));
      long rows = add(next, work, !seen, record);
      seen |= rows > 0;
      written += rows;
      record.add(RunRecord.IMAGES_DONE, rows);
      metrics.imagesDone(count - ranges.images());
      rate = rows * 1000.0 / Math.max(1, Duration.between(started, Instant.now()).toMillis());
      wanted = Math.max(wanted, (long) (rate * CHUNK.toSeconds()));
      progress.say(line(record.stage(), what, count, ranges.images(), rate));
    }
    workspace.compact(table, record);
    if (ranges.images() > 0) {
      progress.say(
          String.format(
              Locale.ROOT,
              "%s: the time is over; %,d images are left for the next run",
              record.stage(),
              ranges.images()));
    }
    return new Outcome(written, ranges.images());
  }

  private long add(Chunk chunk, Work work, boolean first, RunRecord record) {
    try {
      Optional<Dataset<Row>> rows = work.rows(chunk);
      if (rows.isEmpty()) {
        return 0;
      }
      return workspace.append(
          table,
          chunk.part(),
          rows.get(),
          record,
          written -> {
            work.check(written);
            if (first) {
              work.beforeFirst();
            }
          });
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      try {
        work.failed(chunk);
      } catch (RuntimeException alsoFailed) {
        e.addSuppressed(alsoFailed);
      }
      throw e;
    }
  }

  private static String line(String stage, String what, long count, long left, double rate) {
    return String.format(
        Locale.ROOT,
        "%s: %,d of %,d images %s, %.1f images/s%s",
        stage,
        count - left,
        count,
        what,
        rate,
        left == 0 ? "" : ", about " + Progress.duration(left / rate) + " to go");
  }

  private int partitions(long count) {
    if (partitions > 0) {
      return partitions;
    }
    long wanted = Math.max(cores, count / IMAGES_PER_PARTITION);
    // The number is a multiple of the cores. A last round with half of the cores idle would take as
    // long as a full one.
    return (int) Math.min(MOST_PARTITIONS, (wanted + cores - 1) / cores * cores);
  }
}
