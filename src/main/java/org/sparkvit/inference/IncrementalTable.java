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

/**
 * A growing table with rows about images, which is filled where they are missing, chunk by chunk. A
 * chunk is the images of a range of ids, takes about ten minutes and becomes visible in one step.
 * So a run that is killed loses the chunk that it was in, and no more, and a rerun does what is
 * missing then. Runs at the same time begin in different places and leave out what the other has
 * done. Where many small files have come together, they are merged at the end.
 */
public final class IncrementalTable {
  /** Enough for a task to be worth its start, few enough that losing one costs little. */
  private static final int IMAGES_PER_PARTITION = 2000;

  private static final int MOST_PARTITIONS = 100_000;

  /** What a killed run loses at most, and long beside what a chunk costs whatever its length. */
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
   * A table and the images that it should have rows about.
   *
   * @param table with the columns {@code id} and {@code sha256}
   * @param images rows of {@link ImagesTable}
   * @param done those of the table's rows that need not be made again
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

  /** The table that is filled. */
  public TableSpec spec() {
    return table;
  }

  /**
   * Counts a row as done only where a condition holds.
   *
   * @param condition on columns of the images and of the rows that are done, whose names differ but
   *     for id and sha256
   */
  public IncrementalTable doneWhere(Column condition) {
    this.condition = condition;
    return this;
  }

  /** Makes chunks of about so many images, 1 or more, whatever time they take. */
  public IncrementalTable inChunksOf(long images) {
    this.chunk = images;
    this.grows = false;
    return this;
  }

  /** Makes the first chunk of about so many images, 1 or more; none after it is shorter. */
  public IncrementalTable firstChunkOf(long images) {
    this.chunk = images;
    return this;
  }

  /** Puts the images of a chunk into so many partitions; 0 chooses by cores and images. */
  public IncrementalTable inPartitions(int partitions) {
    this.partitions = partitions;
    return this;
  }

  /** Begins no chunk after a deadline, and makes the last one before it shorter. */
  public IncrementalTable until(Deadline deadline) {
    this.deadline = deadline;
    return this;
  }

  /** What is done with the missing images of a chunk. */
  @FunctionalInterface
  public interface Work {
    /**
     * Rows of the table for the images of a chunk; absent where nothing is to be added. May be
     * lazy.
     */
    Optional<Dataset<Row>> rows(Chunk chunk);

    /**
     * Looks at the rows of a chunk as they were written, before anybody else sees them.
     *
     * @throws org.sparkvit.core.UserException when they must not be seen, e.g. as too many failed;
     *     they are deleted then, the work ends, and the chunks before stay
     */
    default void check(Dataset<Row> written) {}

    /** Is called once, when the first chunk was checked and before anybody sees it. */
    default void beforeFirst() {}

    /** Clears up what {@link #rows} has left of a chunk that was not added. */
    default void failed(Chunk chunk) {}
  }

  /**
   * Images of a range that have no row yet.
   *
   * @param images rows of {@link ImagesTable}
   * @param part name of what is added, unique in the table: the run's id and a number
   */
  public record Chunk(
      Workspace workspace, IdRange range, Dataset<Row> images, String part, int partitions) {
    /**
     * The images shared out for reading, with the columns of {@link ImageLocations}. Neighbours in
     * shards are together. Without shards the images are dealt out in turn, so that every task has
     * as many and no folder of large ones ends up in one; Spark sorts first, so that a retried task
     * deals them out in the same way.
     */
    public Dataset<Row> spread() {
      return ImageLocations.inOrder(
          workspace, images, partitions, unpacked -> unpacked.repartition(partitions));
    }
  }

  /**
   * What was done.
   *
   * @param rows that were added
   * @param left images whose turn did not come before the deadline
   */
  public record Outcome(long rows, long left) {}

  /** The images of a range that have no row for their present content. */
  public Dataset<Row> missing(IdRange range) {
    Dataset<Row> wanted = images.where(range.has(col(ImagesTable.ID)));
    return workspace.has(table)
        ? SameContent.missing(wanted, done.apply(workspace.read(table, range)), condition)
        : wanted;
  }

  /** Counts what is missing, in a job, and cuts it into ranges that begin where the run's do. */
  public IdRanges cut(RunRecord record) {
    return IdRanges.cut(missing(IdRange.ALL), record.runId());
  }

  /**
   * Makes what is missing; says how much that is before.
   *
   * @param what is done to images, for people: "embedded"
   * @param record of the run, which the new rows get
   * @param progress gets a line before, and one after each chunk
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
   * Makes what is missing.
   *
   * @param ranges of all images that miss a row; a chunk is one or more of them
   * @param what is done to images, for people: "embedded"
   * @param record of the run, which the new rows get
   * @param progress gets a line after each chunk
   */
  public Outcome fill(
      IdRanges ranges, String what, Work work, RunRecord record, Progress progress) {
    long count = ranges.images();
    long wanted = chunk;
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
              partitions(range.images()));
      long rows = add(next, work, !seen, record);
      seen |= rows > 0;
      written += rows;
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
    // Whole rounds: a last round with half of the cores idle would cost as much as a full one.
    return (int) Math.min(MOST_PARTITIONS, (wanted + cores - 1) / cores * cores);
  }
}
