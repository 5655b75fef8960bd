package org.sparkvit.dataset.neighbors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.sparkvit.image.hash.PdqHash;

class SimHashTest {
  /** Two directions at an angle of a cosine. */
  private static float[][] pair(Random random, int size, double cosine) {
    double[] a = random.doubles(size, -1, 1).toArray();
    double[] b = random.doubles(size, -1, 1).toArray();
    double lengthA = Math.sqrt(dot(a, a));
    double along = dot(a, b) / (lengthA * lengthA);
    for (int i = 0; i < size; i++) {
      b[i] -= along * a[i];
    }
    double lengthB = Math.sqrt(dot(b, b));
    float[][] pair = new float[2][size];
    for (int i = 0; i < size; i++) {
      pair[0][i] = (float) (a[i] / lengthA);
      pair[1][i] =
          (float) (cosine * a[i] / lengthA + Math.sqrt(1 - cosine * cosine) * b[i] / lengthB);
    }
    return pair;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static int distance(float[][] pair) {
    return PdqHash.distance(
        PdqHash.bits(SimHash.hash(pair[0])), PdqHash.bits(SimHash.hash(pair[1])));
  }

  @Test
  void asManyBitsDifferAsTheAngleSays() {
    Random random = new Random(1);
    for (double cosine : new double[] {0.99, 0.96, 0.8, 0}) {
      double expected = 256 * Math.acos(cosine) / Math.PI;
      double sum = 0;
      int reached = 0;
      for (int i = 0; i < 400; i++) {
        int distance = distance(pair(random, 96, cosine));
        sum += distance;
        reached += distance <= SimHash.reach(cosine) ? 1 : 0;
      }
      assertThat(sum / 400).as("cosine " + cosine).isCloseTo(expected, within(1.5));
      assertThat(reached).isGreaterThanOrEqualTo(398);
    }
    assertThat(distance(pair(random, 96, 1))).isZero();
  }

  @Test
  void recallGrowsWithTheCosine() {
    assertThat(SimHash.recall(0.96)).isBetween(0.96, 0.975);
    assertThat(SimHash.recall(0.99)).isBetween(SimHash.recall(0.96), 1.0);
    assertThat(SimHash.recall(0.9)).isLessThan(SimHash.recall(0.96));
    assertThat(SimHash.reach(0.96)).isEqualTo(42);
  }
}
