package org.sparkvit.dataset.delta.storage;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/** What failed, what is tried again, and what is said in the end. */
final class StorageFailures {
  /** With pauses that double: 2 s together, after all that S3A itself tries. */
  private static final int ATTEMPTS = 4;

  private static final long PAUSE_MS = 250;

  private StorageFailures() {}

  /** Something that asks the store. */
  interface Request {
    void send() throws IOException;
  }

  /**
   * Sends a request until it is answered.
   *
   * <p>What goes on failing is not an {@link IOException} any more: Kernel takes one for a reason
   * to try again, without a pause and as often as it may meet conflicts.
   *
   * @throws FileAlreadyExistsException as the request says
   * @throws UserException when the store denies it or goes on failing
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

  /** In Java's words, by which Kernel knows that another driver was first. */
  static FileAlreadyExistsException exists(Path place, Exception cause) {
    FileAlreadyExistsException exists = new FileAlreadyExistsException(place.toString());
    if (cause != null) {
      exists.initCause(cause);
    }
    return exists;
  }

  /** Returns whether a failure or one that it came from has a text. */
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
