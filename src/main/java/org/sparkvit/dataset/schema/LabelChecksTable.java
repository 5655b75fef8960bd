package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code label_checks}: one row for each labelled image that a model could judge. */
public final class LabelChecksTable {
  public static final String ID = "id";
  public static final String PATH = "path";
  public static final String LABEL = "label";

  /** The most likely class. */
  public static final String SUGGESTED = "suggested";

  /** The probability of the given label, 0 to 1. */
  public static final String CONFIDENCE = "confidence";

  /**
   * The probability of the given label less that of the most likely other class, scaled from 0
   * (wrong) to 1 (right).
   */
  public static final String MARGIN = "margin";

  /**
   * Whether the image is one of the least confident images of its label. As many images count as
   * are likely wrong.
   */
  public static final String BY_CLASS = "by_class";

  /**
   * Whether the image is one of those that are most clearly of another class. As many images count
   * as are likely confused.
   */
  public static final String BY_NOISE_RATE = "by_noise_rate";

  /** Whether the image is confidently of another class. */
  public static final String CONFIDENT = "confident";

  /** Whether another class is more likely. */
  public static final String DIFFERS = "differs";

  /** Whether the label is an issue by the chosen rule. */
  public static final String ISSUE = "issue";

  /**
   * The share of its nearest neighbours that have its label, 0 to 1, or null without embeddings.
   */
  public static final String AGREEMENT = "agreement";

  /** The most frequent label of its nearest neighbours, or null without embeddings. */
  public static final String NEIGHBORS_LABEL = "neighbors_label";

  /** The mean distance from its nearest neighbours, 0 to 2, or null without embeddings. */
  public static final String DISTANCE = "distance";

  /** Whether the image is far from all others, or null without embeddings. */
  public static final String OUTLIER = "outlier";

  public static final TableSpec SPEC =
      new TableSpec(
          "label_checks",
          "labels",
          "What probabilities of a model that was trained without the image say of its given label;"
              + " one row for each labelled image that could be judged.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(PATH, DataTypes.StringType, false, ColumnComments.PATH)
              .add(LABEL, DataTypes.StringType, false, ColumnComments.LABEL)
              .add(SUGGESTED, DataTypes.StringType, false, "The most likely class.")
              .add(
                  CONFIDENCE,
                  DataTypes.DoubleType,
                  false,
                  "Probability of the given label, 0 to 1.")
              .add(
                  MARGIN,
                  DataTypes.DoubleType,
                  false,
                  "The given label against the likeliest other class: 0, wrong, to 1, right.")
              .add(
                  BY_CLASS,
                  DataTypes.BooleanType,
                  false,
                  "Whether it is among the least confident of its label, as many as are likely"
                      + " wrong.")
              .add(
                  BY_NOISE_RATE,
                  DataTypes.BooleanType,
                  false,
                  "Whether it is among those most clearly of another class, as many as are likely"
                      + " confused.")
              .add(
                  CONFIDENT,
                  DataTypes.BooleanType,
                  false,
                  "Whether it is confidently of another class.")
              .add(DIFFERS, DataTypes.BooleanType, false, "Whether another class is more likely.")
              .add(
                  ISSUE,
                  DataTypes.BooleanType,
                  false,
                  "Whether the label is an issue, by the rule that was asked for.")
              .add(
                  AGREEMENT,
                  DataTypes.DoubleType,
                  true,
                  "Share of its nearest neighbours that have its label, 0 to 1; null without"
                      + " embeddings, and where all neighbours repeat it.")
              .add(
                  NEIGHBORS_LABEL,
                  DataTypes.StringType,
                  true,
                  "The label that most of its nearest neighbours have; null without embeddings, and"
                      + " where all neighbours repeat it.")
              .add(
                  DISTANCE,
                  DataTypes.DoubleType,
                  true,
                  "Mean distance from its nearest neighbours, 0 to 2; null without embeddings, and"
                      + " where all neighbours repeat it.")
              .add(
                  OUTLIER,
                  DataTypes.BooleanType,
                  true,
                  "Whether it is far from everything; null without embeddings, and where all"
                      + " neighbours repeat it."),
          false);

  private LabelChecksTable() {}
}
