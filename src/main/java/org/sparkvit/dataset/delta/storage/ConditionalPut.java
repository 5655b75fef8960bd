package org.sparkvit.dataset.delta.storage;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file that is made only where none is, by one request of which the store decides: {@code PUT}
 * with {@code If-None-Match: *}. How S3A sends it depends on its version.
 */
interface ConditionalPut {
  /**
   * Makes a file.
   *
   * @throws java.nio.file.FileAlreadyExistsException when the store refused because there is one,
   *     which may be our own: the SDK sends a request again whose answer was lost
   * @throws IOException when it failed, or when that is not known
   */
  void put(Path path, byte[] content) throws IOException;

  /** Deletes a file that was made here. */
  void delete(Path path) throws IOException;

  /** Returns the way of a file system, if it has one. */
  static Optional<ConditionalPut> of(FileSystem fs, Path path) throws IOException {
    if (CreateFilePut.isKnownTo(fs, path)) {
      return Optional.of(new CreateFilePut(fs));
    }
    FileSystem raw = fs;
    while (raw instanceof FilterFileSystem filter && !filter.getRawFileSystem().equals(raw)) {
      raw = filter.getRawFileSystem();
    }
    if (hasClient(raw, "getAmazonS3Client", "com.amazonaws.services.s3.AmazonS3")) {
      return Optional.of(SdkOnePut.of(raw));
    }
    if (hasClient(raw, "getS3AInternals", "org.apache.hadoop.fs.s3a.S3AInternals")) {
      return Optional.of(new SdkTwoPut(raw));
    }
    return Optional.empty();
  }

  /**
   * Returns whether it is an S3A of a certain kind. By names only, and not in the class that uses
   * them: a platform may have neither S3A nor that SDK.
   */
  private static boolean hasClient(FileSystem fs, String method, String type) {
    for (Class<?> of = fs.getClass(); of != null; of = of.getSuperclass()) {
      if (of.getName().equals("org.apache.hadoop.fs.s3a.S3AFileSystem")) {
        try {
          return of.getDeclaredMethod(method).getReturnType().getName().equals(type);
        } catch (NoSuchMethodException | LinkageError e) {
          return false;
        }
      }
    }
    return false;
  }
}
