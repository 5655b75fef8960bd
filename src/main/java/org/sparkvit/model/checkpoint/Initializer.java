package org.sparkvit.model.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Draws fresh weights, which are the same on every machine. */
final class Initializer {
  private Initializer() {}

  static Tensor draw(ViTConfig config, String key, List<Long> shape, long seed) {
    float[] values = new float[Math.toIntExact(Tensor.elements(shape))];
    if (key.endsWith(".lambda1")) {
      Arrays.fill(values, 1);
    } else if (key.contains("norm")) {
      Arrays.fill(values, key.endsWith(".weight") ? 1 : 0);
    } else if (!key.endsWith(".bias")) {
      fillTruncatedNormal(values, config.initializerRange(), streamSeed(key, seed));
    }
    return Tensor.of(values, shape);
  }

  /**
   * Fills an array by Marsaglia's polar method on SplitMix64. It uses StrictMath, as Math may
   * differ between processors.
   */
  private static void fillTruncatedNormal(float[] values, double std, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int filled = 0;
    while (filled < values.length) {
      double u = 2 * random.nextDouble() - 1;
      double v = 2 * random.nextDouble() - 1;
      double s = u * u + v * v;
      if (s >= 1 || s == 0) {
        continue;
      }
      double factor = std * StrictMath.sqrt(-2 * StrictMath.log(s) / s);
      filled = accept(values, filled, u * factor);
      filled = accept(values, filled, v * factor);
    }
  }

  /**
   * Adds a value unless it is truncated, and returns the new number of values. Hugging Face
   * truncates at the absolute values -2 and 2, not at two standard deviations.
   */
  private static int accept(float[] values, int filled, double value) {
    if (filled == values.length || Math.abs(value) > 2) {
      return filled;
    }
    values[filled] = (float) value;
    return filled + 1;
  }

  /** Returns the seed of a tensor's random stream: FNV-1a of its name, mixed with the seed. */
  private static long streamSeed(String key, long seed) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : key.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return new SplittableRandom(seed).nextLong() ^ hash;
  }
}
