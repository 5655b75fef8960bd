package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code repairs}: the images that a cleaned manifest leaves out or changes, one row for each
 * reason.
 */
public final class RepairsTable {
  public static final String ID = "id";
  public static final String PATH = "path";
  public static final String LABEL = "label";

  /** {@link #EXCLUDE} or {@link #RELABEL}. */
  public static final String ACTION = "action";

  /** The rule of the policy: a kind of finding, {@link #WRONG_LABEL} or {@link #NO_PROVENANCE}. */
  public static final String RULE = "rule";

  /** The reason in a few words; may be null. */
  public static final String DETAIL = "detail";

  /** The id of the image that stays in its place, or null where there is none. */
  public static final String RELATED = "related";

  /** The new label, or null where the image is left out. */
  public static final String NEW_LABEL = "new_label";

  public static final String EXCLUDE = "EXCLUDE";
  public static final String RELABEL = "RELABEL";

  /** The rule for labels that are likely wrong. */
  public static final String WRONG_LABEL = "WRONG_LABEL";

  /** The rule for images with an empty value in a required column. */
  public static final String NO_PROVENANCE = "NO_PROVENANCE";

  public static final TableSpec SPEC =
      new TableSpec(
          "repairs",
          "repair",
          "What a cleaned manifest leaves out or changes: one row for each image and reason.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(PATH, DataTypes.StringType, false, ColumnComments.PATH)
              .add(LABEL, DataTypes.StringType, true, ColumnComments.LABEL_IF_ANY)
              .add(ACTION, DataTypes.StringType, false, "EXCLUDE or RELABEL.")
              .add(
                  RULE,
                  DataTypes.StringType,
                  false,
                  "What of the policy applies: a kind of finding, WRONG_LABEL or NO_PROVENANCE.")
              .add(
                  DETAIL,
                  DataTypes.StringType,
                  true,
                  "Why, in a few words; null where the rule says all.")
              .add(
                  RELATED,
                  DataTypes.StringType,
                  true,
                  "Id of the image that stays in its place; null where there is none.")
              .add(
                  NEW_LABEL,
                  DataTypes.StringType,
                  true,
                  "The label from now on; null where the image is left out."),
          false);

  private RepairsTable() {}
}
