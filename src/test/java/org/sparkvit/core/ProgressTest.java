package org.sparkvit.core;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ProgressTest {
  @Test
  void timesAsPeopleSayThem() {
    assertThat(Progress.duration(12.4)).isEqualTo("12 s");
    assertThat(Progress.duration(150)).isEqualTo("3 min");
    assertThat(Progress.duration(7500)).isEqualTo("2 h 5 min");
    assertThat(Progress.duration(Double.POSITIVE_INFINITY)).isEqualTo("an unknown time");
  }
}
