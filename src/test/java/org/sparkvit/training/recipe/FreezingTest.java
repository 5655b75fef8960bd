package org.sparkvit.training.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;

class FreezingTest {
  private static int[] depths(Freezing freezing, int epochs) {
    return IntStream.rangeClosed(1, epochs).map(epoch -> freezing.depth(epoch, 4)).toArray();
  }

  @Test
  void namesTheDepth() {
    assertThat(depths(Freezing.NONE, 1)).containsExactly(0);
    assertThat(depths(new Freezing("embeddings", 0), 1)).containsExactly(1);
    assertThat(depths(new Freezing("4", 0), 3)).containsExactly(5, 5, 5);
    assertThat(depths(new Freezing("backbone", 0), 3)).containsExactly(6, 6, 6);
  }

  @Test
  void releasesABlockAtATimeFromTheTop() {
    assertThat(depths(new Freezing("backbone", 1), 8)).containsExactly(6, 4, 3, 2, 1, 0, 0, 0);
    assertThat(depths(new Freezing("2", 2), 8)).containsExactly(3, 3, 2, 2, 1, 1, 0, 0);
  }

  @Test
  void whatCannotBeIsSaid() {
    assertThatThrownBy(() -> new Freezing("5", 0).depth(1, 4))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--freeze is 5, but the model has 4 blocks");
    assertThatThrownBy(() -> new Freezing("all", 0)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new Freezing("0", 0)).isInstanceOf(UserException.class);
    assertThatThrownBy(() -> new Freezing("none", 2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nothing is frozen");
  }
}
