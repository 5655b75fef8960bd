package org.sparkvit.inference;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.query.IdRanges;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.IdRange;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.loading.ImageLocations;

/**
 * Adds to a growing table the rows of the images that have none, in chunks of about ten minutes: a
 * run that is killed loses the chunk it was in, and no more.
 *
 * @param stage name of the stage, for the lines
 * @param done what was done to images, for the lines: "embedded"
 * @param missing the images of a range that have no row, as rows of {@link
 *     org.sparkvit.dataset.schema.ImagesTable}
 * @param compute makes of such rows, with the columns of {@link ImageLocations}, the table's
 */
public record ChunkedFill(
    String stage,
    String done,
    Function<IdRange, Dataset<Row>> missing,
    UnaryOperator<Dataset<Row>> compute) {
  /** Enough for a task to be worth its start. */
  private static final int IMAGES_PER_PARTITION = 2000;

  private static final int MOST_PARTITIONS = 100_000;
  private static final Duration CHUNK = Duration.ofMinutes(10);

  /** Fills the table; its new parts get the record. */
  public void run(Workspace workspace, TableSpec table, RunRecord record, Progress progress) {
    Dataset<Row> all = missing.apply(IdRange.ALL);
    int cores = all.sparkSession().sparkContext().defaultParallelism();
    IdRanges ranges = IdRanges.cut(all, record.runId());
    long count = ranges.images();
    progress.say(
        String.format(
            Locale.ROOT,
            "%s: %,d images are to be %s; what there is of the others stays",
            stage,
            count,
            done));
    int chunks = 0;
    long wanted = (long) cores * IMAGES_PER_PARTITION;
    while (ranges.images() > 0) {
      Instant started = Instant.now();
      IdRange range = ranges.next(wanted);
      int partitions =
          (int) Math.max(cores, Math.min(MOST_PARTITIONS, range.images() / IMAGES_PER_PARTITION));
      Dataset<Row> spread =
          ImageLocations.inOrder(
              workspace,
              missing.apply(range),
              partitions,
              unpacked -> unpacked.repartition(partitions));
      String part = String.format(Locale.ROOT, "%s-%05d", record.runId(), ++chunks);
      long written = workspace.append(table, part, compute.apply(spread), record, rows -> {});
      double rate = written * 1000.0 / Duration.between(started, Instant.now()).toMillis();
      wanted = Math.max(wanted, (long) (rate * CHUNK.toSeconds()));
      progress.say(
          String.format(
              Locale.ROOT,
              "%s: %,d of %,d images %s, %.1f images/s, about %s to go",
              stage,
              count - ranges.images(),
              count,
              done,
              rate,
              Progress.duration(ranges.images() / rate)));
    }
    workspace.compact(table, record);
  }
}
