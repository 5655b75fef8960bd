package org.sparkvit.table;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code relabels}: what becomes of the label of every image, by one model. */
public final class RelabelsTable {
  public static final String ID = "id";
  public static final String PATH = "path";

  /** The label in {@code images}; null where there is none. */
  public static final String OLD_LABEL = "old_label";

  /** The accepted label: another one where the decision is {@link #CHANGE}, else the old one. */
  public static final String NEW_LABEL = "new_label";

  /** The class with the highest probability; null without a prediction of the present content. */
  public static final String PREDICTED = "predicted";

  /** The highest probability, 0 to 1; null without a prediction. */
  public static final String CONFIDENCE = "confidence";

  /** The highest probability less the second highest, 0 to 1; null without a prediction. */
  public static final String MARGIN = "margin";

  /** {@link #KEEP}, {@link #CHANGE} or {@link #REVIEW}. */
  public static final String DECISION = "decision";

  /** Why, in a word: see the reasons of the stage. */
  public static final String REASON = "reason";

  /**
   * How likely a person's look finds something, 0 to 1, as the model sees it: 1 less the
   * probability of the old label, and where there is none 1 less the confidence. Null without a
   * prediction, and where the model does not know the old label.
   */
  public static final String VALUE = "value";

  /** The image's split; null where it has none. */
  public static final String SPLIT = "split";

  /** Hash of the model, a key of {@link ModelsTable}. */
  public static final String MODEL = "model";

  public static final String KEEP = "keep";
  public static final String CHANGE = "change";

  /** The old label stays until a person has looked. */
  public static final String REVIEW = "review";

  public static final TableSpec SPEC =
      new TableSpec(
          "relabels",
          "relabel",
          new StructType()
              .add(ID, DataTypes.StringType, false)
              .add(PATH, DataTypes.StringType, false)
              .add(OLD_LABEL, DataTypes.StringType)
              .add(NEW_LABEL, DataTypes.StringType)
              .add(PREDICTED, DataTypes.StringType)
              .add(CONFIDENCE, DataTypes.FloatType)
              .add(MARGIN, DataTypes.FloatType)
              .add(DECISION, DataTypes.StringType, false)
              .add(REASON, DataTypes.StringType, false)
              .add(VALUE, DataTypes.FloatType)
              .add(SPLIT, DataTypes.StringType)
              .add(MODEL, DataTypes.StringType, false),
          false);

  private RelabelsTable() {}
}
