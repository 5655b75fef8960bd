package org.sparkvit.dataset.delta.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/** Repeats requests to a store that fail, and makes the messages for those that keep failing. */
final class StorageFailures {
  /**
   * The number of attempts. The pauses between them double and take 2 s together, after all that
   * S3A itself tries.
   */
  private static final int ATTEMPTS = 4;

  private static final long PAUSE_MS = 250;

  private StorageFailures() {}

  /** A request to the store. */
  interface Request {
    void send() throws IOException;
  }

  /**
   * Sends a request until it is answered.
   *
   * <p>A request that keeps failing does not end as an {@link IOException}. Kernel would take one
   * for a conflict, and try again without a pause as often as it may meet conflicts.
   *
   * @throws FileAlreadyExistsException when the request throws it
   * @throws UserException when the store denies the request or keeps failing
   */
  static void untilAnswered(Path place, Request request) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        request.send();
        return;
      } catch (FileAlreadyExistsException | InterruptedIOException e) {
        throw e;
      } catch (AccessDeniedException e) {
        throw new UserException(
            "'"
                + place
                + "' could not be written, the store denies it ("
                + words(e)
                + "); a run needs the rights to get, put, list and delete objects there",
            e);
      } catch (FileNotFoundException e) {
        throw new UserException("'" + place + "' could not be written: " + words(e), e);
      } catch (IOException e) {
        if (attempt == ATTEMPTS) {
          throw new UserException(
              "'"
                  + place
                  + "' could not be written in "
                  + attempt
                  + " attempts ("
                  + words(e)
                  + "); run again when the store answers",
              e);
        }
        pause(PAUSE_MS << (attempt - 1));
      }
    }
  }

  static void pause(long millis) throws InterruptedIOException {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while a commit waited");
    }
  }

  /** Returns the exception of Java by which Kernel knows that another driver was first. */
  static FileAlreadyExistsException exists(Path place, Exception cause) {
    FileAlreadyExistsException exists = new FileAlreadyExistsException(place.toString());
    if (cause != null) {
      exists.initCause(cause);
    }
    return exists;
  }

  /** Returns whether the message of a failure or of one of its causes contains a text. */
  static boolean mentions(Throwable failure, String text) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (String.valueOf(e.getMessage()).contains(text)) {
        return true;
      }
    }
    return false;
  }

  private static String words(IOException e) {
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
