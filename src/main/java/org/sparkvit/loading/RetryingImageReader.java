package org.sparkvit.loading;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.Serializable;
import java.net.SocketTimeoutException;
import java.nio.file.AccessDeniedException;
import java.time.Duration;
import java.util.Locale;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.UnsupportedFileSystemException;
import org.apache.hadoop.security.AccessControlException;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;

/**
 * Reads images and retries while the storage does not answer. An image that is gone or too short is
 * a fact about that image, which becomes a row and is not asked about again. Any other failure is a
 * fact about the storage, the network or the job's permissions. The reader waits for it to pass,
 * and throws an exception if it does not. Scoring and training let that exception fail the task, so
 * that Spark tries it elsewhere and no row is ever published for the image.
 *
 * @param files reads the bytes
 * @param firstPause the pause after the first failure; each further pause is twice as long
 */
public record RetryingImageReader(ImageFiles files, Duration firstPause) implements Serializable {
  public static final Duration FIRST_PAUSE = Duration.ofMillis(250);

  /**
   * The number of attempts. They take half a minute in all, on top of what the file system itself
   * waits, and are multiplied by Spark's retries.
   */
  private static final int ATTEMPTS = 8;

  /**
   * The time after which no further attempt is made, for file systems that wait for long
   * themselves, as S3A does.
   */
  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private interface Attempt<T> {
    /**
     * Makes one attempt. Of its exceptions, "not found", "end of file" and {@link CellException}
     * are facts about the file.
     */
    T make() throws IOException;
  }

  /**
   * Returns the length and kind of a file.
   *
   * @throws FileNotFoundException when the file does not exist
   * @throws IllegalArgumentException when no file system has such paths
   * @throws UserException when that cannot be found out, for a reason that has not passed
   */
  public FileStatus status(String path) throws FileNotFoundException, EOFException {
    try {
      return patiently(
          path,
          () -> {
            try {
              return files.status(path);
            } catch (UnsupportedFileSystemException e) {
              throw new IllegalArgumentException(e.getMessage(), e);
            }
          });
    } catch (CellException e) {
      throw new IllegalStateException("a file's status tells of a cell", e);
    }
  }

  /**
   * Reads {@code bytes} bytes from {@code offset} on, or a {@link ParquetCell} whole.
   *
   * @throws FileNotFoundException when the file is definitely gone
   * @throws EOFException when the file is definitely shorter than it was
   * @throws CellException when a Parquet file definitely does not have the image
   * @throws UserException when it cannot be read for another reason that has not passed
   */
  public byte[] read(String path, long offset, int bytes)
      throws FileNotFoundException, EOFException, CellException {
    return patiently(
        path,
        () -> {
          try {
            return files.read(path, offset, bytes);
          } catch (FileNotFoundException | EOFException e) {
            // Where a cell lies in its file is read from the file, so that nothing can be too
            // short.
            requireNoFact(
                path, ParquetCell.of(path, offset).isPresent() ? -1 : offset + bytes, offset);
            throw new IOException(e.getMessage(), e);
          }
        });
  }

  private <T> T patiently(String path, Attempt<T> action)
      throws FileNotFoundException, EOFException, CellException {
    long started = System.nanoTime();
    for (int attempt = 1; ; attempt++) {
      IOException failure;
      try {
        return action.make();
      } catch (FileNotFoundException | EOFException | CellException e) {
        throw e;
      } catch (IOException e) {
        failure = e;
      }
      Duration waited = Duration.ofNanos(System.nanoTime() - started);
      if (attempt == ATTEMPTS || waited.compareTo(PATIENCE) > 0 || !pause(path, attempt, failure)) {
        throw new UserException(
            String.format(
                Locale.ROOT,
                "image '%s' could not be read in %d attempts over %d s (%s); when the storage"
                    + " answers again and lets this job read, run the same command again, or run"
                    + " 'spark-vit catalog' if only this image cannot be read",
                path,
                attempt,
                waited.toSeconds(),
                message(failure)),
            failure);
      }
    }
  }

  /**
   * Asks a second time before an image counts as gone or too short. A local disk says "not found"
   * also of files that may not be opened, and a connection that is cut looks like the end of a
   * file.
   */
  private void requireNoFact(String path, long end, long offset)
      throws FileNotFoundException, EOFException {
    long length;
    try {
      length = files.containerLength(path, offset);
    } catch (FileNotFoundException e) {
      throw e;
    } catch (IOException e) {
      return;
    }
    if (length < end) {
      throw new EOFException(path + " has " + length + " bytes");
    }
  }

  /**
   * Waits before the next attempt, for a time that differs by path so that images do not retry in
   * step. Returns false when another attempt is pointless or the task is to end.
   */
  private boolean pause(String path, int attempt, IOException failure) {
    if (isRefusal(failure)) {
      return false;
    }
    if (failure instanceof InterruptedIOException && !(failure instanceof SocketTimeoutException)) {
      return false;
    }
    double whole = firstPause.toMillis() << (attempt - 1);
    double share = StableHash.uniform(StableHash.hash64(attempt, "pause", path));
    try {
      Thread.sleep(Math.round(whole * (1 + share) / 2));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Returns whether a failure is a missing permission, which waiting does not change. A local disk
   * tells of it in the message only.
   */
  private static boolean isRefusal(IOException failure) {
    return failure instanceof AccessDeniedException
        || failure instanceof AccessControlException
        || String.valueOf(failure.getMessage()).contains("Permission denied");
  }

  /** Returns the first line of a failure's message, shortened if it is long. */
  public static String message(Throwable e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    String line = text.lines().findFirst().orElse("");
    return line.length() <= 200 ? line : line.substring(0, 200) + "...";
  }
}
