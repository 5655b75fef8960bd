package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.schema.PredictionsTable;

/**
 * The section on the model's predictions for all images, labelled or not.
 *
 * @param images the number of images in the catalog
 * @param failed the number of images that the model was given and that have no prediction
 * @param untried the number of images that the model was not given yet
 * @param predicted the number of images by predicted class, the most frequent first
 * @param confidence the number of images by confidence, in tenths
 */
public record ScoringSection(
    long images, long failed, long untried, List<Count> predicted, List<Count> confidence) {

  /** Returns the number of images with a prediction. */
  public long scored() {
    return images - failed - untried;
  }

  /** Counts the rows of {@link ReportedImages#of}. */
  static ScoringSection gather(Dataset<Row> images) {
    Row totals =
        images
            .agg(
                count(lit(1)),
                count(when(col(ScoredImages.TRIED), 1)),
                count(col(PredictionsTable.PREDICTED)))
            .head();
    long scored = totals.getLong(2);
    Dataset<Row> done = images.where(col(PredictionsTable.PREDICTED).isNotNull());
    long[] tenths = new long[10];
    for (Row row :
        done.groupBy(
                least(floor(col(PredictionsTable.CONFIDENCE).multiply(lit(10))), lit(9L))
                    .cast("int")
                    .as("tenth"))
            .count()
            .collectAsList()) {
      tenths[row.getInt(0)] += row.getLong(1);
    }
    List<Count> confidence = new ArrayList<>();
    for (int i = 0; i < tenths.length; i++) {
      // Two classes cannot have less than one half; no row is better than an empty one.
      if (tenths[i] > 0 || !confidence.isEmpty()) {
        String band = String.format(Locale.ROOT, "%.1f to %.1f", i / 10.0, (i + 1) / 10.0);
        confidence.add(Count.of(band, tenths[i], scored));
      }
    }
    return new ScoringSection(
        totals.getLong(0),
        totals.getLong(1) - scored,
        totals.getLong(0) - totals.getLong(1),
        Count.top(done, col(PredictionsTable.PREDICTED), "", scored),
        confidence);
  }
}
