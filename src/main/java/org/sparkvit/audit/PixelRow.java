package org.sparkvit.audit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.StableHash;
import org.sparkvit.image.ColorLayout;
import org.sparkvit.image.DecodedImage;
import org.sparkvit.image.ImageDecoder;
import org.sparkvit.image.ImageQuality;
import org.sparkvit.image.PdqHash;
import org.sparkvit.image.PixelImage;
import org.sparkvit.inference.ImageContent;
import org.sparkvit.table.PixelsTable;

/** All that one decoding of an image is used for: a row of {@link PixelsTable}. */
public final class PixelRow {
  private PixelRow() {}

  /**
   * Measures an image.
   *
   * @param known hash of the content, for where it cannot be read; may be null
   */
  public static Row of(String id, String known, ImageContent content, ImageDecoder decoder) {
    if (content.bytes() == null) {
      return unmeasured(id, known, content.status(), content.reason());
    }
    String sha256 = StableHash.sha256(content.bytes());
    DecodedImage decoded = decoder.decode(content.bytes(), content.name());
    if (!decoded.isUsable()) {
      return unmeasured(id, sha256, decoded.status(), decoded.reason());
    }
    PixelImage pixels = decoded.pixels();
    ImageQuality quality = ImageQuality.of(pixels, isStoredGray(decoded));
    PdqHash hash = PdqHash.of(pixels);
    return RowFactory.create(
        id,
        sha256,
        pixels.width(),
        pixels.height(),
        quality.dark(),
        quality.light(),
        quality.aspect(),
        quality.information(),
        quality.sharpness(),
        quality.brightness(),
        quality.gray(),
        String.format(Locale.ROOT, "#%06X", quality.color()),
        hash.toBytes(),
        hash.quality(),
        ColorLayout.of(quality.small()),
        pixelHash(pixels),
        decoded.status().name(),
        decoded.reason().isEmpty() ? null : decoded.reason());
  }

  /** One or two channels may also be a palette, which is looked up: then the three may differ. */
  private static boolean isStoredGray(DecodedImage image) {
    if (image.channels() > 2) {
      return false;
    }
    byte[] rgb = image.pixels().rgb();
    for (int at = 0; at < rgb.length; at += 3) {
      if (rgb[at] != rgb[at + 1] || rgb[at] != rgb[at + 2]) {
        return false;
      }
    }
    return true;
  }

  private static Row unmeasured(String id, String sha256, ImageStatus status, String reason) {
    Object[] cells = new Object[PixelsTable.SPEC.schema().length()];
    cells[0] = id;
    cells[1] = sha256;
    cells[cells.length - 2] = status.name();
    cells[cells.length - 1] = reason;
    return RowFactory.create(cells);
  }

  private static String pixelHash(PixelImage pixels) {
    MessageDigest digest = StableHash.sha256();
    digest.update(ByteBuffer.allocate(8).putInt(pixels.width()).putInt(pixels.height()).array());
    digest.update(pixels.rgb());
    return HexFormat.of().formatHex(digest.digest());
  }
}
