package org.sparkvit.stats.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ClassBalanceTest {
  @Test
  void evenClassesAreBalanced() {
    ClassBalance balance = ClassBalance.of(new double[] {5, 5, 5, 5});
    assertThat(balance.ratio()).isEqualTo(1);
    assertThat(balance.entropyBits()).isEqualTo(2, within(1e-12));
    assertThat(balance.evenness()).isEqualTo(1, within(1e-12));
  }

  @Test
  void oneToNine() {
    ClassBalance balance = ClassBalance.of(new double[] {900, 100});
    assertThat(balance.ratio()).isEqualTo(1 / 9.0, within(1e-15));
    // -(0.9 log2 0.9 + 0.1 log2 0.1)
    assertThat(balance.entropyBits()).isEqualTo(0.4689955935892812, within(1e-12));
    assertThat(balance.evenness()).isEqualTo(0.4689955935892812, within(1e-12));
  }

  @Test
  void emptyClassesAndSingleOnes() {
    assertThat(ClassBalance.of(new double[] {3, 0})).isEqualTo(new ClassBalance(0, 0, 0));
    assertThat(ClassBalance.of(new double[] {3}).evenness()).isNaN();
    assertThat(ClassBalance.of(new double[] {}).ratio()).isNaN();
  }
}
