package org.sparkvit.pipeline.pack;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.Numbers;
import org.sparkvit.core.UserException;

/**
 * What the stage {@code pack} is asked to do.
 *
 * @param workspace URI of the workspace
 * @param shardBytes about how many bytes of images a shard holds
 * @param readThreads threads per task that read images, 1 or more
 */
public record PackConfig(String workspace, long shardBytes, int readThreads) {
  private static final long LARGEST_SHARD = 64L << 30;

  /** Checks the ranges. */
  public PackConfig {
    if (workspace.isBlank()) {
      throw new UserException("--workspace is empty; name a folder");
    }
    if (shardBytes < 1) {
      throw new UserException("--shard-size is " + shardBytes + " bytes; use e.g. 256m");
    }
    if (shardBytes > LARGEST_SHARD) {
      throw new UserException(
          "--shard-size is " + shardBytes + " bytes; use 64g at most, as one task writes a shard");
    }
    if (readThreads < 1) {
      throw new UserException("--read-threads is " + readThreads + "; use 1 or more");
    }
  }

  /**
   * With a size as people write it.
   *
   * @param shardSize a whole number, and k, m or g for 1024, 1024² or 1024³ bytes
   * @throws UserException when it is something else
   */
  public static PackConfig of(String workspace, String shardSize, int readThreads) {
    try {
      return new PackConfig(workspace, Numbers.bytes(shardSize), readThreads);
    } catch (IllegalArgumentException e) {
      throw new UserException("--shard-size is '" + shardSize + "', which " + e.getMessage(), e);
    }
  }

  /** Option names and values, for the run record. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("workspace", workspace);
    map.put("shard-size", shardBytes);
    map.put("read-threads", readThreads);
    return map;
  }
}
