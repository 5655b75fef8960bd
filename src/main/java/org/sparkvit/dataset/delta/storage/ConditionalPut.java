package org.sparkvit.dataset.delta.storage;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FilterFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * Creates a file only where none exists, by one request that the store decides: {@code PUT} with
 * {@code If-None-Match: *}. How S3A sends it depends on S3A's version.
 */
interface ConditionalPut {
  /**
   * Creates a file.
   *
   * @throws java.nio.file.FileAlreadyExistsException when the store refused because the file
   *     exists. It may be our own: the SDK repeats a request whose answer was lost
   * @throws IOException when the request failed, or its outcome is not known
   */
  void put(Path path, byte[] content) throws IOException;

  /** Deletes a file that {@link #put} created. */
  void delete(Path path) throws IOException;

  /** Returns the way that a file system supports, or empty where it has none. */
  static Optional<ConditionalPut> of(FileSystem fs, Path path) throws IOException {
    if (CreateFilePut.isKnownTo(fs, path)) {
      return Optional.of(new CreateFilePut(fs));
    }
    FileSystem raw = fs;
    while (raw instanceof FilterFileSystem filter && !filter.getRawFileSystem().equals(raw)) {
      raw = filter.getRawFileSystem();
    }
    return S3aPuts.of(raw);
  }

  /**
   * Returns whether the file system is an S3A of a certain kind. The check goes by names only,
   * outside of the classes that use them, as a platform may have neither S3A nor that SDK.
   */
  static boolean hasClient(FileSystem fs, String method, String type) {
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
