package org.sparkvit.dataset.workspace;

import java.io.File;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;

/**
 * Tells files that do not exist from files that cannot be read. On a local disk Hadoop has one
 * exception, {@link FileNotFoundException}, for three cases. The file does not exist, this user may
 * not read it, or too many files are open. Code that mistakes the latter two for the first
 * overwrites files. So a file counts as absent here only if the listing of its folder says so as
 * well.
 */
public final class Presence {
  /** The number of looks at a file that appears or disappears between two of them. */
  private static final int LOOKS = 3;

  private Presence() {}

  private interface Look<T> {
    T at(Path path) throws IOException;
  }

  /**
   * Returns the text of a small file, or empty where the file does not exist.
   *
   * @throws UserException when it exists and cannot be read
   */
  public static Optional<String> text(FileSystem fs, Path file) throws IOException {
    // Without checksums, which AtomicFiles writes none of.
    FileSystem plain = fs instanceof LocalFileSystem local ? local.getRaw() : fs;
    return look(
        fs,
        file,
        path -> {
          try (FSDataInputStream in = plain.open(path)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
          }
        });
  }

  /**
   * Returns the content of a folder, or nothing where the folder does not exist.
   *
   * @throws UserException when it exists and cannot be listed
   */
  public static List<FileStatus> list(FileSystem fs, Path folder) throws IOException {
    return look(
            fs,
            folder,
            path -> {
              requireSearchable(fs, path);
              return List.of(fs.listStatus(path));
            })
        .orElse(List.of());
  }

  /**
   * Returns whether a file or folder exists.
   *
   * @throws UserException when that cannot be found out
   */
  public static boolean exists(FileSystem fs, Path path) throws IOException {
    return look(fs, path, fs::getFileStatus).isPresent();
  }

  private static <T> Optional<T> look(FileSystem fs, Path path, Look<T> look) throws IOException {
    IOException reason = null;
    for (int i = 0; i < LOOKS; i++) {
      try {
        return Optional.of(look.at(path));
      } catch (FileNotFoundException e) {
        if (isAbsent(fs, path, e)) {
          return Optional.empty();
        }
        reason = e;
      } catch (IOException e) {
        throw unreadable(path, e);
      }
    }
    throw unreadable(path, reason);
  }

  private static boolean isAbsent(FileSystem fs, Path path, IOException reason) {
    if (isLocal(fs) && !Files.notExists(local(path))) {
      return false;
    }
    Path folder = path.getParent();
    if (folder == null) {
      return true;
    }
    try {
      for (FileStatus file : fs.listStatus(folder)) {
        if (file.getPath().getName().equals(path.getName())) {
          return false;
        }
      }
      return true;
    } catch (FileNotFoundException e) {
      return !isLocal(fs) || Files.notExists(local(folder));
    } catch (IOException e) {
      reason.addSuppressed(e);
      return false;
    }
  }

  /** Checks the permission to search a local folder. Without it Hadoop's listing is empty. */
  private static void requireSearchable(FileSystem fs, Path folder) throws IOException {
    if (isLocal(fs)) {
      java.nio.file.Path local = local(folder);
      if (Files.isDirectory(local) && !(Files.isReadable(local) && Files.isExecutable(local))) {
        throw new AccessDeniedException(local.toString(), null, "Permission denied");
      }
    }
  }

  private static boolean isLocal(FileSystem fs) {
    return "file".equals(fs.getUri().getScheme());
  }

  private static java.nio.file.Path local(Path path) {
    return new File(path.toUri().getPath()).toPath();
  }

  private static UserException unreadable(Path path, IOException reason) {
    return new UserException(
        "'"
            + path
            + "' cannot be read, although it may exist: "
            + reason.getMessage()
            + "; check that this user has the right to read it and the folders above it, the limit"
            + " of open files (ulimit -n), and that the storage answers",
        reason);
  }
}
