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
 * A folder that says who owns it. A file {@code _begun.json} names the owner, such as a table, and
 * the run that began the folder. Only folders that say so are ever deleted, as a folder that is
 * merely unknown may be somebody's data or model.
 */
public final class OwnFolder {
  /** The name of the mark. Spark and Parquet ignore names that begin like this. */
  static final String MARK = "_begun.json";

  private OwnFolder() {}

  /**
   * Creates a folder and marks it.
   *
   * @param owner the owner, e.g. {@code table predictions}
   * @param run the id of the run that begins it
   * @throws IOException when the folder exists already, and so may be another run's, or it cannot
   *     be created; nothing is left then
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
        fs.delete(folder, false); // this fails unless the folder is empty
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  /** Returns whether a folder's mark names this owner. */
  public static boolean is(FileSystem fs, Path folder, String owner) throws IOException {
    Optional<String> text = Presence.text(fs, new Path(folder, MARK));
    try {
      return text.isPresent() && Json.read(MARK, text.get()).path("owner").asText().equals(owner);
    } catch (UserException e) {
      return false; // it was cut off and says nothing
    }
  }

  /**
   * Deletes a folder if its mark names this owner. The mark is deleted last, so that what an
   * interrupted deletion leaves can still be told from other people's files.
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

  /** Removes the mark from a folder that is complete and belongs to somebody else from now on. */
  public static void handOver(FileSystem fs, Path folder, String owner) throws IOException {
    if (is(fs, folder, owner)) {
      fs.delete(new Path(folder, MARK), false);
    }
  }

  /** Deletes a folder and everything in it, the mark after all other files. */
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
