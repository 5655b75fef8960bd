package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code decisions}: what people, models and rules have decided on images since they were
 * cataloged. Rows are added and never changed. {@link org.sparkvit.dataset.query.LabelDecisions}
 * says which labels follow from them.
 */
public final class DecisionsTable {
  /**
   * The id of the image. For a mapping it is {@link #MAPPING} and the former class, and its
   * condition where it has one. For a revert it is {@link #REVERTED} and the run.
   */
  public static final String ID = "id";

  /** The SHA-256 of the content that was decided on, or null where it could not be read. */
  public static final String SHA256 = "sha256";

  /** The column that a decision on a label is about. */
  public static final String LABEL_COLUMN = "label_column";

  /** {@link #LABEL}, {@link #EXCLUDE}, {@link #INCLUDE}, {@link #MAP} or {@link #REVERT}. */
  public static final String KIND = "kind";

  /**
   * The label that was decided on. For a mapping it is the new class, and for a revert the run. It
   * is null where there is none.
   */
  public static final String VALUE = "value";

  /** The source of the decision, such as {@code review} or {@code relabel}. */
  public static final String SOURCE = "source";

  /** The label that the catalog had at that time. For a mapping it is the former class. */
  public static final String CATALOG_LABEL = "catalog_label";

  /** The one who decided: a reviewer, the hash of a model, or a rule. */
  public static final String ACTOR = "actor";

  /** The run that wrote the decision. It can be reverted as a whole. */
  public static final String RUN = "run";

  /** The time at which the run began. */
  public static final String TIME = "time";

  /** The reason in a few words, or null where the source says everything. */
  public static final String REASON = "reason";

  /**
   * The column in which an image must have {@link #WHERE_VALUE} to be mapped. It is null for a
   * mapping of all images, and for other decisions.
   */
  public static final String WHERE_COLUMN = "where_column";

  public static final String WHERE_VALUE = "where_value";

  /** The kind of a decision that the image has a label. */
  public static final String LABEL = "label";

  /** The kind of a decision that the image is left out. */
  public static final String EXCLUDE = "exclude";

  /** The kind of a decision that the image is not left out, whatever was decided before. */
  public static final String INCLUDE = "include";

  /** The kind of a decision that a class has another name. */
  public static final String MAP = "map";

  /** The kind of a decision that the decisions of a run do not count. */
  public static final String REVERT = "revert";

  /** The prefix of the {@link #ID} of a mapping. */
  public static final String MAPPING = "map:";

  /** The prefix of the {@link #ID} of a revert. */
  public static final String REVERTED = "run:";

  /** The sources that are people. Their decisions outrank those of models and rules. */
  public static final List<String> PEOPLE = List.of("review", "import");

  public static final TableSpec SPEC =
      new TableSpec(
          "decisions",
          "relabel",
          "What people, models and rules have decided on images since they were cataloged. Rows are"
              + " added and never changed.",
          new StructType()
              .add(
                  ID,
                  DataTypes.StringType,
                  false,
                  "The image's id, as in table images; map: and the former class for a class that"
                      + " was renamed; run: and the run for a run that was taken back.")
              .add(
                  SHA256,
                  DataTypes.StringType,
                  true,
                  "SHA-256 of the content that was decided on, 64 hex digits; null where it could"
                      + " not be read.")
              .add(
                  LABEL_COLUMN,
                  DataTypes.StringType,
                  false,
                  "The column of labels that the decision is about: label.")
              .add(
                  KIND,
                  DataTypes.StringType,
                  false,
                  "label, exclude or include; map for a class, revert for a run.")
              .add(
                  VALUE,
                  DataTypes.StringType,
                  true,
                  "The label that was decided on; of a map the new class, of a revert the run; null"
                      + " where there is none.")
              .add(
                  SOURCE,
                  DataTypes.StringType,
                  false,
                  "What it comes from: review or import for people, relabel, repair, match or"
                      + " propagated for models and rules, decisions for classes and runs.")
              .add(
                  CATALOG_LABEL,
                  DataTypes.StringType,
                  true,
                  "The label that the catalog had then; of a map the former class; null where there"
                      + " was none.")
              .add(
                  ACTOR,
                  DataTypes.StringType,
                  false,
                  "Who decided: a reviewer, the hash of a model, or a rule.")
              .add(RUN, DataTypes.StringType, false, "The run that decided.")
              .add(TIME, DataTypes.TimestampType, false, "When that run began.")
              .add(
                  REASON,
                  DataTypes.StringType,
                  true,
                  "Why, in a few words; null where the source says all.")
              .add(
                  WHERE_COLUMN,
                  DataTypes.StringType,
                  true,
                  "Of a map: the column by which images are chosen; null for all images.")
              .add(
                  WHERE_VALUE,
                  DataTypes.StringType,
                  true,
                  "Of a map: the value that the chosen images have in that column; null for all"
                      + " images."),
          false,
          List.of(ID, KIND, RUN));

  private DecisionsTable() {}
}
