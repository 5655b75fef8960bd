package org.sparkvit.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class StableHashTest {
  /** Values from coreutils: printf abc | sha256sum. */
  @Test
  void isSha256() {
    assertThat(StableHash.sha256("abc".getBytes(StandardCharsets.UTF_8)))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assertThat(StableHash.id("abc")).isEqualTo("ba7816bf8f01cfea414140de5dae2223");
  }

  @Test
  void partsDoNotRunIntoOneAnother() {
    assertThat(StableHash.hash64(1, "ab", "c")).isNotEqualTo(StableHash.hash64(1, "a", "bc"));
    assertThat(StableHash.hash64(1, "a")).isNotEqualTo(StableHash.hash64(2, "a"));
    assertThat(StableHash.hash64(1, "a")).isEqualTo(StableHash.hash64(1, "a"));
  }

  @Test
  void uniformFillsTheUnitInterval() {
    assertThat(StableHash.uniform(0)).isZero();
    assertThat(StableHash.uniform(-1)).isLessThan(1);
    double mean =
        LongStream.range(0, 10_000)
            .mapToDouble(i -> StableHash.uniform(StableHash.hash64(i, "x")))
            .average()
            .orElseThrow();
    // The standard error is 0.0029.
    assertThat(mean).isBetween(0.49, 0.51);
  }
}
