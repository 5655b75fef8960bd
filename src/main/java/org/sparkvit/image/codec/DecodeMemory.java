package org.sparkvit.image.codec;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Limits the heap that all images which are being decoded in this JVM take together. A large image
 * waits until there is room. Otherwise it would fail, or make a neighbour fail, because of what
 * else happens to be decoded at that moment.
 */
final class DecodeMemory {
  /**
   * The bytes of a pixel in the raster, in its RGB copy and in the upright one. CMYK and alpha have
   * a fourth byte a pixel.
   */
  private static final int BYTES_PER_PIXEL = 12;

  private static final int UNIT = 1 << 16;

  private final int units;
  private final Semaphore free;

  /**
   * Creates a limit.
   *
   * @param bytes the limit for all images together; an image that needs more is decoded alone
   */
  DecodeMemory(long bytes) {
    this.units = (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / UNIT));
    // Fair, or a large image would wait for as long as small ones keep coming.
    this.free = new Semaphore(units, true);
  }

  /**
   * Returns the limit of this JVM, which is half of its heap. The other half is for Spark and the
   * encoded files.
   */
  static DecodeMemory ofThisProcess() {
    return new DecodeMemory(Runtime.getRuntime().maxMemory() / 2);
  }

  /**
   * Waits for room. {@link #release} must follow if it was found.
   *
   * @return whether there was room within {@code limit}
   */
  boolean acquire(long pixels, Duration limit) throws InterruptedException {
    return free.tryAcquire(units(pixels), limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  void release(long pixels) {
    free.release(units(pixels));
  }

  private int units(long pixels) {
    return (int) Math.min(units, 1 + pixels * BYTES_PER_PIXEL / UNIT);
  }
}
