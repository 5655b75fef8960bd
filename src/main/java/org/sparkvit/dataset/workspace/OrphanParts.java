package org.sparkvit.dataset.workspace;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Tells the orphaned parts of killed runs from parts that other runs are still writing. */
public final class OrphanParts {
  /**
   * The time without writing after which a folder's run counts as dead. No live run goes as long
   * without writing.
   */
  public static final Duration IDLE = Duration.ofDays(2);

  private OrphanParts() {}

  /** Returns whether nothing has been written for {@link #IDLE} in a folder that no reader uses. */
  public static boolean is(FileSystem fs, Path folder) throws IOException {
    return since(fs, folder, Instant.now().minus(IDLE));
  }

  /** a file has just disappeared, so somebody is at work there */
  public static boolean since(FileSystem fs, Path folder, Instant time) throws IOException {
    try {
      return latestWrite(fs, folder).isBefore(time);
    } catch (FileNotFoundException e) {
      return false; // something has just gone: somebody is at work there
    }
  }

  /**
   * Returns the latest modification time of the files in the folder and below. It is the present
   * time where there are none, as object stores have no folders.
   */
  private static Instant latestWrite(FileSystem fs, Path folder) throws IOException {
    Instant latest = Instant.MIN;
    // This is not listFiles, which on a local disk asks for the permissions of files that may be
    // gone by then.
    for (FileStatus file : fs.listStatus(folder)) {
      Instant written =
          file.isDirectory()
              ? latestWrite(fs, file.getPath())
              : Instant.ofEpochMilli(file.getModificationTime());
      latest = written.isAfter(latest) ? written : latest;
    }
    return latest.equals(Instant.MIN) ? Instant.now() : latest;
  }
}
