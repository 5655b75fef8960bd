package org.sparkvit.loading;

import org.apache.spark.sql.Row;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.image.codec.DecodedImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.PreprocessSpec;

/**
 * An image that is decoded and prepared for the model.
 *
 * @param status the outcome of reading and decoding
 * @param reason the reason why the status is not OK, or null
 * @param sha256 the hash of the file's content, or null where that could not be read
 * @param pixels height x width x RGB bytes in the model's input size, or null unless the image is
 *     usable
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; lives for one batch
public record PreparedImage(ImageStatus status, String reason, String sha256, byte[] pixels) {

  /** Returns whether the image has pixels. */
  public boolean isUsable() {
    return pixels != null;
  }

  /** Decodes and prepares one image. If something is wrong with the image, the result says so. */
  public static PreparedImage of(ImageContent content, ImageDecoder decoder, PreprocessSpec input) {
    if (content.bytes() == null) {
      return new PreparedImage(content.status(), content.reason(), null, null);
    }
    String sha256 = StableHash.sha256(content.bytes());
    DecodedImage decoded = decoder.decode(content.bytes(), content.name(), input);
    if (!decoded.isUsable()) {
      return new PreparedImage(decoded.status(), decoded.reason(), sha256, null);
    }
    byte[] pixels = decoded.pixels().rgb();
    String reason = decoded.reason().isEmpty() ? null : decoded.reason();
    return new PreparedImage(decoded.status(), reason, sha256, pixels);
  }

  /**
   * Returns this image, or one without pixels where it is not the one that the catalog saw in this
   * row of a Parquet file. Such a file that was written anew has its rows in any order, so what
   * else is known of the row, its label above all, is about another image. A file that was replaced
   * under its name still is what its name says.
   *
   * @param row the row of the image, with the columns path, offset and sha256 of {@link
   *     ImagesTable}
   */
  public PreparedImage asCataloged(Row row) {
    String path = row.getAs(ImagesTable.PATH);
    return sha256 == null
            || sha256.equals(row.<String>getAs(ImagesTable.SHA256))
            || ParquetCell.of(path, row.<Long>getAs(ImagesTable.OFFSET)).isEmpty()
        ? this
        : new PreparedImage(
            ImageStatus.MISSING, "has changed since the catalog was made", sha256, null);
  }
}
