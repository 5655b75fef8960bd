package org.sparkvit.training.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShowingTest {
  private final List<Example> examples =
      IntStream.range(0, 20)
          .mapToObj(i -> new Example("image-" + i, i % 2, 1, i < 3 ? 3 : 1, i))
          .toList();

  @Test
  void everyCopyIsShownOnceAnEpoch() {
    List<Showing> showings = Showing.shuffled(examples, 7, 1);
    assertThat(showings).hasSize(26);
    assertThat(showings.stream().filter(s -> s.example().slot() == 1).map(Showing::copy))
        .containsExactlyInAnyOrder(0, 1, 2);
  }

  @Test
  void orderDependsOnSeedAndEpochOnly() {
    List<Showing> order = Showing.shuffled(examples, 7, 1);
    List<Example> reversed = new java.util.ArrayList<>(examples);
    Collections.reverse(reversed);
    assertThat(Showing.shuffled(reversed, 7, 1)).isEqualTo(order);
    assertThat(ids(Showing.shuffled(examples, 7, 2))).isNotEqualTo(ids(order));
    assertThat(ids(Showing.shuffled(examples, 8, 1))).isNotEqualTo(ids(order));
  }

  @Test
  void everyShowingIsAugmentedInItsOwnWay() {
    Example example = examples.get(0);
    assertThat(
            List.of(
                new Showing(example, 0, 0).chance("augment", 7, 1),
                new Showing(example, 1, 0).chance("augment", 7, 1),
                new Showing(example, 0, 0).chance("augment", 7, 2),
                new Showing(example, 0, 0).chance("augment", 8, 1),
                new Showing(examples.get(1), 0, 0).chance("augment", 7, 1),
                new Showing(example, 0, 0).chance("skip", 7, 1)))
        .doesNotHaveDuplicates();
  }

  private static List<String> ids(List<Showing> showings) {
    return showings.stream().map(showing -> showing.example().id()).toList();
  }
}
