package org.sparkvit.inference;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.nio.ByteBuffer;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.StableHash;
import org.sparkvit.image.DecodeLimits;
import org.sparkvit.image.DecodedImage;
import org.sparkvit.image.ImageDecoder;
import org.sparkvit.image.Preprocess;
import org.sparkvit.image.PreprocessSpec;
import org.sparkvit.table.ImageFiles;

/**
 * An image on its way to the model.
 *
 * @param status what happened to it
 * @param reason why not OK, else null
 * @param sha256 of its content, null where that could not be read
 * @param pixels height x width x RGB bytes as the model wants them, null unless usable
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; lives for one batch
public record PreparedImage(ImageStatus status, String reason, String sha256, byte[] pixels) {
  /** An image that did not get as far as pixels. */
  static PreparedImage failed(ImageStatus status, String reason) {
    return new PreparedImage(status, reason, null, null);
  }

  /** Whether there are pixels. */
  public boolean isUsable() {
    return pixels != null;
  }

  /**
   * Reads, decodes and prepares one image. Whatever is wrong with it is in the result.
   *
   * @throws org.sparkvit.core.UserException when it cannot be read now, which says nothing about it
   */
  public static PreparedImage of(
      ImageFiles files,
      ImageDecoder decoder,
      PreprocessSpec input,
      String path,
      long offset,
      long bytes) {
    if (bytes < 0) {
      return failed(ImageStatus.MISSING, "the file was missing when the catalog was made");
    }
    if (bytes > DecodeLimits.DEFAULT.maxBytes()) {
      return failed(ImageStatus.TOO_LARGE, bytes + " bytes");
    }
    byte[] content;
    try {
      content = new PatientReader(files, PatientReader.FIRST_PAUSE).read(path, offset, (int) bytes);
    } catch (FileNotFoundException e) {
      return failed(ImageStatus.MISSING, "the file is gone");
    } catch (EOFException e) {
      return failed(ImageStatus.TRUNCATED, "the file is shorter than its catalog entry");
    }
    String sha256 = StableHash.sha256(content);
    DecodedImage decoded = decoder.decode(content, path);
    if (!decoded.isUsable()) {
      return new PreparedImage(decoded.status(), decoded.reason(), sha256, null);
    }
    byte[] pixels = new byte[input.bytes()];
    Preprocess.apply(decoded.pixels(), input, ByteBuffer.wrap(pixels));
    String reason = decoded.reason().isEmpty() ? null : decoded.reason();
    return new PreparedImage(decoded.status(), reason, sha256, pixels);
  }
}
