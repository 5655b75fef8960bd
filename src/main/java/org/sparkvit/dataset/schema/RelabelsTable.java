package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code relabels}: the decision about the label of every image, by one model. */
public final class RelabelsTable {
  public static final String ID = "id";
  public static final String PATH = "path";

  /** The label in {@code images}, or null where there is none. */
  public static final String OLD_LABEL = "old_label";

  /**
   * The accepted label: another one where the decision is {@link #CHANGE}, otherwise the old one.
   */
  public static final String NEW_LABEL = "new_label";

  /**
   * The class with the highest probability, or null without a prediction of the present content.
   */
  public static final String PREDICTED = "predicted";

  /** The highest probability, 0 to 1, or null without a prediction. */
  public static final String CONFIDENCE = "confidence";

  /** The highest probability less the second highest, 0 to 1, or null without a prediction. */
  public static final String MARGIN = "margin";

  /** {@link #KEEP}, {@link #CHANGE} or {@link #REVIEW}. */
  public static final String DECISION = "decision";

  /** The reason of the decision in a word; see the reasons of the stage. */
  public static final String REASON = "reason";

  /**
   * The probability that a person's review finds an error, 0 to 1, according to the model. It is 1
   * less the probability of the old label, or 1 less the confidence where there is no old label. It
   * is null without a prediction, and where the model does not know the old label.
   */
  public static final String VALUE = "value";

  /** The image's split, or null where it has none. */
  public static final String SPLIT = "split";

  /** The hash of the model, a key of {@link ModelsTable}. */
  public static final String MODEL = "model";

  public static final String KEEP = "keep";
  public static final String CHANGE = "change";

  /** The decision that the old label stays until a person has reviewed it. */
  public static final String REVIEW = "review";

  public static final TableSpec SPEC =
      new TableSpec(
          "relabels",
          "relabel",
          "What becomes of the label of every image, by one model.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(PATH, DataTypes.StringType, false, ColumnComments.PATH)
              .add(OLD_LABEL, DataTypes.StringType, true, ColumnComments.OLD_LABEL)
              .add(
                  NEW_LABEL,
                  DataTypes.StringType,
                  true,
                  "The label from now on: another one where the decision is change, else the old"
                      + " one; null where there is none.")
              .add(
                  PREDICTED,
                  DataTypes.StringType,
                  true,
                  "The class with the highest probability; null without a prediction of the present"
                      + " content.")
              .add(
                  CONFIDENCE,
                  DataTypes.FloatType,
                  true,
                  "The highest probability, 0 to 1; null without a prediction of the present"
                      + " content.")
              .add(
                  MARGIN,
                  DataTypes.FloatType,
                  true,
                  "The highest probability less the second highest, 0 to 1; null without a"
                      + " prediction of the present content.")
              .add(
                  DECISION,
                  DataTypes.StringType,
                  false,
                  "keep, change, or review: the old label stays until a person has looked.")
              .add(REASON, DataTypes.StringType, false, ColumnComments.DECISION_REASON)
              .add(
                  VALUE,
                  DataTypes.FloatType,
                  true,
                  "How likely a person's look finds something, 0 to 1: 1 less the probability of"
                      + " the old label, or where there is none 1 less the confidence; null without"
                      + " a prediction, and where the model does not know the old label.")
              .add(SPLIT, DataTypes.StringType, true, ColumnComments.SPLIT_IF_ANY)
              .add(MODEL, DataTypes.StringType, false, ColumnComments.MODEL),
          false);

  private RelabelsTable() {}
}
