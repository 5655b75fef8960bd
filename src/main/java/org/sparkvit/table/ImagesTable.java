package org.sparkvit.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.trim;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.ImageStatus;

/**
 * {@code images}: one row per image found, readable or not. Further columns of a manifest follow
 * the ones named here and serve as slices.
 */
public final class ImagesTable {
  /** 32 hex digits: the head of SHA-256 over the image's name relative to its input. */
  public static final String ID = "id";

  /** URI of the file; of a member of a tar shard {@code shard.tar#member}. */
  public static final String PATH = "path";

  /** The given label; null where there is none. */
  public static final String LABEL = "label";

  /** The split that the folder or manifest names (train, validation, test); null where none. */
  public static final String GIVEN_SPLIT = "given_split";

  /** Length of the content in bytes; -1 where the file is missing. */
  public static final String BYTES = "bytes";

  /** First byte of the content within the file of {@link #PATH}: 0, or the member's place. */
  public static final String OFFSET = "offset";

  public static final String MODIFIED = "modified";

  /** SHA-256 of the content, 64 hex digits; null where it could not be read. */
  public static final String SHA256 = "sha256";

  /** JPEG, PNG, GIF, BMP, TIFF or WEBP; null where it is none of them. */
  public static final String FORMAT = "format";

  /** Pixels as stored, before the EXIF turn; null where unknown. */
  public static final String WIDTH = "width";

  public static final String HEIGHT = "height";
  public static final String CHANNELS = "channels";

  /** EXIF orientation 1 to 8; 1 where the file has none. */
  public static final String ORIENTATION = "orientation";

  /** A name of {@link ImageStatus}. */
  public static final String STATUS = "status";

  /**
   * Why the status is not OK, or a note on an image that is; null where there is nothing to say.
   */
  public static final String REASON = "reason";

  public static final TableSpec SPEC =
      new TableSpec(
          "images",
          "catalog",
          new StructType()
              .add(ID, DataTypes.StringType, false)
              .add(PATH, DataTypes.StringType, false)
              .add(LABEL, DataTypes.StringType)
              .add(GIVEN_SPLIT, DataTypes.StringType)
              .add(BYTES, DataTypes.LongType, false)
              .add(OFFSET, DataTypes.LongType, false)
              .add(MODIFIED, DataTypes.TimestampType)
              .add(SHA256, DataTypes.StringType)
              .add(FORMAT, DataTypes.StringType)
              .add(WIDTH, DataTypes.IntegerType)
              .add(HEIGHT, DataTypes.IntegerType)
              .add(CHANNELS, DataTypes.IntegerType)
              .add(ORIENTATION, DataTypes.IntegerType)
              .add(STATUS, DataTypes.StringType, false)
              .add(REASON, DataTypes.StringType),
          true);

  private ImagesTable() {}

  /** Whether an image has a label; false, never null, where it has none or a blank one. */
  public static Column labelled() {
    return col(LABEL).isNotNull().and(trim(col(LABEL)).notEqual(""));
  }

  /** Whether an image's pixels can be had; a wrong file extension does no harm. */
  public static Column usable() {
    return col(STATUS)
        .isin(
            Arrays.stream(ImageStatus.values())
                .filter(ImageStatus::isUsable)
                .map(ImageStatus::name)
                .toArray());
  }
}
