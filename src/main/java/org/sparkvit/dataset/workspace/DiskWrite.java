package org.sparkvit.dataset.workspace;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSError;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Writes whole files to a disk that may be full. The exception then names the file and its size in
 * bytes. For a local disk Hadoop throws an error instead, which escapes all code that catches
 * exceptions.
 */
public final class DiskWrite {
  /** Matches the messages by which systems report a full disk. */
  public static final Pattern FULL =
      Pattern.compile("No space left on device|Disk quota exceeded|not enough space");

  private interface Write {
    void run() throws IOException;
  }

  private DiskWrite() {}

  /** Writes or replaces {@code file}. */
  public static void put(FileSystem fs, Path file, byte[] bytes) throws IOException {
    run(
        file,
        bytes.length,
        () -> {
          try (FSDataOutputStream out = fs.create(file, true)) {
            out.write(bytes);
          }
        });
  }

  /** Copies a local file to {@code file}, which is replaced if it exists. */
  public static void copy(java.nio.file.Path local, FileSystem fs, Path file) throws IOException {
    run(file, Files.size(local), () -> fs.copyFromLocalFile(new Path(local.toUri()), file));
  }

  private static void run(Path file, long bytes, Write write) throws IOException {
    try {
      write.run();
    } catch (FSError | IOException e) {
      IOException exception = e instanceof IOException itself ? itself : cause((FSError) e);
      String message = String.valueOf(exception.getMessage());
      if (FULL.matcher(message).find()) {
        throw new IOException(
            String.format(Locale.ROOT, "%s (%,d B): %s", file, bytes, message), e);
      }
      throw exception;
    }
  }

  private static IOException cause(FSError error) {
    return error.getCause() instanceof IOException cause ? cause : new IOException(error);
  }
}
