package org.sparkvit.loading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefetcherTest {
  @Test
  void resultsComeInOrder() {
    List<Integer> items = IntStream.range(0, 1000).boxed().toList();
    List<Integer> results = new ArrayList<>();
    try (Prefetcher<Integer, Integer> prefetcher =
        new Prefetcher<>(items.iterator(), i -> 2 * i, 4, 16)) {
      prefetcher.forEachRemaining(results::add);
    }
    assertThat(results).isEqualTo(items.stream().map(i -> 2 * i).toList());
  }

  @Test
  void runsNoFurtherAheadThanAllowed() {
    AtomicInteger taken = new AtomicInteger();
    Iterator<Integer> endless =
        IntStream.iterate(0, i -> i + 1).peek(i -> taken.set(i + 1)).iterator();
    try (Prefetcher<Integer, Integer> prefetcher = new Prefetcher<>(endless, i -> i, 2, 8)) {
      for (int i = 0; i < 100; i++) {
        assertThat(prefetcher.next()).isEqualTo(i);
        assertThat(taken.get()).isLessThanOrEqualTo(i + 1 + 8);
      }
    }
  }

  @Test
  void aFailureReachesTheConsumer() {
    try (Prefetcher<Integer, Integer> prefetcher =
        new Prefetcher<>(List.of(1, 0).iterator(), i -> 1 / i, 1, 4)) {
      assertThat(prefetcher.next()).isEqualTo(1);
      assertThatThrownBy(prefetcher::next).isInstanceOf(ArithmeticException.class);
    }
  }
}
