package org.sparkvit.loading;

import java.io.EOFException;
import java.io.FileNotFoundException;
import org.apache.hadoop.fs.FileStatus;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.codec.DecodeLimits;

/**
 * The bytes of an image file, or the reason why there are none.
 *
 * @param name the path or file name, for its extension and for messages, or empty where there is
 *     none
 * @param bytes the file's content, or null where it could not be read
 * @param status the reason why there is no content, or null where there is content
 * @param reason the status in a few words, or null where there is content
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; lives until it is decoded
public record ImageContent(String name, byte[] bytes, ImageStatus status, String reason) {
  /** Returns content that is in memory already. */
  public static ImageContent of(String name, byte[] bytes) {
    return new ImageContent(name, bytes, null, null);
  }

  /** Returns a result for content that could not be read. */
  public static ImageContent failed(String name, ImageStatus status, String reason) {
    return new ImageContent(name, null, status, reason);
  }

  /**
   * Reads the image that a row of a catalog names. If something is wrong with the file, the result
   * says so.
   *
   * @param offset the index of the first byte in the file, or the number of a cell's row from 1
   * @param bytes the number of bytes, or -1 where the catalog found no file
   * @throws org.sparkvit.core.UserException when it cannot be read now for a reason that does not
   *     lie in the file
   */
  public static ImageContent read(ImageFiles files, String path, long offset, long bytes) {
    if (bytes < 0) {
      return failed(path, ImageStatus.MISSING, "the file was missing when the catalog was made");
    }
    if (bytes > DecodeLimits.DEFAULT.maxBytes()) {
      return failed(path, ImageStatus.TOO_LARGE, bytes + " bytes");
    }
    try {
      RetryingImageReader reader = new RetryingImageReader(files, RetryingImageReader.FIRST_PAUSE);
      return of(path, reader.read(path, offset, (int) bytes));
    } catch (FileNotFoundException e) {
      return failed(path, ImageStatus.MISSING, "the file is gone");
    } catch (EOFException e) {
      return failed(path, ImageStatus.TRUNCATED, "the file is shorter than its catalog entry");
    } catch (CellException e) {
      return failed(path, e.status(), e.getMessage());
    }
  }

  /**
   * Reads a whole file of which only the path or URI is known, which may be nonsense. If something
   * is wrong with the file, the result says so.
   *
   * @throws org.sparkvit.core.UserException when it cannot be read now for a reason that does not
   *     lie in the file
   */
  public static ImageContent read(ImageFiles files, String path) {
    try {
      FileStatus status =
          new RetryingImageReader(files, RetryingImageReader.FIRST_PAUSE).status(path);
      return status.isDirectory()
          ? failed(path, ImageStatus.UNSUPPORTED, "is a folder, not a file")
          : read(files, path, 0, status.getLen());
    } catch (FileNotFoundException | EOFException e) {
      return failed(path, ImageStatus.MISSING, "the file does not exist");
    } catch (IllegalArgumentException e) {
      return failed(path, ImageStatus.MISSING, "is no path: " + e.getMessage());
    }
  }
}
