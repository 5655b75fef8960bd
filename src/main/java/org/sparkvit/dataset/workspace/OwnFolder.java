package org.sparkvit.dataset.workspace;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/**
 * A folder that says whose it is: a file {@code _begun.json} names the owner, such as a table, and
 * the run that began the folder. Only what says so is ever deleted, for what is merely not known
 * may be somebody's data or model.
 */
public final class OwnFolder {
  /** Spark and Parquet pass over names that begin like this. */
  static final String MARK = "_begun.json";

  private OwnFolder() {}

  /**
   * Makes a folder and marks it.
   *
   * @param owner whose it is to be, e.g. {@code table predictions}
   * @param run id of the run that begins it
   * @throws IOException when there is a folder already, which may be another run's, or none can be
   *     made; nothing is left then
   */
  public static void begin(FileSystem fs, Path folder, String owner, String run)
      throws IOException {
    if (Presence.exists(fs, folder)) {
      throw new IOException(folder + " is there already; it is left as it is");
    }
    try {
      AtomicFiles.write(fs, new Path(folder, MARK), Json.write(Map.of("owner", owner, "run", run)));
    } catch (IOException e) {
      try {
        fs.delete(folder, false); // only where it is empty
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /** Returns whether a folder says that it is the owner's. */
  public static boolean is(FileSystem fs, Path folder, String owner) throws IOException {
    Optional<String> text = Presence.text(fs, new Path(folder, MARK));
    try {
      return text.isPresent() && Json.read(MARK, text.get()).path("owner").asText().equals(owner);
    } catch (UserException e) {
      return false; // cut off: it says nothing
    }
  }

  /**
   * Deletes a folder if it says that it is the owner's. The mark goes last, so that what is left of
   * a deletion that was interrupted can still be told from what is somebody else's.
   *
   * @return whether it was deleted
   */
  public static boolean delete(FileSystem fs, Path folder, String owner) throws IOException {
    if (!is(fs, folder, owner)) {
      return false;
    }
    deleteMarkLast(fs, folder);
    return true;
  }

  /** Takes the mark off a folder that is complete and somebody else's from now on. */
  public static void handOver(FileSystem fs, Path folder, String owner) throws IOException {
    if (is(fs, folder, owner)) {
      fs.delete(new Path(folder, MARK), false);
    }
  }

  /** Deletes a folder and all in it, one file after the others. */
  private static void deleteMarkLast(FileSystem fs, Path folder) throws IOException {
    try {
      for (FileStatus file : fs.listStatus(folder)) {
        if (!file.getPath().getName().equals(MARK)) {
          fs.delete(file.getPath(), true);
        }
      }
      fs.delete(folder, true);
    } catch (FileNotFoundException e) {
      // Another run has just deleted it.
    }
  }
}
