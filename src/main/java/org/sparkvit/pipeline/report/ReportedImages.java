package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.ClassPlaces;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * Joins the catalog with one model's predictions: every image once, with its present label and, if
 * it is of the present content, its prediction. The metrics are computed from the same rows.
 */
final class ReportedImages {
  /** The column that says whether the model was given the image. */
  static final String TRIED = "tried";

  /** The probability of the given label, or null where the model does not know it. */
  static final String GIVEN_PROBABILITY = "given_probability";

  private ReportedImages() {}

  /**
   * Joins the tables. The columns are id, path, label, split, predicted, confidence, {@link #TRIED}
   * and {@link #GIVEN_PROBABILITY}.
   *
   * @param splits rows of the table {@code splits}, or null
   * @param predictions one model's rows of the table {@code predictions}
   * @param classes the model's classes
   */
  static Dataset<Row> of(
      Dataset<Row> images, Dataset<Row> splits, Dataset<Row> predictions, List<String> classes) {
    Dataset<Row> placed =
        images.select(ImagesTable.ID, ImagesTable.PATH, ImagesTable.LABEL, ImagesTable.SHA256);
    placed =
        splits == null
            ? placed.withColumn(SplitsTable.SPLIT, lit(null).cast("string"))
            : placed.join(
                splits.select(SplitsTable.ID, SplitsTable.SPLIT),
                new String[] {ImagesTable.ID},
                "left");
    Dataset<Row> said =
        predictions.select(
            col(PredictionsTable.ID).as("said_id"),
            col(PredictionsTable.SHA256).as("said_sha256"),
            col(PredictionsTable.PREDICTED),
            col(PredictionsTable.CONFIDENCE),
            col(PredictionsTable.PROBABILITIES));
    // A failed row may have no hash: its image could not be read.
    Column same =
        col(ImagesTable.ID)
            .equalTo(col("said_id"))
            .and(
                col("said_sha256")
                    .isNull()
                    .or(col(ImagesTable.SHA256).equalTo(col("said_sha256"))));
    return placed
        .join(said, same, "left")
        .withColumn("place", ClassPlaces.place(classes, col(ImagesTable.LABEL)))
        .select(
            col(ImagesTable.ID),
            col(ImagesTable.PATH),
            col(ImagesTable.LABEL),
            col(SplitsTable.SPLIT),
            col(PredictionsTable.PREDICTED),
            col(PredictionsTable.CONFIDENCE),
            col("said_id").isNotNull().as(TRIED),
            when(
                    col("place").isNotNull(),
                    element_at(col(PredictionsTable.PROBABILITIES), col("place").plus(1)))
                .as(GIVEN_PROBABILITY));
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
