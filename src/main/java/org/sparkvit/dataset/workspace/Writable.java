package org.sparkvit.dataset.workspace;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Instant;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/**
 * Finds out whether a folder can be written to, which only writing shows. Missing permissions, a
 * read-only disk, a full disk and a bucket's policy all look different, and all of them make
 * writing fail.
 */
final class Writable {
  private static final int ATTEMPTS = 3;

  private Writable() {}

  /** A question about a file while it exists. */
  private interface Question<T> {
    T about(FileSystem fs, Path file) throws IOException;
  }

  /**
   * Checks a folder by writing a small hidden file and deleting it. A folder that did not exist
   * does not exist afterwards either.
   *
   * @throws UserException when that fails; the message says where and why
   */
  static void require(FileSystem fs, Path folder) {
    write(fs, folder, (plain, file) -> file);
  }

  /**
   * Returns the present time by the clock of the storage, as such a file shows it.
   *
   * @throws UserException as {@link #require} does
   */
  static Instant time(FileSystem fs, Path folder) {
    return write(
        fs,
        folder,
        (plain, file) -> Instant.ofEpochMilli(plain.getFileStatus(file).getModificationTime()));
  }

  /**
   * Writes the file, and again where the folder has disappeared: another run that created it may
   * delete it, too.
   */
  private static void put(FileSystem fs, Path file) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        DiskWrite.put(fs, file, new byte[1]);
        return;
      } catch (FileNotFoundException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  /** Deletes the folders that did not exist before, unless another run has written there. */
  private static void deleteEmpty(FileSystem fs, Path folder, Path there) {
    try {
      for (Path made = folder; !made.equals(there); made = made.getParent()) {
        fs.delete(made, false);
      }
    } catch (IOException e) {
      // The folder is not empty.
    }
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
        put(plain, file);
        return question.about(plain, file);
      } finally {
        plain.delete(file, false);
        deleteEmpty(plain, folder, there);
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
