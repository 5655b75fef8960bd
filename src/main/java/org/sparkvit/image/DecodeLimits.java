package org.sparkvit.image;

import java.time.Duration;

/**
 * What one image may cost before it is given up.
 *
 * @param maxBytes size of the file
 * @param maxPixels width times height, read from the header before anything is decoded
 * @param timeout wall-clock time for decoding
 */
public record DecodeLimits(long maxBytes, long maxPixels, Duration timeout) {
  /** 256 MiB, 100 million pixels (about what Pillow calls a decompression bomb), 60 seconds. */
  public static final DecodeLimits DEFAULT =
      new DecodeLimits(256L << 20, 100_000_000L, Duration.ofSeconds(60));

  public DecodeLimits {
    if (maxBytes < 1 || maxPixels < 1 || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "limits must be positive: " + maxBytes + " bytes, " + maxPixels + " pixels, " + timeout);
    }
  }
}
