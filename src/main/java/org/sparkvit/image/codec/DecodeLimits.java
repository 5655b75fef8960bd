package org.sparkvit.image.codec;

import java.time.Duration;

/**
 * What one image may cost before it is given up.
 *
 * @param maxBytes size of the file
 * @param maxPixels width times height, read from the header before anything is decoded
 * @param timeout time that decoding it may compute; the clock on the wall counts as a far backstop
 *     only, so that what else a machine does decides nothing
 */
public record DecodeLimits(long maxBytes, long maxPixels, Duration timeout) {
  /** 256 MiB, 100 million pixels (about what Pillow calls a decompression bomb), 60 seconds. */
  public static final DecodeLimits DEFAULT =
      new DecodeLimits(256L << 20, 100_000_000L, Duration.ofSeconds(60));

  /** Far more times than any sane image goes over all of its pixels. */
  private static final int MOST_PASSES = 20;

  public DecodeLimits {
    if (maxBytes < 1 || maxPixels < 1 || timeout.isNegative() || timeout.isZero()) {
      throw new IllegalArgumentException(
          "limits must be positive: " + maxBytes + " bytes, " + maxPixels + " pixels, " + timeout);
    }
  }

  /**
   * Pixels that decoding may go over, all passes together: an image of the most pixels may have
   * {@value #MOST_PASSES}, a smaller one more.
   */
  public long maxWork() {
    return MOST_PASSES * maxPixels;
  }
}
