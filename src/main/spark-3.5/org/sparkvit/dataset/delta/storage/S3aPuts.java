package org.sparkvit.dataset.delta.storage;

import java.io.IOException;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;

/**
 * The ways to put by S3A's own client on a platform of Spark 3.5, which has Hadoop 3.3 with version
 * 1 of the AWS SDK, or on EMR Hadoop 3.4 with version 2.
 */
final class S3aPuts {
  private S3aPuts() {}

  /** Returns the way that an S3A supports, or empty where it has none or is no S3A. */
  static Optional<ConditionalPut> of(FileSystem fs) throws IOException {
    if (ConditionalPut.hasClient(fs, "getAmazonS3Client", "com.amazonaws.services.s3.AmazonS3")) {
      return Optional.of(SdkOnePut.of(fs));
    }
    return ConditionalPut.hasClient(fs, "getS3AInternals", "org.apache.hadoop.fs.s3a.S3AInternals")
        ? Optional.of(new SdkTwoPut(fs))
        : Optional.empty();
  }
}
