package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code comparisons}: two models on the same images. These are the images of the test split, or of
 * all splits where there is none, that have a label and a prediction of both models.
 */
public final class ComparisonsTable {
  public static final String MODEL = MetricsTable.MODEL;

  /** The model that the first one is compared with. */
  public static final String OTHER = "other";

  public static final String SPLIT = MetricsTable.SPLIT;
  public static final String METRIC = MetricsTable.METRIC;
  public static final String VALUE = MetricsTable.VALUE;
  public static final String OTHER_VALUE = "other_value";

  /** The model's value less the other's. */
  public static final String DIFFERENCE = "difference";

  /**
   * The lower end of the difference's interval at the 95 % level, or null where it is not known. It
   * comes from resamples in which both models see the same images.
   */
  public static final String LOW = MetricsTable.LOW;

  public static final String HIGH = MetricsTable.HIGH;

  /**
   * The number of images that only the model predicts correctly, for {@code accuracy}, else null.
   */
  public static final String ONLY_MODEL = "only_model_right";

  /** The number of images that only the other model predicts correctly. */
  public static final String ONLY_OTHER = "only_other_right";

  /**
   * The p-value of these two numbers: the probability that chance makes such a difference of them
   * (McNemar 1947, exact).
   */
  public static final String P = "p";

  public static final String N = MetricsTable.N;

  public static final TableSpec SPEC =
      new TableSpec(
          "comparisons",
          "evaluate",
          "Pairs of models on the same images: those of the test split, of all where there is none,"
              + " that have a label and a prediction of both. One row for each pair and metric.",
          new StructType()
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL)
              .add(
                  OTHER,
                  DataTypes.StringType,
                  false,
                  "The model that it is compared with, as in table scored_models.")
              .add(
                  SPLIT,
                  DataTypes.StringType,
                  false,
                  "Split whose images count: test, or (all) where there is no test split.")
              .add(
                  METRIC,
                  DataTypes.StringType,
                  false,
                  "Name of the metric, such as accuracy, f1_macro or log_loss.")
              .add(
                  VALUE,
                  DataTypes.DoubleType,
                  true,
                  "The metric of the model; null where it is undefined.")
              .add(
                  OTHER_VALUE,
                  DataTypes.DoubleType,
                  true,
                  "The metric of the other model; null where it is undefined.")
              .add(
                  DIFFERENCE,
                  DataTypes.DoubleType,
                  true,
                  "The model's value less the other's; null where one of them is undefined.")
              .add(
                  LOW,
                  DataTypes.DoubleType,
                  true,
                  "Lower end of the difference's interval at the 95 % level, from resamples of the"
                      + " images; null where not known.")
              .add(
                  HIGH,
                  DataTypes.DoubleType,
                  true,
                  "Upper end of that interval; null where not known.")
              .add(
                  ONLY_MODEL,
                  DataTypes.LongType,
                  true,
                  "Images that only the model predicts rightly; null for other metrics than"
                      + " accuracy.")
              .add(
                  ONLY_OTHER,
                  DataTypes.LongType,
                  true,
                  "Images that only the other model predicts rightly; null for other metrics than"
                      + " accuracy.")
              .add(
                  P,
                  DataTypes.DoubleType,
                  true,
                  "How likely so different counts of these two are by chance, 0 to 1 (McNemar,"
                      + " exact); null for other metrics than accuracy.")
              .add(N, DataTypes.LongType, false, "Images that the figures rest on."),
          false);

  private ComparisonsTable() {}
}
