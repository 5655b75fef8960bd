package org.sparkvit.pipeline.audit;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Locale;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.core.Background;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.codec.DecodedImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.codec.Transparency;
import org.sparkvit.image.hash.ColorLayout;
import org.sparkvit.image.hash.ImageQuality;
import org.sparkvit.image.hash.PdqHash;
import org.sparkvit.loading.ImageContent;

/** Makes a row of {@link PixelsTable} from one decoding of an image. */
public final class PixelRow {
  private PixelRow() {}

  /**
   * Measures an image on the background, or as it is under its alpha where there is no background.
   * Only the hashes of its look are of what a viewer sees, so that two drawings in alpha alone do
   * not count as similar because both are black under it.
   *
   * @param known the hash of the content, used where it cannot be read; may be null
   * @param decoder a decoder that returns alpha beside the colours
   */
  public static Row of(
      String id, String known, ImageContent content, ImageDecoder decoder, Background background) {
    if (content.bytes() == null) {
      return unmeasured(id, known, background, content.status(), content.reason());
    }
    String sha256 = StableHash.sha256(content.bytes());
    DecodedImage decoded = decoder.decode(content.bytes(), content.name());
    if (!decoded.isUsable()) {
      return unmeasured(id, sha256, background, decoded.status(), decoded.reason());
    }
    PixelImage stored = decoded.pixels();
    PixelImage pixels = Transparency.over(stored, background);
    PixelImage seen = Transparency.seen(pixels);
    Transparency.Unseen unseen = Transparency.unseen(stored);
    ImageQuality quality = ImageQuality.of(pixels, isStoredGray(decoded.channels(), pixels));
    PdqHash hash = PdqHash.of(seen);
    PixelImage small = pixels.alpha() == null ? quality.small() : ImageQuality.small(seen);
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
        ColorLayout.of(small),
        pixelHash(pixels),
        unseen.share(),
        unseen.color(),
        measuredOn(stored, background),
        decoded.status().name(),
        decoded.reason().isEmpty() ? null : decoded.reason());
  }

  /**
   * Returns whether the image is stored in gray. One or two channels may also be a palette, whose
   * colours may differ between the three channels.
   */
  private static boolean isStoredGray(int channels, PixelImage image) {
    if (channels > 2) {
      return false;
    }
    byte[] rgb = image.rgb();
    for (int at = 0; at < rgb.length; at += 3) {
      if (rgb[at] != rgb[at + 1] || rgb[at] != rgb[at + 2]) {
        return false;
      }
    }
    return true;
  }

  /** Returns the value of {@link PixelsTable#BACKGROUND} for an image. */
  static String measuredOn(PixelImage stored, Background background) {
    return stored.alpha() == null ? PixelsTable.OPAQUE : background.toString();
  }

  private static Row unmeasured(
      String id, String sha256, Background background, ImageStatus status, String reason) {
    Object[] cells = new Object[PixelsTable.SPEC.schema().length()];
    cells[0] = id;
    cells[1] = sha256;
    cells[cells.length - 3] = background.toString();
    cells[cells.length - 2] = status.name();
    cells[cells.length - 1] = reason;
    return RowFactory.create(cells);
  }

  private static String pixelHash(PixelImage pixels) {
    MessageDigest digest = StableHash.sha256();
    digest.update(ByteBuffer.allocate(8).putInt(pixels.width()).putInt(pixels.height()).array());
    digest.update(pixels.rgb());
    if (pixels.alpha() != null) {
      digest.update(pixels.alpha());
    }
    return HexFormat.of().formatHex(digest.digest());
  }
}
