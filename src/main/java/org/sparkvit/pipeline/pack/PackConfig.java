package org.sparkvit.pipeline.pack;

import org.sparkvit.core.Numbers;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Option;
import org.sparkvit.core.options.WorkspaceOption;

/**
 * Options of {@link PackStage}.
 *
 * @param workspace URI of the workspace
 * @param shardSize about how many bytes of images a shard holds: a whole number, and k, m or g for
 *     1024, 1024² or 1024³ bytes
 * @param readThreads threads per task that read images, 1 or more
 */
public record PackConfig(
    @WorkspaceOption String workspace,
    @Option(
            label = "BYTES",
            standard = "256m",
            help = "About how many bytes of images a shard holds; k, m and g are understood.")
        String shardSize,
    @Option(
            standard = "8",
            least = 1,
            greatest = 1_024,
            advanced = true,
            help = "Threads of a Spark task that read images.")
        int readThreads) {
  private static final long LARGEST_SHARD = 64L << 30;

  /** Checks the size. */
  public PackConfig {
    long bytes = bytes(shardSize);
    if (bytes < 1) {
      throw new UserException("--shard-size is '" + shardSize + "'; use e.g. 256m");
    }
    if (bytes > LARGEST_SHARD) {
      throw new UserException(
          "--shard-size is '" + shardSize + "'; use 64g at most, as one task writes a shard");
    }
  }

  /** About how many bytes of images a shard holds. */
  long shardBytes() {
    return bytes(shardSize);
  }

  private static long bytes(String text) {
    try {
      return Numbers.bytes(text);
    } catch (IllegalArgumentException e) {
      throw new UserException("--shard-size is '" + text + "', which " + e.getMessage(), e);
    }
  }
}
