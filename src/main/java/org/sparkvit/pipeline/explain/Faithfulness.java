package org.sparkvit.pipeline.explain;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.sparkvit.inference.BatchInference;

/**
 * How far a map says what the model goes by: the patches of its highest values are taken out of the
 * image, or put into an empty one, in {@value #STEPS} steps, and the class's probability is the
 * curve whose mean height counts (deletion and insertion, Petsiuk et al. 2018; there pixel by
 * pixel). What is taken out has the image's mean colour.
 */
final class Faithfulness {
  static final int STEPS = 10;

  /** An order by chance, which a map has to be better than. */
  static final String RANDOM = "random";

  private final Scorer scorer;
  private final int batchSize;
  private final int classes;
  private final int rows;
  private final int columns;
  private final int patchSize;
  private final ByteBuffer buffer;

  /** Logits of the first n images of a buffer. */
  @FunctionalInterface
  interface Scorer {
    float[] logits(ByteBuffer pixels, int n);
  }

  /**
   * Both measures by method.
   *
   * @param deletion mean probability, lower is better
   * @param insertion mean probability, higher is better
   */
  record Scores(Map<String, Double> deletion, Map<String, Double> insertion) {}

  /**
   * @param batchSize masked images per forward pass
   * @param classes logits of an image
   * @param rows patches of a column
   * @param columns patches of a row
   * @param patchSize pixels of a patch's side
   */
  Faithfulness(Scorer scorer, int batchSize, int classes, int rows, int columns, int patchSize) {
    this.scorer = scorer;
    this.batchSize = batchSize;
    this.classes = classes;
    this.rows = rows;
    this.columns = columns;
    this.patchSize = patchSize;
    this.buffer = ByteBuffer.allocateDirect(batchSize * rows * columns * patchSize * patchSize * 3);
  }

  /**
   * Measures the maps of an image, and {@link #RANDOM}.
   *
   * @param pixels {@code [rows * patchSize, columns * patchSize, 3]}
   * @param maps one value a patch, by method
   * @param target the class that was explained
   * @param seed of the random order
   */
  Scores measure(byte[] pixels, Map<String, float[]> maps, int target, long seed) {
    int patches = rows * columns;
    Map<String, int[]> orders = new LinkedHashMap<>();
    maps.forEach((method, map) -> orders.put(method, descending(map)));
    orders.put(RANDOM, shuffled(patches, seed));
    List<boolean[]> hidden = new ArrayList<>();
    hidden.add(new boolean[patches]);
    boolean[] all = new boolean[patches];
    Arrays.fill(all, true);
    hidden.add(all);
    for (int[] order : orders.values()) {
      for (int step = 1; step < STEPS; step++) {
        boolean[] first = new boolean[patches];
        boolean[] rest = all.clone();
        for (int i = 0; i < Math.round(step * patches / (double) STEPS); i++) {
          first[order[i]] = true;
          rest[order[i]] = false;
        }
        hidden.add(first);
        hidden.add(rest);
      }
    }
    double[] probabilities = probabilities(pixels, hidden, target);
    Map<String, Double> deletion = new LinkedHashMap<>();
    Map<String, Double> insertion = new LinkedHashMap<>();
    int next = 2;
    // The trapezoidal rule: the ends count half.
    double ends = (probabilities[0] + probabilities[1]) / 2;
    for (String method : orders.keySet()) {
      double deleted = ends;
      double inserted = ends;
      for (int step = 1; step < STEPS; step++) {
        deleted += probabilities[next++];
        inserted += probabilities[next++];
      }
      deletion.put(method, deleted / STEPS);
      insertion.put(method, inserted / STEPS);
    }
    return new Scores(deletion, insertion);
  }

  /** Places of the values, the highest first; of equal ones the first. */
  private static int[] descending(float[] map) {
    return IntStream.range(0, map.length)
        .boxed()
        .sorted((a, b) -> Float.compare(map[b], map[a]))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private static int[] shuffled(int n, long seed) {
    int[] order = IntStream.range(0, n).toArray();
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = n - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
    return order;
  }

  private double[] probabilities(byte[] pixels, List<boolean[]> hidden, int target) {
    byte[] mean = mean(pixels);
    double[] probabilities = new double[hidden.size()];
    for (int from = 0; from < hidden.size(); from += batchSize) {
      int n = Math.min(batchSize, hidden.size() - from);
      for (int i = 0; i < n; i++) {
        buffer.put(i * pixels.length, without(pixels, hidden.get(from + i), mean));
      }
      float[] logits = scorer.logits(buffer, n);
      for (int i = 0; i < n; i++) {
        probabilities[from + i] = BatchInference.softmax(logits, i, classes)[target];
      }
    }
    return probabilities;
  }

  private byte[] without(byte[] pixels, boolean[] hidden, byte[] mean) {
    byte[] masked = pixels.clone();
    int width = columns * patchSize;
    for (int i = 0; i < masked.length; i++) {
      int pixel = i / 3;
      int patch = pixel / width / patchSize * columns + pixel % width / patchSize;
      if (hidden[patch]) {
        masked[i] = mean[i % 3];
      }
    }
    return masked;
  }

  private static byte[] mean(byte[] pixels) {
    long[] sums = new long[3];
    for (int i = 0; i < pixels.length; i++) {
      sums[i % 3] += pixels[i] & 0xff;
    }
    byte[] mean = new byte[3];
    for (int channel = 0; channel < 3; channel++) {
      mean[channel] = (byte) Math.round(sums[channel] * 3.0 / pixels.length);
    }
    return mean;
  }
}
