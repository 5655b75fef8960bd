package org.sparkvit.training.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.sparkvit.training.recipe.Schedule;

class LearningRateTest {
  @Test
  void risesLinearlyThenFollowsHalfACosine() {
    LearningRate rate =
        new LearningRate(new Schedule(1.0, 0.1, 4.0 / 24, Schedule.Shape.COSINE, false), 6, 24);
    assertThat(rate.at(0)).isEqualTo(0.2);
    assertThat(rate.at(1)).isEqualTo(0.4);
    assertThat(rate.at(3)).isEqualTo(0.8);
    assertThat(rate.at(4)).isEqualTo(1.0);
    // 0.1 + 0.9 (1 + cos(pi/2)) / 2, half-way; cos(pi/4) and cos(3 pi/4) at the quarters
    assertThat(rate.at(14)).isCloseTo(0.55, within(1e-12));
    assertThat(rate.at(9)).isCloseTo(0.868198051533946, within(1e-12));
    assertThat(rate.at(19)).isCloseTo(0.231801948466054, within(1e-12));
    assertThat(rate.at(24)).isCloseTo(0.1, within(1e-12));
  }

  @Test
  void startsAtThePeakWithoutWarmUp() {
    LearningRate rate = new LearningRate(Schedule.cosine(0.5, 0), 10, 10);
    assertThat(rate.warmupSteps()).isZero();
    assertThat(rate.at(0)).isEqualTo(0.5);
    assertThat(rate.at(9)).isCloseTo(0.5 * (1 + Math.cos(0.9 * Math.PI)) / 2, within(1e-12));
  }

  @Test
  void otherShapes() {
    Schedule linear = new Schedule(1.0, 0.1, 0, Schedule.Shape.LINEAR, false);
    assertThat(new LearningRate(linear, 5, 10).at(5)).isCloseTo(0.55, within(1e-12));
    Schedule constant = new Schedule(1.0, 0.1, 0.2, Schedule.Shape.CONSTANT, false);
    assertThat(new LearningRate(constant, 5, 10).at(9)).isEqualTo(1.0);
    assertThat(new LearningRate(constant, 5, 10).at(0)).isCloseTo(1.0 / 3, within(1e-12));
  }

  @Test
  void changesBetweenEpochsOnlyIfAsked() {
    Schedule schedule = new Schedule(1.0, 0, 0, Schedule.Shape.LINEAR, true);
    LearningRate rate = new LearningRate(schedule, 5, 20);
    assertThat(rate.at(4)).isEqualTo(1.0);
    assertThat(rate.at(5)).isEqualTo(0.75);
    assertThat(rate.at(9)).isEqualTo(0.75);
    assertThat(rate.at(19)).isEqualTo(0.25);
  }
}
