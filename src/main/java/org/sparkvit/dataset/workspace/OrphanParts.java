package org.sparkvit.dataset.workspace;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Tells the orphaned parts of runs that were killed from parts that other runs are still writing.
 */
public final class OrphanParts {
  /** Longer than a run goes without writing: what is idle for as long belongs to a dead one. */
  public static final Duration IDLE = Duration.ofDays(2);

  private OrphanParts() {}

  /**
   * Returns whether nothing has been written in a folder that no reader uses for so long that none
   * will.
   */
  public static boolean is(FileSystem fs, Path folder) throws IOException {
    return since(fs, folder, Instant.now().minus(IDLE));
  }

  /**
   * Returns whether nothing has been written in a folder since a time, by the clock of the storage.
   */
  public static boolean since(FileSystem fs, Path folder, Instant time) throws IOException {
    try {
      return latestWrite(fs, folder).isBefore(time);
    } catch (FileNotFoundException e) {
      return false; // something has just gone: somebody is at work there
    }
  }

  /** Of the files in it and below; now where there is none, as object stores have no folders. */
  private static Instant latestWrite(FileSystem fs, Path folder) throws IOException {
    Instant latest = Instant.MIN;
    // Not listFiles, which on a local disk asks for the rights of files that may be gone by then.
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
