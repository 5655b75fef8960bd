package org.sparkvit.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EpochSampleTest {
  private final List<Example> examples =
      IntStream.range(0, 20)
          .mapToObj(i -> new Example("image-" + i, i % 2, 1, i < 3 ? 3 : 1, i))
          .toList();

  @Test
  void everyCopyIsShownOnceAnEpoch() {
    List<EpochSample> samples = EpochSample.shuffled(examples, 7, 1);
    assertThat(samples).hasSize(26);
    assertThat(samples.stream().filter(s -> s.example().slot() == 1).map(EpochSample::copy))
        .containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void orderDependsOnSeedAndEpochOnly() {
    List<EpochSample> order = EpochSample.shuffled(examples, 7, 1);
    List<Example> reversed = new java.util.ArrayList<>(examples);
    Collections.reverse(reversed);
    assertThat(EpochSample.shuffled(reversed, 7, 1)).isEqualTo(order);
    assertThat(ids(EpochSample.shuffled(examples, 7, 2))).isNotEqualTo(ids(order));
    assertThat(ids(EpochSample.shuffled(examples, 8, 1))).isNotEqualTo(ids(order));
  }

  @Test
  void everyShowingIsAugmentedInItsOwnWay() {
    Example example = examples.get(0);
    assertThat(
            List.of(
                new EpochSample(example, 0, 0).chance("augment", 7, 1),
                new EpochSample(example, 1, 0).chance("augment", 7, 1),
                new EpochSample(example, 0, 0).chance("augment", 7, 2),
                new EpochSample(example, 0, 0).chance("augment", 8, 1),
                new EpochSample(examples.get(1), 0, 0).chance("augment", 7, 1),
                new EpochSample(example, 0, 0).chance("skip", 7, 1)))
        .doesNotHaveDuplicates();
  }

  private static List<String> ids(List<EpochSample> samples) {
    return samples.stream().map(epochSample -> epochSample.example().id()).toList();
  }
}
