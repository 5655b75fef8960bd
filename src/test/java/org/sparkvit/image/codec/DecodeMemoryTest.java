package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class DecodeMemoryTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  @Test
  void neverMoreAtOnceThanThereIsRoomFor() throws InterruptedException {
    DecodeMemory memory = new DecodeMemory(100 << 20);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    int threads = 12;
    CountDownLatch ended = new CountDownLatch(threads);
    for (int i = 0; i < threads; i++) {
      new Thread(
              () -> {
                try {
                  for (int round = 0; round < 200; round++) {
                    // 40 MB: two fit, three do not.
                    assertThat(memory.acquire(4_000_000, LONG)).isTrue();
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    Thread.onSpinWait();
                    inside.decrementAndGet();
                    memory.release(4_000_000);
                  }
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                } finally {
                  ended.countDown();
                }
              })
          .start();
    }
    assertThat(ended.await(1, TimeUnit.MINUTES)).isTrue();
    assertThat(most.get()).isBetween(1, 2);
  }

  @Test
  void whatIsLargerThanAllRoomIsLetInAlone() throws InterruptedException {
    DecodeMemory memory = new DecodeMemory(1 << 20);
    assertThat(memory.acquire(100_000_000, LONG)).isTrue();
    assertThat(memory.acquire(1, Duration.ofMillis(1))).isFalse();
    Thread second =
        new Thread(
            () -> {
              try {
                memory.acquire(1, LONG);
                memory.release(1);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    second.start();
    while (second.getState() != Thread.State.TIMED_WAITING) {
      assertThat(second.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    memory.release(100_000_000);
    second.join(60_000);
    assertThat(second.isAlive()).isFalse();
  }
}
