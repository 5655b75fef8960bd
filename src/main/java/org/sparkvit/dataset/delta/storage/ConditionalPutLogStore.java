package org.sparkvit.dataset.delta.storage;

import io.delta.storage.S3SingleDriverLogStore;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Stores the log of a table on S3. An entry is created by a PUT that the store refuses when the
 * entry exists. So of two drivers that commit the same version, one learns that it has lost.
 * Delta's own store for S3 checks first and writes then, and both drivers believe that they have
 * committed.
 *
 * <p>An answer may get lost on its way, and a request may be sent twice. So after any failure the
 * entry is read back. It begins with an identifier that Kernel draws for each commit, and one that
 * equals ours is ours.
 *
 * <p>Where a store ignores the condition, or S3A has no way to send it, this falls back to Delta's
 * own store and reads the entry back a moment later. That narrows the window and does not close it.
 * A warning says so once.
 */
public final class ConditionalPutLogStore extends S3SingleDriverLogStore {
  private static final Pattern ENTRY = Pattern.compile("\\d{20}\\.json");

  /**
   * The pause before an entry is read back, in milliseconds. It is longer than the time between
   * another driver's check and its PUT, as long as that driver is not held up.
   */
  private static final long WINDOW_MS = 300;

  public ConditionalPutLogStore(Configuration hadoop) {
    super(hadoop);
  }

  /**
   * Returns a line for those who run the program on what can happen to commits in a log's bucket,
   * or empty where nothing can. The bucket is probed if this process has not done so.
   */
  public static Optional<String> warning(Path log, Configuration hadoop) throws IOException {
    FileSystem fs = log.getFileSystem(hadoop);
    return Bucket.of(fs, fs.makeQualified(log)).warning();
  }

  @Override
  public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration hadoop)
      throws IOException {
    if (overwrite) {
      super.write(path, actions, true, hadoop);
      return;
    }
    StringBuilder text = new StringBuilder();
    actions.forEachRemaining(line -> text.append(line).append('\n'));
    byte[] content = text.toString().getBytes(StandardCharsets.UTF_8);
    FileSystem fs = path.getFileSystem(hadoop);
    Path place = fs.makeQualified(path);
    Optional<ConditionalPut> put = Bucket.of(fs, place.getParent()).put();
    if (put.isPresent()) {
      StorageFailures.untilAnswered(
          place, () -> orIsThere(fs, place, content, () -> put.get().put(place, content)));
      return;
    }
    StorageFailures.untilAnswered(
        place,
        () ->
            orIsThere(
                fs,
                place,
                content,
                () -> super.write(path, text.toString().lines().iterator(), false, hadoop)));
    if (ENTRY.matcher(place.getName()).matches()) {
      StorageFailures.pause(WINDOW_MS);
      if (!isOurs(fs, place, content)) {
        throw new FileAlreadyExistsException(place.toString());
      }
    }
  }

  /**
   * Sends a request, and treats a failure as success where the entry is there. A failed request may
   * have been carried out all the same, and a refused one may have been refused for that reason.
   */
  private static void orIsThere(
      FileSystem fs, Path place, byte[] content, StorageFailures.Request request)
      throws IOException {
    try {
      request.send();
    } catch (java.nio.file.AccessDeniedException | java.io.InterruptedIOException e) {
      throw e;
    } catch (IOException e) {
      boolean ours;
      try {
        ours = isOurs(fs, place, content);
      } catch (FileNotFoundException none) {
        if (e instanceof FileAlreadyExistsException) {
          throw new IOException(place + " was refused as already there, and is not there", e);
        }
        throw e;
      }
      if (!ours) {
        throw StorageFailures.exists(place, e);
      }
    }
  }

  private static boolean isOurs(FileSystem fs, Path place, byte[] content) throws IOException {
    try (InputStream in = fs.open(place)) {
      return Arrays.equals(in.readNBytes(content.length + 1), content);
    }
  }
}
