package org.sparkvit.tools.bench;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/**
 * Measures threads that only count, one for each core, none of which waits for another. Beside
 * other processes they get the share of time that the scheduler considers fair, to which training
 * is compared.
 *
 * @param threads the number of threads, at least 1
 * @param seconds the time that they count, in seconds
 */
record CountingOnly(int threads, int seconds) implements Measurement {
  static final String NAME = "counting";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public String unit() {
    return "million steps/s";
  }

  /** Returns the counts of all threads together in {@link #unit}. */
  @Override
  public double imagesPerSecond() {
    LongAdder total = new LongAdder();
    Thread[] all = new Thread[threads];
    long start = System.nanoTime();
    long end = start + Duration.ofSeconds(seconds).toNanos();
    for (int i = 0; i < threads; i++) {
      all[i] = new Thread(() -> count(end, total), "counting-" + i);
      all[i].start();
    }
    try {
      for (Thread thread : all) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while counting", e);
    }
    return total.sum() / 1e6 / ((System.nanoTime() - start) / 1e9);
  }

  private static void count(long end, LongAdder total) {
    while (System.nanoTime() < end) {
      long state = total.hashCode() | 1;
      for (int i = 0; i < 1_000_000; i++) {
        // Marsaglia's xorshift, which a compiler cannot leave out as long as its end is looked at.
        state ^= state << 13;
        state ^= state >>> 7;
        state ^= state << 17;
      }
      total.add(state == 0 ? 0 : 1_000_000);
    }
  }
}
