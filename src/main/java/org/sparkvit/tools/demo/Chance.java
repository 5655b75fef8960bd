package org.sparkvit.tools.demo;

import java.awt.Color;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.sparkvit.core.StableHash;

/** The random choices of one picture. Not thread-safe: each picture has its own. */
final class Chance {
  private final SplittableRandom random;

  private Chance(SplittableRandom random) {
    this.random = random;
  }

  /**
   * The choices made for one purpose about one picture. They depend on nothing else, so pictures
   * can be drawn in any order and on any number of threads.
   */
  static Chance of(long seed, String purpose, int index) {
    return new Chance(
        new SplittableRandom(StableHash.hash64(seed, purpose, Integer.toString(index))));
  }

  /** A choice stream of its own, so that what is drawn from it does not move later choices. */
  Chance fork() {
    return new Chance(random.split());
  }

  /** Uniform in [low, high). */
  double between(double low, double high) {
    return low + (high - low) * random.nextDouble();
  }

  /** Uniform among low..high, both included. */
  int integer(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  long bits() {
    return random.nextLong();
  }

  double gaussian() {
    return random.nextGaussian();
  }

  /**
   * Close to a standard normal value, within 3.5: the sum of four uniform ones (Irwin-Hall), which
   * cost one draw together.
   */
  double bell() {
    long bits = random.nextLong();
    long sum = (bits & 0xFFFF) + (bits >>> 16 & 0xFFFF) + (bits >>> 32 & 0xFFFF) + (bits >>> 48);
    // Four uniform values of 16 bits have mean 2 * 65535 and variance 4 / 12 * 65536^2.
    return (sum - 2 * 65535) * (Math.sqrt(3) / 65536);
  }

  boolean flip(double probability) {
    return random.nextDouble() < probability;
  }

  @SafeVarargs
  final <T> T pick(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  <T> T pick(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** The index of a weight, chosen in proportion to the weights. */
  int weighted(double... weights) {
    double sum = 0;
    for (double w : weights) {
      sum += w;
    }
    double at = random.nextDouble() * sum;
    for (int i = 0; i < weights.length - 1; i++) {
      at -= weights[i];
      if (at < 0) {
        return i;
      }
    }
    return weights.length - 1;
  }

  /** Fisher-Yates. */
  void shuffle(List<?> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, random.nextInt(i + 1));
    }
  }

  /** Any hue, with saturation and brightness within the given bounds (0 to 1). */
  Color colour(double lowS, double highS, double lowB, double highB) {
    return Color.getHSBColor(
        (float) random.nextDouble(), (float) between(lowS, highS), (float) between(lowB, highB));
  }

  /**
   * A colour close to the given one; {@code spread} is the largest change per channel (0 to 255).
   */
  Color near(Color c, int spread) {
    return new Color(
        clamp(c.getRed() + integer(-spread, spread)),
        clamp(c.getGreen() + integer(-spread, spread)),
        clamp(c.getBlue() + integer(-spread, spread)));
  }

  private static int clamp(int v) {
    return Math.max(0, Math.min(255, v));
  }
}
