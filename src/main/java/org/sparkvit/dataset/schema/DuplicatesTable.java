package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** {@code duplicates}: one row for each image that is an exact or near duplicate of another one. */
public final class DuplicatesTable {
  public static final String ID = "id";
  public static final String PATH = "path";
  public static final String LABEL = "label";

  /**
   * The id of the representative of its group, which is the largest image of the group. It may be
   * the image itself.
   */
  public static final String REPRESENTATIVE = "representative";

  /**
   * The kind of similarity to the representative: {@link #BYTES}, {@link #PIXELS} or {@link #LOOK}.
   */
  public static final String KIND = "kind";

  /**
   * The number of bits between its PDQ hash and the representative's, or null where a hash is of
   * too low quality.
   */
  public static final String DISTANCE = "distance";

  /**
   * The number of images of its group. It is 1 for an image that is only connected to others by a
   * chain.
   */
  public static final String GROUP_SIZE = "group_size";

  /** Whether images of its group have different labels. */
  public static final String CONFLICT = "conflict";

  /**
   * The least id of all images that a chain of duplicates connects to this one, whether they
   * resemble its representative or not. A split must keep such images together.
   */
  public static final String COMPONENT = "component";

  /** The files are identical. */
  public static final String BYTES = "BYTES";

  /** The pixels are identical, the files are not. */
  public static final String PIXELS = "PIXELS";

  /** The pixels look the same. */
  public static final String LOOK = "LOOK";

  public static final TableSpec SPEC =
      new TableSpec(
          "duplicates",
          "audit",
          "Images that another image repeats, or nearly; one row for each of them, the"
              + " representatives of their groups among them.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(PATH, DataTypes.StringType, false, ColumnComments.PATH)
              .add(LABEL, DataTypes.StringType, true, ColumnComments.LABEL_IF_ANY)
              .add(
                  REPRESENTATIVE,
                  DataTypes.StringType,
                  false,
                  "Id of the largest image of its group, which may be the image itself.")
              .add(
                  KIND,
                  DataTypes.StringType,
                  false,
                  "What it has in common with the representative: BYTES, the file; PIXELS; or"
                      + " LOOK.")
              .add(
                  DISTANCE,
                  DataTypes.IntegerType,
                  true,
                  "Bits, of 256, in which its PDQ hash differs from the representative's; null"
                      + " where a hash tells nothing.")
              .add(
                  GROUP_SIZE,
                  DataTypes.LongType,
                  false,
                  "Images of its group; 1 for an image that is tied to others only by a chain.")
              .add(
                  CONFLICT,
                  DataTypes.BooleanType,
                  false,
                  "Whether images of its group have different labels.")
              .add(
                  COMPONENT,
                  DataTypes.StringType,
                  false,
                  "The least id of all images that a chain of duplicates ties to it; images of one"
                      + " component must not part when splits are made."),
          false);

  private DuplicatesTable() {}
}
