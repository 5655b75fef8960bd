package org.sparkvit.pipeline.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaithfulnessTest {
  private static final int PATCH = 2;
  private static final int SIDE = 5;
  private static final int DECIDES = 7;

  /** The class is likely where the patch {@link #DECIDES} is white, and unlikely elsewhere. */
  private static final Faithfulness.Scorer SCORER =
      (pixels, n) -> {
        float[] logits = new float[2 * n];
        int side = SIDE * PATCH;
        for (int i = 0; i < n; i++) {
          int y = DECIDES / SIDE * PATCH;
          int x = DECIDES % SIDE * PATCH;
          boolean white = (pixels.get(((i * side + y) * side + x) * 3) & 0xff) > 200;
          logits[2 * i + 1] = white ? 10 : -10;
        }
        return logits;
      };

  private static byte[] image() {
    int side = SIDE * PATCH;
    byte[] pixels = new byte[side * side * 3];
    for (int i = 0; i < pixels.length; i++) {
      int pixel = i / 3;
      int patch = pixel / side / PATCH * SIDE + pixel % side / PATCH;
      pixels[i] = (byte) (patch == DECIDES ? 255 : 20);
    }
    return pixels;
  }

  /** A map that has the deciding patch at a place in its order, 0 for the first. */
  private static float[] map(int place) {
    float[] map = new float[SIDE * SIDE];
    int next = 0;
    for (int patch = 0; patch < map.length; patch++) {
      if (patch != DECIDES) {
        map[patch] = 100 - (next >= place ? next + 1 : next);
        next++;
      }
    }
    map[DECIDES] = 100 - place;
    return map;
  }

  /**
   * Of 25 patches 3, 5, 8, ... are taken in turn. With the deciding one first the probability is 1
   * at the beginning alone, which counts half of a tenth; put back it is 1 but at the beginning.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 16, 100})
  void curvesFollowThePatchThatDecides(int batch) {
    Map<String, float[]> maps = new LinkedHashMap<>();
    maps.put("best", map(0));
    maps.put("middle", map(12));
    maps.put("worst", map(24));
    Faithfulness.Scores scores =
        new Faithfulness(SCORER, batch, 2, SIDE, SIDE, PATCH).measure(image(), maps, 1, 3);
    assertThat(scores.deletion().get("best")).isCloseTo(0.05, within(1e-4));
    assertThat(scores.insertion().get("best")).isCloseTo(0.95, within(1e-4));
    // 13 patches, with the deciding one, are the first at half of the way.
    assertThat(scores.deletion().get("middle")).isCloseTo(0.45, within(1e-4));
    assertThat(scores.insertion().get("middle")).isCloseTo(0.55, within(1e-4));
    assertThat(scores.deletion().get("worst")).isCloseTo(0.95, within(1e-4));
    assertThat(scores.insertion().get("worst")).isCloseTo(0.05, within(1e-4));
    assertThat(scores.deletion().keySet()).containsExactly("best", "middle", "worst", "random");
  }

  @Test
  void chanceIsTheSameForASeedAndInTheMiddleOnAverage() {
    Faithfulness measure = new Faithfulness(SCORER, 8, 2, SIDE, SIDE, PATCH);
    double sum = 0;
    for (int seed = 0; seed < 200; seed++) {
      double deletion = measure.measure(image(), Map.of(), 1, seed).deletion().get("random");
      assertThat(measure.measure(image(), Map.of(), 1, seed).deletion())
          .containsEntry("random", deletion);
      sum += deletion;
    }
    assertThat(sum / 200).isCloseTo(0.5, within(0.06));
  }
}
