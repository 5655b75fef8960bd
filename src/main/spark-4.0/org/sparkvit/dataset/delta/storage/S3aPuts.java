package org.sparkvit.dataset.delta.storage;

import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;

/**
 * The way to put by S3A's own client on a platform of Spark 4, which has Hadoop 3.4 with version 2
 * of the AWS SDK.
 */
final class S3aPuts {
  private S3aPuts() {}

  /** Returns the way that an S3A supports, or empty where it has none or is no S3A. */
  static Optional<ConditionalPut> of(FileSystem fs) {
    return ConditionalPut.hasClient(fs, "getS3AInternals", "org.apache.hadoop.fs.s3a.S3AInternals")
        ? Optional.of(new SdkTwoPut(fs))
        : Optional.empty();
  }
}
