package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.imageio.stream.ImageInputStream;
import org.junit.jupiter.api.Test;

class DecodeThreadsTest {
  private static final Duration SHORT = Duration.ofMillis(30);

  @Test
  void reusesItsThread() throws Exception {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      threads.add(call(Thread::currentThread, Duration.ofSeconds(5)));
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
                call(
                    () -> {
                      throw error;
                    },
                    Duration.ofSeconds(5)))
        .isInstanceOf(ExecutionException.class)
        .hasCause(error);
  }

  @Test
  void endsADecodeThatStillReads() throws Exception {
    DecodeClock clock = new DecodeClock();
    CountDownLatch ended = new CountDownLatch(1);
    assertThatThrownBy(
            () -> DecodeThreads.call(() -> readForever(clock, ended), clock, SHORT, () -> {}))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("not decoded in 30 ms of computing");
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
  void whatComputesOnIsGivenUpByTheTimeItHasComputed() {
    AtomicBoolean over = new AtomicBoolean();
    try {
      assertThatThrownBy(() -> call(() -> spin(over), SHORT))
          .isInstanceOf(TimeoutException.class)
          .hasMessage("not decoded in 30 ms of computing");
    } finally {
      over.set(true);
    }
  }

  private static int spin(AtomicBoolean over) {
    int turns = 0;
    while (!over.get()) {
      turns++;
    }
    return turns;
  }

  /** As where a machine is busy with other things. */
  @Test
  void whatWaitsForTheProcessorIsNotGivenUp() throws Exception {
    assertThat(
            call(
                () -> {
                  Thread.sleep(600); // three times what it may compute
                  return 7;
                },
                Duration.ofMillis(200)))
        .isEqualTo(7);
  }

  @Test
  void stuckDecodesKeepTheirMemoryAndTakeNoSoundImagesTurn() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    AtomicInteger ended = new AtomicInteger();
    int before = DecodeThreads.stuck();
    for (int i = 0; i < 40; i++) {
      assertThatThrownBy(
              () ->
                  DecodeThreads.call(
                      () -> await(never),
                      new DecodeClock(),
                      Duration.ofMillis(1),
                      ended::incrementAndGet))
          .isInstanceOf(TimeoutException.class)
          .hasMessage("not decoded in 20 ms");
    }
    assertThat(DecodeThreads.stuck()).isEqualTo(before + 40);
    assertThat(ended).hasValue(0);
    assertThat(call(() -> 7, Duration.ofSeconds(5))).isEqualTo(7);
    never.countDown();
    for (int i = 0; i < 500 && DecodeThreads.stuck() > before; i++) {
      Thread.sleep(10);
    }
    assertThat(DecodeThreads.stuck()).isEqualTo(before);
    assertThat(ended).hasValue(40);
  }

  @Test
  void anExhaustedExecutorSaysSo() {
    assertThat(DecodeThreads.exhausted())
        .hasMessageStartingWith("this executor is exhausted: ")
        .hasMessageContaining("restart it");
  }

  private static <T> T call(Callable<T> work, Duration limit) throws Exception {
    return DecodeThreads.call(work, new DecodeClock(), limit, () -> {});
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
