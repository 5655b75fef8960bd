package org.sparkvit.dataset.workspace;

import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/**
 * Whether a folder can be written to, which only writing shows: rights, a read-only disk, a full
 * one and a bucket's policy look different and are all met.
 */
final class Writable {
  private Writable() {}

  /** What is asked of a file while it is there. */
  private interface Question<T> {
    T about(FileSystem fs, Path file) throws IOException;
  }

  /**
   * Writes a small hidden file and deletes it; a folder that is not there yet is not there
   * afterwards either.
   *
   * @throws UserException when that fails, with where and why
   */
  static void require(FileSystem fs, Path folder) {
    write(fs, folder, (plain, file) -> file);
  }

  /**
   * What time it is by the clock of the storage, as such a file shows.
   *
   * @throws UserException as {@link #require}
   */
  static Instant time(FileSystem fs, Path folder) {
    return write(
        fs,
        folder,
        (plain, file) -> Instant.ofEpochMilli(plain.getFileStatus(file).getModificationTime()));
  }

  private static <T> T write(FileSystem fs, Path folder, Question<T> question) {
    FileSystem plain = fs instanceof LocalFileSystem local ? local.getRaw() : fs;
    try {
      Path there = folder;
      while (there.getParent() != null && !Presence.exists(fs, there)) {
        there = there.getParent();
      }
      Path file = new Path(folder, "." + UUID.randomUUID() + ".try");
      try {
        DiskWrite.put(plain, file, new byte[1]);
        return question.about(plain, file);
      } finally {
        plain.delete(file, false);
        for (Path made = folder; !made.equals(there); made = made.getParent()) {
          plain.delete(made, false); // fails where another run has written there meanwhile
        }
      }
    } catch (IOException e) {
      throw new UserException(
          "'"
              + folder
              + "' cannot be written to: "
              + e.getMessage()
              + "; give user '"
              + System.getProperty("user.name")
              + "' the right to write there, make room, or use another --workspace",
          e);
    }
  }
}
