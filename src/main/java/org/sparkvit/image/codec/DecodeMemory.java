package org.sparkvit.image.codec;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * What the images that are being decoded in this JVM may take of its heap together. A large one
 * waits until there is room, instead of failing, or making a neighbour fail, because of what else
 * happens to be decoded at that moment.
 */
final class DecodeMemory {
  /** The raster, its RGB copy and the turned one; CMYK and alpha have a fourth byte a pixel. */
  private static final int BYTES_PER_PIXEL = 12;

  private static final int UNIT = 1 << 16;

  private final int units;
  private final Semaphore free;

  /**
   * @param bytes for all images together; an image that needs more is decoded alone
   */
  DecodeMemory(long bytes) {
    this.units = (int) Math.max(1, Math.min(Integer.MAX_VALUE, bytes / UNIT));
    // Fair, or a large image would wait for as long as small ones keep coming.
    this.free = new Semaphore(units, true);
  }

  /** Half of the heap: the rest is Spark's and the encoded files'. */
  static DecodeMemory ofThisProcess() {
    return new DecodeMemory(Runtime.getRuntime().maxMemory() / 2);
  }

  /**
   * Waits for room; {@link #release} has to follow where it was found.
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
