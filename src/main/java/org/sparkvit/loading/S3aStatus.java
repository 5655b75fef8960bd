package org.sparkvit.loading;

import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.s3a.S3AFileStatus;

/** Apart, so that where hadoop-aws is not on the class path all other file systems work. */
final class S3aStatus {
  private S3aStatus() {}

  /** What S3A wants to be told of a file to open it without a question of its own. */
  static FileStatus of(Path file, long length, long blockSize) {
    return new S3AFileStatus(length, 0, file, blockSize, "", null, null);
  }
}
