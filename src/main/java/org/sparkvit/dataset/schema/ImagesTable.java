package org.sparkvit.dataset.schema;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.trim;

import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.ImageStatus;

/**
 * {@code images}: one row per image found, readable or not. A manifest's further columns follow the
 * ones named here and serve as slices.
 */
public final class ImagesTable {
  /** The id: 32 hex digits, the head of SHA-256 over the image's name relative to its input. */
  public static final String ID = "id";

  /**
   * The URI of the file. For a member of a tar shard it is {@code shard.tar#member}. For an image
   * inside a Parquet file it is {@code file.parquet#column/row}, with the row's index from 0.
   */
  public static final String PATH = "path";

  /** The given label, or null where there is none. */
  public static final String LABEL = "label";

  /**
   * The split that the folder or manifest names (train, validation, test), or null where it names
   * none.
   */
  public static final String GIVEN_SPLIT = "given_split";

  /** The length of the content in bytes, or -1 where the file is missing. */
  public static final String BYTES = "bytes";

  /**
   * The index of the content's first byte within the file of {@link #PATH}: 0, or the member's
   * place in the tar file. For an image inside a Parquet file it is the number of the row from 1.
   */
  public static final String OFFSET = "offset";

  public static final String MODIFIED = "modified";

  /** SHA-256 of the content, 64 hex digits, or null where it could not be read. */
  public static final String SHA256 = "sha256";

  /** The format, a name of ImageFormat such as JPEG, or null where it is none of them. */
  public static final String FORMAT = "format";

  /**
   * The number of pixel columns as stored, before the EXIF orientation is applied, or null where
   * unknown.
   */
  public static final String WIDTH = "width";

  public static final String HEIGHT = "height";
  public static final String CHANNELS = "channels";

  /** The EXIF orientation, 1 to 8; 1 where the file has none. */
  public static final String ORIENTATION = "orientation";

  /** A name of {@link ImageStatus}. */
  public static final String STATUS = "status";

  /** The reason why the status is not OK, or a note on an image that is OK, or null. */
  public static final String REASON = "reason";

  public static final TableSpec SPEC =
      new TableSpec(
          "images",
          "catalog",
          "The images that were found in the inputs, readable or not, one row each. Further columns"
              + " of a manifest follow the ones described here.",
          new StructType()
              .add(
                  ID,
                  DataTypes.StringType,
                  false,
                  "Id of the image: 32 hex digits, the head of SHA-256 over its name relative to"
                      + " its input.")
              .add(PATH, DataTypes.StringType, false, ColumnComments.PATH)
              .add(LABEL, DataTypes.StringType, true, ColumnComments.LABEL_IF_ANY)
              .add(
                  GIVEN_SPLIT,
                  DataTypes.StringType,
                  true,
                  "The split that the folder or the manifest names: train, validation or test; null"
                      + " where it names none.")
              .add(
                  BYTES,
                  DataTypes.LongType,
                  false,
                  "Length of the content in bytes; -1 where the file is missing.")
              .add(
                  OFFSET,
                  DataTypes.LongType,
                  false,
                  "First byte of the content within the file: 0, or the place of a member in its"
                      + " shard; of an image inside a Parquet file, the number of its row from 1.")
              .add(
                  MODIFIED,
                  DataTypes.TimestampType,
                  true,
                  "When the file was last modified, as its storage says; null where that is not"
                      + " known.")
              .add(SHA256, DataTypes.StringType, true, ColumnComments.SHA256)
              .add(
                  FORMAT,
                  DataTypes.StringType,
                  true,
                  "JPEG, PNG, GIF, BMP, TIFF, WEBP, PNM, HEIC or AVIF, by the content; null where"
                      + " it is none that is known.")
              .add(
                  WIDTH,
                  DataTypes.IntegerType,
                  true,
                  "Width in pixels as stored, before the turn that EXIF asks for; null where"
                      + " unknown.")
              .add(
                  HEIGHT,
                  DataTypes.IntegerType,
                  true,
                  "Height in pixels as stored, before the turn that EXIF asks for; null where"
                      + " unknown.")
              .add(
                  CHANNELS,
                  DataTypes.IntegerType,
                  true,
                  "Channels as stored, such as 1 for gray, 3 for RGB and 4 for CMYK or RGB with"
                      + " alpha; null where unknown.")
              .add(
                  ORIENTATION,
                  DataTypes.IntegerType,
                  true,
                  "EXIF orientation, 1 to 8; 1 where the file has none; null where the format is"
                      + " not known.")
              .add(STATUS, DataTypes.StringType, false, ColumnComments.STATUS)
              .add(REASON, DataTypes.StringType, true, ColumnComments.REASON),
          true);

  private ImagesTable() {}

  /**
   * Returns the condition that an image has a label. It is false, never null, where the label is
   * missing or blank.
   */
  public static Column labelled() {
    return col(LABEL).isNotNull().and(trim(col(LABEL)).notEqual(""));
  }

  /**
   * Returns the condition that an image has pixels. An image with a wrong file extension has
   * pixels, too.
   */
  public static Column usable() {
    return col(STATUS)
        .isin(
            Arrays.stream(ImageStatus.values())
                .filter(ImageStatus::isUsable)
                .map(ImageStatus::name)
                .toArray());
  }
}
