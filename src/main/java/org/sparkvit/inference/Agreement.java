package org.sparkvit.inference;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.col;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;

/** Measures how often a lower precision or scaled decoding changes a model's answers. */
public final class Agreement {
  private static final String CHOSEN = "chosen";
  private static final String EXACT = "exact";

  private Agreement() {}

  /**
   * Scores images twice on the executors and compares the most probable classes.
   *
   * @param images rows of {@link ImagesTable}, the sample to compare on
   * @param chosen the model with the settings that are to be judged
   * @param exact the same model in fp32, which sees images decoded at full size
   * @param batchSize the number of images per forward pass
   * @param decodeThreads the number of worker threads per task
   * @return the share of the images that get the same class, 0 to 1, among those that can be
   *     scored; NaN when there are none
   * @throws IllegalArgumentException when the two are different models
   */
  public static double measure(
      SparkSession spark,
      Dataset<Row> images,
      SharedModel chosen,
      SharedModel exact,
      int batchSize,
      int decodeThreads) {
    if (!chosen.hash().equals(exact.hash())) {
      throw new IllegalArgumentException(
          "two models: " + chosen.hash() + " and " + exact.hash() + "; only ways to score compare");
    }
    Row result =
        classes(BatchInference.score(spark, images, chosen, batchSize, decodeThreads), CHOSEN)
            .join(
                classes(
                    BatchInference.score(spark, images, exact, batchSize, decodeThreads), EXACT),
                ImagesTable.ID)
            .agg(avg(col(CHOSEN).equalTo(col(EXACT)).cast(DataTypes.DoubleType)))
            .head();
    return result.isNullAt(0) ? Double.NaN : result.getDouble(0);
  }

  private static Dataset<Row> classes(Dataset<Row> scored, String name) {
    Column probabilities = col(PredictionsTable.PROBABILITIES);
    return scored
        .where(probabilities.isNotNull())
        .select(
            col(ImagesTable.ID), array_position(probabilities, array_max(probabilities)).as(name));
  }
}
