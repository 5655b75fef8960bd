package org.sparkvit.table;

import java.util.List;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code pixels}: what one look at each image's pixels tells, of the content that was read last.
 * Scores are from 0, bad, to 1, good; what is null could not be measured.
 */
public final class PixelsTable {
  public static final String ID = "id";

  /** SHA-256 of the content; null where it could not be read. */
  public static final String SHA256 = "sha256";

  /** Pixels of the upright image. */
  public static final String WIDTH = "width";

  public static final String HEIGHT = "height";

  /** 99th percentile of the brightness. */
  public static final String DARK = "dark";

  /** 1 less the 5th percentile of the brightness. */
  public static final String LIGHT = "light";

  /** Shorter over longer side. */
  public static final String ASPECT = "aspect";

  /** A tenth of the entropy in bits. */
  public static final String INFORMATION = "information";

  public static final String SHARPNESS = "sharpness";

  /** Median brightness. */
  public static final String BRIGHTNESS = "brightness";

  /** Whether it shows no colour. */
  public static final String GRAY = "gray";

  /** The most frequent colour, {@code #RRGGBB}. */
  public static final String COLOR = "color";

  /** PDQ hash, 32 bytes. */
  public static final String PDQ = "pdq";

  /** Quality of the hash, 0 to 100. */
  public static final String PDQ_QUALITY = "pdq_quality";

  /** {@code ColorLayout}, 3072 bytes; null in rows from before there was one. */
  public static final String LAYOUT = "layout";

  /**
   * SHA-256 of width, height, upright RGB pixels and, where they are not opaque, of their alpha:
   * two images have one only if their alpha is the same, too.
   */
  public static final String PIXEL_SHA256 = "pixel_sha256";

  /**
   * Share of the pixels, 0 to 1, whose colour under the alpha is not what a viewer sees; null where
   * it was not asked.
   */
  public static final String TRANSPARENT = "transparent";

  /** Mean colour under the alpha of those pixels, {@code #RRGGBB}; null where there are none. */
  public static final String UNDER_ALPHA = "under_alpha";

  /**
   * What the image was put on before it was measured, as the catalog's option says it; {@link
   * #OPAQUE} where that made no difference; null in rows from before there was a choice.
   */
  public static final String BACKGROUND = "background";

  /** The image is opaque: it is the same on every background. */
  public static final String OPAQUE = "opaque";

  /** A name of {@code ImageStatus}. */
  public static final String STATUS = "status";

  public static final String REASON = "reason";

  public static final TableSpec SPEC =
      new TableSpec(
          "pixels",
          "audit",
          new StructType()
              .add(ID, DataTypes.StringType, false)
              .add(SHA256, DataTypes.StringType)
              .add(WIDTH, DataTypes.IntegerType)
              .add(HEIGHT, DataTypes.IntegerType)
              .add(DARK, DataTypes.DoubleType)
              .add(LIGHT, DataTypes.DoubleType)
              .add(ASPECT, DataTypes.DoubleType)
              .add(INFORMATION, DataTypes.DoubleType)
              .add(SHARPNESS, DataTypes.DoubleType)
              .add(BRIGHTNESS, DataTypes.DoubleType)
              .add(GRAY, DataTypes.BooleanType)
              .add(COLOR, DataTypes.StringType)
              .add(PDQ, DataTypes.BinaryType)
              .add(PDQ_QUALITY, DataTypes.IntegerType)
              .add(LAYOUT, DataTypes.BinaryType)
              .add(PIXEL_SHA256, DataTypes.StringType)
              .add(TRANSPARENT, DataTypes.DoubleType)
              .add(UNDER_ALPHA, DataTypes.StringType)
              .add(BACKGROUND, DataTypes.StringType)
              .add(STATUS, DataTypes.StringType, false)
              .add(REASON, DataTypes.StringType),
          false,
          List.of(ID));

  private PixelsTable() {}
}
