package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code training_metrics}: the metrics of each epoch of each training, one metric a row. */
public final class TrainingMetricsTable {
  /** The hash of the trained model, as in {@link ModelsTable}. */
  public static final String MODEL = "model";

  /** The name of the model. */
  public static final String NAME = "name";

  /** The number of the epoch, from 1. */
  public static final String EPOCH = "epoch";

  /** The number of updates done by the end of the epoch. */
  public static final String STEPS = "steps";

  /**
   * The name of the metric: {@code train_loss}, {@code learning_rate} or the like, or a metric of
   * the validation split.
   */
  public static final String METRIC = "metric";

  /** The class that the metric is of, or {@value MetricsTable#ALL} where it is of all classes. */
  public static final String LABEL = "label";

  /** The value, or null where it is undefined. */
  public static final String VALUE = "value";

  public static final TableSpec SPEC =
      new TableSpec(
          "training_metrics",
          "train",
          "What each epoch of each training came to, one figure a row.",
          new StructType()
              .add(
                  MODEL,
                  DataTypes.StringType,
                  false,
                  "The model that came of it: hash of its configuration and weights, 64 hex digits,"
                      + " as in table scored_models.")
              .add(NAME, DataTypes.StringType, false, "What the model was called.")
              .add(EPOCH, DataTypes.IntegerType, false, "The epoch, from 1.")
              .add(
                  STEPS,
                  DataTypes.LongType,
                  false,
                  "Updates of the weights by the end of the epoch.")
              .add(
                  METRIC,
                  DataTypes.StringType,
                  false,
                  "train_loss, learning_rate, gradient_norm, seconds, images_per_second, or a"
                      + " metric of the validation split.")
              .add(
                  LABEL,
                  DataTypes.StringType,
                  false,
                  "The class that the figure is of; (all) for a figure of all classes.")
              .add(VALUE, DataTypes.DoubleType, true, "The figure; null where it is undefined."),
          false,
          List.of(MODEL, EPOCH, METRIC, LABEL));

  private TrainingMetricsTable() {}
}
