package org.sparkvit.image.codec;

import java.time.Duration;

/**
 * The limits at which decoding an image is given up.
 *
 * @param maxBytes the largest size of the file in bytes
 * @param maxPixels the largest width times height, read from the header before anything is decoded
 * @param timeout the CPU time that decoding an image may take. Wall-clock time is only a distant
 *     backstop, so that the load of a machine does not decide which images fail
 */
public record DecodeLimits(long maxBytes, long maxPixels, Duration timeout) {
  /**
   * The default limits: 256 MiB, 100 million pixels (about what Pillow calls a decompression bomb)
   * and 60 seconds.
   */
  public static final DecodeLimits DEFAULT =
      new DecodeLimits(256L << 20, 100_000_000L, Duration.ofSeconds(60));

  /**
   * The number of passes over the pixels of the largest image. No sane image needs nearly as many.
   */
  private static final int MOST_PASSES = 20;

  public DecodeLimits {
    if (maxBytes < 1 || maxPixels < 1 || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "limits must be positive: " + maxBytes + " bytes, " + maxPixels + " pixels, " + timeout);
    }
  }

  /**
   * Returns the number of pixels that decoding may visit, summed over all passes. An image of the
   * largest size may be passed over {@value #MOST_PASSES} times, a smaller one more often.
   */
  public long maxWork() {
    return MOST_PASSES * maxPixels;
  }
}
