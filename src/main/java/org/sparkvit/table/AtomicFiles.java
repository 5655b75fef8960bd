package org.sparkvit.table;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;

/** Small text files that readers see whole: the former content or the new one. */
public final class AtomicFiles {
  private AtomicFiles() {}

  /** Whether a rename is one step there, as on disks and unlike on object stores. */
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
      put(fs, file, bytes);
      return;
    }
    Path temporary = new Path(file.getParent(), "." + file.getName() + "." + UUID.randomUUID());
    put(fs, temporary, bytes);
    FileContext.getFileContext(fs.getUri(), fs.getConf())
        .rename(temporary, file, Options.Rename.OVERWRITE);
  }

  /** Reads a small file whole. Throws FileNotFoundException where there is none. */
  public static String read(FileSystem fs, Path file) throws IOException {
    try (FSDataInputStream in = fs.open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static void put(FileSystem fs, Path file, byte[] bytes) throws IOException {
    try (FSDataOutputStream out = fs.create(file, true)) {
      out.write(bytes);
    }
  }
}
