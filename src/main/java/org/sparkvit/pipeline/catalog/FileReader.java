package org.sparkvit.pipeline.catalog;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.Serializable;
import java.sql.Timestamp;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Row;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.UserException;
import org.sparkvit.loading.CellException;
import org.sparkvit.loading.RetryingImageReader;

/**
 * Reads the files of a listing. Where a file cannot be read, the result says why. The reader waits
 * for a storage that does not answer. Unlike in scoring, a file that stays unreadable becomes a
 * row, so that one lost block or forbidden file can be told from an outage and skipped.
 */
record FileReader(RetryingImageReader reader, long maxBytes) implements Serializable {

  /**
   * A file of the listing after reading.
   *
   * @param listed the row of the listing
   * @param content the content, or null where it could not be read
   * @param bytes the length in bytes, or -1 where it is unknown
   * @param status the reason why there is no content, or null where there is content, which has yet
   *     to be decoded
   * @param reason the status in a few words, or null
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Content(
      Row listed,
      byte[] content,
      long bytes,
      Timestamp modified,
      ImageStatus status,
      String reason) {}

  /** Reads a file. It never throws for a bad file. */
  Content read(Row listed) {
    if (!listed.isNullAt(Listing.AT_REFUSED)) {
      return new Content(
          listed, null, -1, null, ImageStatus.REFUSED, listed.getString(Listing.AT_REFUSED));
    }
    try {
      return readNow(listed);
    } catch (FileNotFoundException e) {
      return new Content(listed, null, -1, null, ImageStatus.MISSING, missing(listed));
    } catch (EOFException e) {
      return unreadable(listed, "is shorter than it was when it was listed");
    } catch (CellException e) {
      return new Content(
          listed, null, listedBytes(listed), modified(listed), e.status(), e.getMessage());
    } catch (UserException e) {
      return unreadable(listed, RetryingImageReader.message(e.getCause()));
    } catch (RuntimeException e) {
      return unreadable(listed, RetryingImageReader.message(e));
    }
  }

  private static String missing(Row listed) {
    boolean windows = listed.getString(Listing.AT_NAME).indexOf('\\') >= 0;
    return "the file does not exist"
        + (windows ? "; its name has \\ in it, as paths of Windows have: write / instead" : "");
  }

  private static Content unreadable(Row listed, String why) {
    return new Content(
        listed,
        null,
        listedBytes(listed),
        modified(listed),
        ImageStatus.DECODE_ERROR,
        "cannot be read: " + why);
  }

  private Content readNow(Row listed) throws FileNotFoundException, EOFException, CellException {
    if (!listed.isNullAt(Listing.AT_DETAIL)) {
      return new Content(
          listed,
          null,
          listedBytes(listed),
          modified(listed),
          ImageStatus.UNSUPPORTED,
          listed.getString(Listing.AT_DETAIL));
    }
    String path = listed.getString(Listing.AT_PATH);
    long bytes = listedBytes(listed);
    Timestamp modified = modified(listed);
    if (bytes < 0 && listed.getLong(Listing.AT_OFFSET) > 0) {
      return cell(listed, path, modified);
    }
    if (bytes < 0) {
      FileStatus status = reader.status(path);
      if (status.isDirectory()) {
        return new Content(
            listed, null, -1, null, ImageStatus.UNSUPPORTED, "is a folder, not a file");
      }
      bytes = status.getLen();
      modified = new Timestamp(status.getModificationTime());
    }
    if (bytes > maxBytes) {
      return tooLarge(listed, bytes, modified);
    }
    byte[] content =
        bytes == 0
            ? new byte[0]
            : reader.read(path, listed.getLong(Listing.AT_OFFSET), Math.toIntExact(bytes));
    return new Content(listed, content, content.length, modified, null, null);
  }

  /** Reads a cell of a Parquet file, whose length is known once it is read. */
  private Content cell(Row listed, String path, Timestamp modified)
      throws FileNotFoundException, EOFException, CellException {
    byte[] content = reader.read(path, listed.getLong(Listing.AT_OFFSET), 0);
    return content.length > maxBytes
        ? tooLarge(listed, content.length, modified)
        : new Content(listed, content, content.length, modified, null, null);
  }

  private Content tooLarge(Row listed, long bytes, Timestamp modified) {
    return new Content(
        listed,
        null,
        bytes,
        modified,
        ImageStatus.TOO_LARGE,
        bytes + " bytes, more than the limit of " + maxBytes);
  }

  private static long listedBytes(Row listed) {
    return listed.isNullAt(Listing.AT_BYTES) ? -1 : listed.getLong(Listing.AT_BYTES);
  }

  private static Timestamp modified(Row listed) {
    return listed.isNullAt(Listing.AT_MODIFIED) ? null : listed.getTimestamp(Listing.AT_MODIFIED);
  }
}
