package org.sparkvit.dataset.delta.storage;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import org.apache.hadoop.fs.FSBuilder;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Puts by an option of {@code createFile}, which S3A has from Hadoop 3.4.2 on and announces as a
 * capability. It uses names instead of constants, as this program compiles against Hadoop 3.3,
 * which lacks them.
 */
final class CreateFilePut implements ConditionalPut {
  static final String OPTION = "fs.option.create.conditional.overwrite";

  private final FileSystem fs;

  CreateFilePut(FileSystem fs) {
    this.fs = fs;
  }

  static boolean isKnownTo(FileSystem fs, Path path) throws IOException {
    return fs.hasPathCapability(path, OPTION);
  }

  @Override
  public void put(Path path, byte[] content) throws IOException {
    try {
      FSDataOutputStreamBuilder<?, ?> builder = fs.createFile(path);
      builder.overwrite(true).recursive();
      // The call goes through the interface, as the class declares another return type in each
      // version.
      ((FSBuilder<?, ?>) builder).must(OPTION, "true");
      FSDataOutputStream out = builder.build();
      write(out, content);
      out.close();
    } catch (IOException e) {
      if (saysThatThereIsOne(e)) {
        throw StorageFailures.exists(path, e);
      }
      throw e;
    }
  }

  /**
   * Writes the content and closes the stream. Closing creates the file, so a stream that failed
   * half-way must not be closed normally.
   */
  private static void write(FSDataOutputStream out, byte[] content) throws IOException {
    try {
      out.write(content);
    } catch (IOException e) {
      out.abort();
      throw e;
    }
  }

  private static boolean saysThatThereIsOne(IOException e) {
    return e instanceof FileAlreadyExistsException
        || e instanceof org.apache.hadoop.fs.FileAlreadyExistsException
        || StorageFailures.mentions(e, "PreconditionFailed")
        || StorageFailures.mentions(e, "Status Code: 412");
  }

  @Override
  public void delete(Path path) throws IOException {
    fs.delete(path, false);
  }
}
