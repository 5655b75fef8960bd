package org.sparkvit.pipeline.probe;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import org.apache.spark.ml.functions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.ResampledTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.training.data.TrainingRows;

/**
 * Selects the points to train on where the table {@code resampled} is used. These are the points of
 * the images and the synthetic points, without the images that were removed. Rows about images that
 * have another class now, or are not trained on, are left out and counted.
 */
final class ResampledPoints {
  private final StageContext context;
  private final ProbeConfig config;

  ResampledPoints(StageContext context, ProbeConfig config) {
    this.context = context;
    this.config = config;
  }

  /**
   * Returns all points to train on.
   *
   * @param real the images of the train split, with the columns of {@link HeadSearch}
   * @param rows the same images, before they were embedded
   * @param model the hash of the model that embedded them
   * @throws UserException when the table belongs to another model or precision
   */
  Dataset<Row> with(Dataset<Row> real, TrainingRows rows, String model) {
    Dataset<Row> all = context.read(ResampledTable.SPEC);
    Dataset<Row> mine =
        all.where(
            col(ResampledTable.MODEL)
                .equalTo(model)
                .and(col(ResampledTable.PRECISION).equalTo(config.embedding().precision())));
    if (mine.isEmpty() && !all.isEmpty()) {
      throw new UserException(
          "the table 'resampled' is of another model or precision: run 'spark-vit resample' with"
              + " the same --from and --precision");
    }
    Dataset<Row> labels = rows.trainLabels();
    Dataset<Row> made =
        stillOfItsClass(
            stillOfItsClass(
                mine.where(col(ResampledTable.KIND).equalTo(ResampledTable.SYNTHETIC)),
                ResampledTable.PARENT,
                labels),
            ResampledTable.NEIGHBOR,
            labels);
    Dataset<Row> synthetic =
        made.withColumn(
                HeadSearch.LABEL,
                ClassIndex.of(rows.labels().names()).index(col(ResampledTable.LABEL)))
            .select(
                col(ResampledTable.ID).as(HeadSearch.ID),
                lit(SplitsTable.TRAIN).as(SplitsTable.SPLIT),
                col(HeadSearch.LABEL).cast("double").as(HeadSearch.LABEL),
                lit(1.0).as(HeadSearch.WEIGHT),
                col(ResampledTable.EMBEDDING).as(EmbeddingsTable.EMBEDDING),
                functions
                    .array_to_vector(col(ResampledTable.EMBEDDING).cast("array<double>"))
                    .as(HeadSearch.FEATURES));
    Dataset<Row> removed =
        stillOfItsClass(
            mine.where(col(ResampledTable.KIND).equalTo(ResampledTable.REMOVED)),
            ResampledTable.ID,
            labels);
    long points = synthetic.count();
    long stale = mine.count() - points - removed.count();
    if (stale > 0) {
      context.say(
          "warning: %,d rows of the table 'resampled' are left out, as their images have another"
              + " class now or are not trained on; run 'spark-vit resample' again",
          stale);
    }
    context.record().result("resampled_left_out", stale);
    Dataset<Row> kept =
        real.join(
            removed.select(col(ResampledTable.ID).as(HeadSearch.ID)),
            new String[] {HeadSearch.ID},
            "left_anti");
    Dataset<Row> together = kept.unionByName(synthetic);
    long count = together.count();
    context.say("%,d points to train on, %,d of them made up by resample", count, points);
    return ProbeStage.inOrder(together, count);
  }

  /**
   * Returns the rows whose image is trained on with the class of the row.
   *
   * @param column the column with the id of the image
   */
  private static Dataset<Row> stillOfItsClass(
      Dataset<Row> resampled, String column, Dataset<Row> labels) {
    Dataset<Row> now = labels.toDF("now_id", "now_label");
    return resampled.join(
        now,
        col(column).equalTo(col("now_id")).and(col(ResampledTable.LABEL).equalTo(col("now_label"))),
        "left_semi");
  }
}
