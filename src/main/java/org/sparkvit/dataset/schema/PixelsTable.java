package org.sparkvit.dataset.schema;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code pixels}: measures of each image's pixels, for the content that was read last. Scores are
 * from 0 (bad) to 1 (good). Values that could not be measured are null.
 */
public final class PixelsTable {
  public static final String ID = "id";

  /** SHA-256 of the content, or null where it could not be read. */
  public static final String SHA256 = "sha256";

  /** The number of pixel columns of the upright image. */
  public static final String WIDTH = "width";

  public static final String HEIGHT = "height";

  /** The 99th percentile of the brightness, which is the score against dark images. */
  public static final String DARK = "dark";

  /** One less the 5th percentile of the brightness, which is the score against light images. */
  public static final String LIGHT = "light";

  /** The shorter over the longer side. */
  public static final String ASPECT = "aspect";

  /** A tenth of the entropy in bits, at most 1. */
  public static final String INFORMATION = "information";

  public static final String SHARPNESS = "sharpness";

  /** The median brightness. */
  public static final String BRIGHTNESS = "brightness";

  /** Whether the image shows no colour. */
  public static final String GRAY = "gray";

  /** The most frequent colour, {@code #RRGGBB}. */
  public static final String COLOR = "color";

  /** The PDQ hash, 32 bytes. */
  public static final String PDQ = "pdq";

  /** The quality of the hash, 0 to 100. */
  public static final String PDQ_QUALITY = "pdq_quality";

  /**
   * The {@code ColorLayout}, 3072 bytes. It is null in rows that were made before it was measured.
   */
  public static final String LAYOUT = "layout";

  /**
   * The SHA-256 of width, height, upright RGB pixels and, where they are not opaque, of their
   * alpha. Two images have the same only if their alpha is the same, too.
   */
  public static final String PIXEL_SHA256 = "pixel_sha256";

  /**
   * The share of the pixels, 0 to 1, whose colour under the alpha is not what a viewer sees, or
   * null where it was not measured.
   */
  public static final String TRANSPARENT = "transparent";

  /**
   * The mean colour under the alpha of those pixels, {@code #RRGGBB}, or null where there are none.
   */
  public static final String UNDER_ALPHA = "under_alpha";

  /**
   * The background that the image was put on before it was measured, in the form of the catalog's
   * option. It is {@link #OPAQUE} where that made no difference, and null in rows that were made
   * before there was a choice.
   */
  public static final String BACKGROUND = "background";

  /** The value for an opaque image, which is the same on every background. */
  public static final String OPAQUE = "opaque";

  /** A name of {@code ImageStatus}. */
  public static final String STATUS = "status";

  public static final String REASON = "reason";

  public static final TableSpec SPEC =
      new TableSpec(
          "pixels",
          "audit",
          "What one look at the pixels of each image tells, of the content that was read last."
              + " Scores are from 0, bad, to 1, good.",
          new StructType()
              .add(ID, DataTypes.StringType, false, ColumnComments.ID)
              .add(SHA256, DataTypes.StringType, true, ColumnComments.SHA256)
              .add(
                  WIDTH,
                  DataTypes.IntegerType,
                  true,
                  "Width of the upright image in pixels; null where there are no pixels.")
              .add(
                  HEIGHT,
                  DataTypes.IntegerType,
                  true,
                  "Height of the upright image in pixels; null where there are no pixels.")
              .add(
                  DARK,
                  DataTypes.DoubleType,
                  true,
                  "Score against darkness: 99th percentile of the brightness, 0 to 1; null where"
                      + " there are no pixels.")
              .add(
                  LIGHT,
                  DataTypes.DoubleType,
                  true,
                  "Score against glare: 1 less the 5th percentile of the brightness, 0 to 1; null"
                      + " where there are no pixels.")
              .add(
                  ASPECT,
                  DataTypes.DoubleType,
                  true,
                  "Score of the shape: shorter over longer side, above 0 to 1; null where there are"
                      + " no pixels.")
              .add(
                  INFORMATION,
                  DataTypes.DoubleType,
                  true,
                  "Score of how much there is to see: a tenth of the entropy in bits, 0 to 1; null"
                      + " where there are no pixels.")
              .add(
                  SHARPNESS,
                  DataTypes.DoubleType,
                  true,
                  "Score against blur, 0 to 1, from the edges of the gray image of 64 pixels; null"
                      + " where there are no pixels.")
              .add(
                  BRIGHTNESS,
                  DataTypes.DoubleType,
                  true,
                  "Median brightness, 0 to 1; null where there are no pixels.")
              .add(
                  GRAY,
                  DataTypes.BooleanType,
                  true,
                  "Whether it shows no colour; null where there are no pixels.")
              .add(
                  COLOR,
                  DataTypes.StringType,
                  true,
                  "The most frequent colour, #RRGGBB; null where there are no pixels.")
              .add(
                  PDQ,
                  DataTypes.BinaryType,
                  true,
                  "PDQ hash of what it looks like, 32 bytes; null where there are no pixels.")
              .add(
                  PDQ_QUALITY,
                  DataTypes.IntegerType,
                  true,
                  "Quality of the PDQ hash, 0 to 100; null where there are no pixels.")
              .add(
                  LAYOUT,
                  DataTypes.BinaryType,
                  true,
                  "Where which colours are, 3072 bytes; null where there are no pixels, and in rows"
                      + " from before there was one.")
              .add(
                  PIXEL_SHA256,
                  DataTypes.StringType,
                  true,
                  "SHA-256 of width, height, upright RGB pixels and, where they are not opaque,"
                      + " alpha, 64 hex digits; null where there are no pixels.")
              .add(
                  TRANSPARENT,
                  DataTypes.DoubleType,
                  true,
                  "Share of the pixels, 0 to 1, whose colour under the alpha is not what a viewer"
                      + " sees; null where there are no pixels, and in rows from before it was"
                      + " measured.")
              .add(
                  UNDER_ALPHA,
                  DataTypes.StringType,
                  true,
                  "Mean colour under the alpha of those pixels, #RRGGBB; null where there are"
                      + " none.")
              .add(BACKGROUND, DataTypes.StringType, true, ColumnComments.BACKGROUND)
              .add(STATUS, DataTypes.StringType, false, ColumnComments.STATUS)
              .add(REASON, DataTypes.StringType, true, ColumnComments.REASON),
          false,
          List.of(ID));

  private PixelsTable() {}
}
