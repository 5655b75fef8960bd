package org.sparkvit.image.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.sparkvit.image.augment.RandomCrop.Border;

class AugmentTest {
  private static final int HEIGHT = 5;
  private static final int WIDTH = 7;
  private static final int BYTES = 3 * HEIGHT * WIDTH;

  @Test
  void givesEveryWindowOfThePaddedImageAboutEquallyOften() {
    for (Border border : Border.values()) {
      Augment augment = augment(2, border, true, ColorJitter.NONE);
      Map<String, Integer> expected = new HashMap<>();
      for (int window = 0; window < 50; window++) {
        byte[] pixels = window(border, window % 5 - 2, window / 5 % 5 - 2, window >= 25);
        expected.put(Arrays.toString(pixels), 0);
      }
      assertThat(expected).hasSize(50);
      int rounds = 20_000;
      for (long seed = 0; seed < rounds; seed++) {
        String pixels = Arrays.toString(apply(augment, seed));
        assertThat(expected).containsKey(pixels);
        expected.merge(pixels, 1, Integer::sum);
      }
      // Mean 400, standard deviation 20.
      assertThat(expected.values()).allMatch(count -> count > 300 && count < 500);
    }
  }

  private static Augment augment(int padding, Border border, boolean flip, ColorJitter colors) {
    return new Augment(new RandomCrop.Padded(padding, border), flip, false, 0, colors, 0);
  }

  @Test
  void dependsOnTheSeedOnly() {
    Augment augment = augment(2, Border.REFLECT, true, new ColorJitter(0.4, 0.1));
    assertThat(apply(augment, 42)).isEqualTo(apply(augment, 42));
    assertThat(apply(augment, 42)).isNotEqualTo(apply(augment, 44));
  }

  @Test
  void copiesWithoutOptions() {
    assertThat(apply(Augment.NONE, 9)).isEqualTo(window(Border.ZERO, 0, 0, false));
  }

  @Test
  void paddingMayBeAnythingWithZeroButNotWithReflect() {
    assertThat(apply(augment(50, Border.ZERO, false, ColorJitter.NONE), 3)).hasSize(BYTES);
    Augment augment = augment(5, Border.REFLECT, false, ColorJitter.NONE);
    assertThatThrownBy(() -> apply(augment, 3))
        .hasMessage("padding 5 cannot be reflected in 7x5 pixels");
    assertThatThrownBy(() -> augment(-1, Border.ZERO, true, ColorJitter.NONE))
        .hasMessage("padding -1 is negative");
  }

  /** Second image of a batch of two, into the second place of another. */
  private static byte[] apply(Augment augment, long seed) {
    ByteBuffer batch = ByteBuffer.allocateDirect(2 * BYTES);
    for (int i = 0; i < BYTES; i++) {
      batch.put(BYTES + i, (byte) (i + 1));
    }
    ByteBuffer out = ByteBuffer.allocate(2 * BYTES).position(BYTES);
    augment.apply(batch, BYTES, HEIGHT, WIDTH, seed, out);
    assertThat(out.hasRemaining()).isFalse();
    assertThat(batch.position()).isZero();
    return Arrays.copyOfRange(out.array(), BYTES, 2 * BYTES);
  }

  private static byte[] window(Border border, int left, int top, boolean flip) {
    byte[] pixels = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      int x = i / 3 % WIDTH;
      int column = left + (flip ? WIDTH - 1 - x : x);
      int row = top + i / 3 / WIDTH;
      if (border == Border.REFLECT) {
        column = WIDTH - 1 - Math.abs(WIDTH - 1 - Math.abs(column));
        row = HEIGHT - 1 - Math.abs(HEIGHT - 1 - Math.abs(row));
      }
      if (column >= 0 && column < WIDTH && row >= 0 && row < HEIGHT) {
        pixels[i] = (byte) (3 * (row * WIDTH + column) + i % 3 + 1);
      }
    }
    return pixels;
  }
}
