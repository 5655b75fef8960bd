package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;

/** The catalog with what one model said of it, joined as the metrics' images are. */
final class ReportedImages {
  /** Probability of the given label; null where the model does not know it. */
  static final String GIVEN_PROBABILITY = "given_probability";

  private ReportedImages() {}

  /**
   * Joins the tables. The columns are id, path, label, split, predicted, confidence, {@link
   * ScoredImages#TRIED} and {@link #GIVEN_PROBABILITY}.
   *
   * @param images rows of {@link ImagesTable} with the labels that count
   * @param splits absent where the data set was never split
   * @param model hash of the model
   * @param classes the model's classes, in the order of its probabilities
   */
  static Dataset<Row> of(
      Dataset<Row> images,
      Optional<Dataset<Row>> splits,
      Dataset<Row> predictions,
      String model,
      List<String> classes) {
    return ScoredImages.join(
            images, splits, predictions, Map.of(model, classes), col(ImagesTable.PATH))
        .select(
            col(ScoredImages.ID),
            col(ImagesTable.PATH),
            col(ScoredImages.LABEL),
            col(ScoredImages.SPLIT),
            col(ScoredImages.PREDICTED),
            col(ScoredImages.CONFIDENCE),
            col(ScoredImages.TRIED),
            ScoredImages.labelProbability().as(GIVEN_PROBABILITY));
  }

  /**
   * Returns the images of a split (or {@link MetricsTable#ALL}) with both a label and a prediction.
   */
  static Dataset<Row> judged(Dataset<Row> scored, String split) {
    Dataset<Row> judged =
        scored.where(
            col(ImagesTable.LABEL).isNotNull().and(col(PredictionsTable.PREDICTED).isNotNull()));
    return split.equals(MetricsTable.ALL)
        ? judged
        : judged.where(col(SplitsTable.SPLIT).equalTo(split));
  }
}
