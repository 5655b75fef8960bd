package org.sparkvit.dataset.workspace;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/**
 * Writes small text files that readers see as a whole: the former content or the new one.
 *
 * <p>On a disk Hadoop keeps checksums in a file beside each, and renames the two one after the
 * other. A process that is killed between them leaves a file that nobody can read any more. So
 * these files have no checksums there.
 */
public final class AtomicFiles {
  private AtomicFiles() {}

  /** Returns whether the file system renames in one step, as disks do and object stores do not. */
  public static boolean renamesAtomically(FileSystem fs) {
    return fs instanceof LocalFileSystem
        || fs.getScheme().equals("hdfs")
        || fs.getScheme().equals("viewfs");
  }

  /** Writes or replaces {@code file}. */
  public static void write(FileSystem fs, Path file, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (!renamesAtomically(fs)) {
      // An object store shows an object when its upload is complete, and not before.
      DiskWrite.put(fs, file, bytes);
      return;
    }
    Path temporary = new Path(file.getParent(), "." + file.getName() + "." + UUID.randomUUID());
    FileSystem plain = fs instanceof LocalFileSystem local ? local.getRaw() : fs;
    try {
      DiskWrite.put(plain, temporary, bytes);
      rename(fs, temporary, file);
    } catch (IOException e) {
      try {
        plain.delete(temporary, false);
      } catch (IOException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private static void rename(FileSystem fs, Path temporary, Path file) throws IOException {
    if (fs instanceof LocalFileSystem local) {
      // Earlier versions of this program wrote such a checksum. The file is as good without it, but
      // cannot be read with another file's.
      Files.deleteIfExists(local.pathToFile(local.getChecksumFile(file)).toPath());
      Files.move(
          local.pathToFile(temporary).toPath(),
          local.pathToFile(file).toPath(),
          StandardCopyOption.ATOMIC_MOVE);
      return;
    }
    FileContext.getFileContext(fs.getUri(), fs.getConf())
        .rename(temporary, file, Options.Rename.OVERWRITE);
  }
}
