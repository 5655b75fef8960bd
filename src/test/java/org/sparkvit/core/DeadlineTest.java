package org.sparkvit.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class DeadlineTest {
  @Test
  void itIsOverWhenTheTimeHasCome() {
    AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-01-01T00:00:00.5Z"));
    Deadline deadline = Deadline.in(Duration.ofMinutes(2), now::get);
    assertThat(deadline.isOver()).isFalse();
    assertThat(deadline.secondsLeft()).isEqualTo(120);
    now.set(Instant.parse("2026-01-01T00:02:00.25Z"));
    assertThat(deadline.isOver()).isFalse();
    assertThat(deadline.secondsLeft()).isEqualTo(0.25);
    now.set(Instant.parse("2026-01-01T00:02:00.5Z"));
    assertThat(deadline.isOver()).isTrue();
    now.set(Instant.parse("2026-01-01T00:02:01Z"));
    assertThat(deadline.isOver()).isTrue();
    assertThat(deadline.secondsLeft()).isEqualTo(-0.5);
  }

  @Test
  void noTimeIsOverAtOnceAndNoneNever() {
    assertThat(Deadline.in(Duration.ZERO).isOver()).isTrue();
    assertThat(Deadline.NONE.isOver()).isFalse();
    assertThat(Deadline.NONE.secondsLeft()).isGreaterThan(1e12);
  }
}
