package org.sparkvit.pipeline.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.PredictionsTable;

/**
 * Counts the images that a run has scored and those that failed. It stops the run where too many
 * have failed.
 */
final class FailureLimit {
  private static final int REASONS_NAMED = 3;

  private final double maxRate;
  private long images;
  private long failed;

  /**
   * Creates a limit.
   *
   * @param maxRate the largest share of failures that is allowed, 0 to 1
   */
  FailureLimit(double maxRate) {
    this.maxRate = maxRate;
  }

  long images() {
    return images;
  }

  long failed() {
    return failed;
  }

  /**
   * Adds the predictions of a chunk.
   *
   * @throws UserException when more of the run's images than allowed have failed; the chunk is then
   *     not counted
   */
  void add(Dataset<Row> predictions) {
    Row counts =
        predictions
            .agg(count(lit(1)), count(when(col(PredictionsTable.PROBABILITIES).isNull(), 1)))
            .head();
    long allImages = images + counts.getLong(0);
    long allFailed = failed + counts.getLong(1);
    if (allFailed > maxRate * allImages) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%,d of %,d images could not be scored, more than --max-error-rate %s allows; %s was"
                  + " published. The most frequent reasons: %s",
              allFailed,
              allImages,
              maxRate,
              images == 0
                  ? "nothing"
                  : String.format(Locale.ROOT, "only what came before, %,d images,", images),
              reasons(predictions)));
    }
    images = allImages;
    failed = allFailed;
  }

  private static String reasons(Dataset<Row> predictions) {
    return predictions
        .where(col(PredictionsTable.PROBABILITIES).isNull())
        .groupBy(PredictionsTable.STATUS, PredictionsTable.REASON)
        .agg(count(lit(1)).as("images"), min(PredictionsTable.PATH).as("example"))
        .orderBy(col("images").desc(), col(PredictionsTable.STATUS), col(PredictionsTable.REASON))
        .limit(REASONS_NAMED)
        .collectAsList()
        .stream()
        .map(
            row ->
                String.format(
                    Locale.ROOT,
                    "%s%s, %,d images, e.g. '%s'",
                    row.getString(0),
                    row.isNullAt(1) ? "" : " (" + row.getString(1) + ")",
                    row.getLong(2),
                    row.getString(3)))
        .collect(Collectors.joining("; "));
  }
}
