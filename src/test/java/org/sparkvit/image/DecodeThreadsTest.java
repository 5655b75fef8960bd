package org.sparkvit.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;

class DecodeThreadsTest {
  private static final Duration SHORT = Duration.ofMillis(30);

  @Test
  void reusesItsThread() throws Exception {
    DecodeClock clock = new DecodeClock();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      threads.add(DecodeThreads.call(Thread::currentThread, clock, Duration.ofSeconds(5)));
      Thread.sleep(1); // the thread goes back to the pool just after its result is out
    }
    assertThat(threads.stream().distinct().count()).isLessThan(10);
    assertThat(threads).allMatch(Thread::isDaemon);
  }

  @Test
  void handsOnWhatTheWorkThrew() {
    StackOverflowError error = new StackOverflowError();
    assertThatThrownBy(
            () ->
                DecodeThreads.call(
                    () -> {
                      throw error;
                    },
                    new DecodeClock(),
                    Duration.ofSeconds(5)))
        .isInstanceOf(ExecutionException.class)
        .hasCause(error);
  }

  @Test
  void endsADecodeThatStillReads() throws Exception {
    DecodeClock clock = new DecodeClock();
    CountDownLatch ended = new CountDownLatch(1);
    assertThatThrownBy(() -> DecodeThreads.call(() -> readForever(clock, ended), clock, SHORT))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("not decoded in 30 ms");
    assertThat(ended.await(5, TimeUnit.SECONDS)).isTrue();
  }

  private static int readForever(DecodeClock clock, CountDownLatch ended) throws IOException {
    try (ImageInputStream stream = clock.open(new byte[10])) {
      int value = 0;
      while (value >= 0) {
        stream.seek(0);
        value = stream.read();
      }
      return value;
    } finally {
      ended.countDown();
    }
  }

  @Test
  void leavesOnlySoManyThreadsBehind() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    int before = DecodeThreads.stuck();
    String last = "";
    for (int i = 0; i < 40; i++) {
      try {
        DecodeThreads.call(() -> await(never), new DecodeClock(), Duration.ofMillis(2));
      } catch (TimeoutException e) {
        last = e.getMessage();
      }
    }
    assertThat(DecodeThreads.stuck()).isEqualTo(32);
    assertThat(last).contains("32 earlier decodes are still stuck");
    never.countDown();
    for (int i = 0; i < 500 && DecodeThreads.stuck() > before; i++) {
      Thread.sleep(10);
    }
    assertThat(DecodeThreads.stuck()).isEqualTo(before);
    assertThat(DecodeThreads.call(() -> 7, new DecodeClock(), Duration.ofSeconds(5))).isEqualTo(7);
  }

  /** Stuck in native code, as far as interrupts are concerned. */
  private static boolean await(CountDownLatch latch) {
    while (true) {
      try {
        latch.await();
        return true;
      } catch (InterruptedException e) {
        Thread.onSpinWait();
      }
    }
  }
}
