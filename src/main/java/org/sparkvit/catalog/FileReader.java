package org.sparkvit.catalog;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Serializable;
import java.sql.Timestamp;
import java.time.Duration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.sql.Row;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.table.ImageFiles;

/** Reads the files of a listing, and says of each that cannot be read why. */
record FileReader(ImageFiles files, long maxBytes) implements Serializable {
  private static final int ATTEMPTS = 3;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);

  /**
   * A file of the listing, read.
   *
   * @param content null where it could not be read
   * @param bytes its length, -1 where that is unknown
   * @param status null where there is content, which has yet to be decoded
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Content(
      Row listed,
      byte[] content,
      long bytes,
      Timestamp modified,
      ImageStatus status,
      String reason) {}

  /** Never throws for a bad file; one that cannot be read is tried again first. */
  Content read(Row listed) {
    for (int attempt = 1; ; attempt++) {
      try {
        return readOnce(listed);
      } catch (FileNotFoundException e) {
        return absent(listed, e);
      } catch (IOException | RuntimeException e) {
        if (attempt == ATTEMPTS || e instanceof InterruptedIOException || !pause(attempt)) {
          return unreadable(listed, e);
        }
      }
    }
  }

  /** The local file system says "not found" of what may not be read, too. */
  private Content absent(Row listed, FileNotFoundException e) {
    try {
      files.status(listed.getString(Listing.AT_PATH));
    } catch (IOException | RuntimeException gone) {
      return new Content(listed, null, -1, null, ImageStatus.MISSING, "the file does not exist");
    }
    return unreadable(listed, e);
  }

  private static Content unreadable(Row listed, Exception e) {
    return new Content(
        listed,
        null,
        listedBytes(listed),
        modified(listed),
        ImageStatus.DECODE_ERROR,
        "cannot be read: " + message(e));
  }

  private Content readOnce(Row listed) throws IOException {
    String path = listed.getString(Listing.AT_PATH);
    long bytes = listedBytes(listed);
    Timestamp modified = modified(listed);
    if (bytes < 0) {
      FileStatus status = files.status(path);
      if (status.isDirectory()) {
        return new Content(
            listed, null, -1, null, ImageStatus.UNSUPPORTED, "is a folder, not a file");
      }
      bytes = status.getLen();
      modified = new Timestamp(status.getModificationTime());
    }
    if (bytes > maxBytes) {
      return new Content(
          listed,
          null,
          bytes,
          modified,
          ImageStatus.TOO_LARGE,
          bytes + " bytes, more than the limit of " + maxBytes);
    }
    byte[] content =
        bytes == 0
            ? new byte[0]
            : files.read(path, listed.getLong(Listing.AT_OFFSET), Math.toIntExact(bytes));
    return new Content(listed, content, bytes, modified, null, null);
  }

  private static long listedBytes(Row listed) {
    return listed.isNullAt(Listing.AT_BYTES) ? -1 : listed.getLong(Listing.AT_BYTES);
  }

  private static Timestamp modified(Row listed) {
    return listed.isNullAt(Listing.AT_MODIFIED) ? null : listed.getTimestamp(Listing.AT_MODIFIED);
  }

  private static boolean pause(int attempt) {
    try {
      Thread.sleep(FIRST_PAUSE.toMillis() << (2 * (attempt - 1)));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static String message(Exception e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String line = text.lines().findFirst().orElse("");
    return line.length() <= 200 ? line : line.substring(0, 200) + "...";
  }
}
