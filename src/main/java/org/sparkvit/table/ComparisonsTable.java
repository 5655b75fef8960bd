package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code comparisons}: two models on the same images, those of the test split (of all splits where
 * there is none) that have a label and a prediction of both.
 */
public final class ComparisonsTable {
  public static final String MODEL = MetricsTable.MODEL;

  /** The model beside which it is put. */
  public static final String OTHER = "other";

  public static final String SPLIT = MetricsTable.SPLIT;
  public static final String METRIC = MetricsTable.METRIC;
  public static final String VALUE = MetricsTable.VALUE;
  public static final String OTHER_VALUE = "other_value";

  /** The value less the other's. */
  public static final String DIFFERENCE = "difference";

  /**
   * Where the difference may well be, at the 95 % level, from resamples in which both models see
   * the same images; null where not known.
   */
  public static final String LOW = MetricsTable.LOW;

  public static final String HIGH = MetricsTable.HIGH;

  /** Images that only the model predicts rightly, for {@code accuracy}, else null. */
  public static final String ONLY_MODEL = "only_model_right";

  /** Images that only the other predicts rightly. */
  public static final String ONLY_OTHER = "only_other_right";

  /** How likely such a difference of these two is by chance (McNemar 1947, exact). */
  public static final String P = "p";

  public static final String N = MetricsTable.N;

  public static final TableSpec SPEC =
      new TableSpec(
          "comparisons",
          "evaluate",
          new StructType()
              .add(MODEL, DataTypes.StringType, false)
              .add(OTHER, DataTypes.StringType, false)
              .add(SPLIT, DataTypes.StringType, false)
              .add(METRIC, DataTypes.StringType, false)
              .add(VALUE, DataTypes.DoubleType)
              .add(OTHER_VALUE, DataTypes.DoubleType)
              .add(DIFFERENCE, DataTypes.DoubleType)
              .add(LOW, DataTypes.DoubleType)
              .add(HIGH, DataTypes.DoubleType)
              .add(ONLY_MODEL, DataTypes.LongType)
              .add(ONLY_OTHER, DataTypes.LongType)
              .add(P, DataTypes.DoubleType)
              .add(N, DataTypes.LongType, false),
          false);

  private ComparisonsTable() {}
}
