package org.sparkvit.stats.metrics;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.sparkvit.core.StableHash;

/**
 * Accumulates the metrics of a set of images and of many resamples of it by the Poisson bootstrap
 * (Hanley and MacGibbon 2006). In each resample an image counts a number of times that is drawn
 * from its id alone. So the result does not depend on how the images are partitioned, and
 * accumulators are merged by adding up whole numbers.
 *
 * <p>Rankings are summed over {@value #RANGES} ranges of the scores' log-odds, within which scores
 * count as equal. That is near enough for how far a figure strays, not for the figure itself.
 */
public final class BootstrapAccumulator implements Serializable {
  private static final int RANGES = 1024;
  private static final LogOddsRanges LOG_ODDS = new LogOddsRanges(RANGES);

  /**
   * The unit in which losses are summed. One image adds at most 36, so the sum of a hundred million
   * images fits into a long.
   */
  private static final double LOSS_ONE = 0x1p30;

  /**
   * The cumulative probabilities of a Poisson distribution of mean 1: entry {@code k} is P(X &lt;=
   * k).
   */
  private static final double[] POISSON = poisson();

  private final int classes;
  private final boolean ranked;
  private final int size;
  private final Map<Integer, long[]> cells = new HashMap<>();
  private final Map<Integer, long[]> ranges = new HashMap<>();
  private final long[] loss;
  private final ProbabilityAccumulator sums;

  /**
   * Creates an accumulator that has seen no images.
   *
   * @param classes the number of classes: those of the model and those that only labels name
   * @param resamples the number of resamples, 0 or more
   * @param ranked whether ROC-AUC and average precision will be asked for
   */
  public BootstrapAccumulator(int classes, int resamples, boolean ranked) {
    this.classes = classes;
    this.ranked = ranked;
    this.size = resamples + 1;
    this.loss = new long[size];
    this.sums = new ProbabilityAccumulator(size);
  }

  private static double[] poisson() {
    double[] upTo = new double[20];
    double term = Math.exp(-1);
    for (int k = 0; k < upTo.length; k++) {
      upTo[k] = (k == 0 ? 0 : upTo[k - 1]) + term;
      term /= k + 1;
    }
    return upTo;
  }

  /**
   * Draws how often an image counts in each resample, from a Poisson distribution of mean 1.
   *
   * @param id the image's id, which alone decides what is drawn
   * @param weights receives the counts: 1 at index 0 for the images themselves, then one for each
   *     resample
   */
  public static void draw(String id, int[] weights) {
    long state = StableHash.hash64(0, "bootstrap", id);
    weights[0] = 1;
    for (int i = 1; i < weights.length; i++) {
      // SplitMix64 (Steele, Lea and Flood 2014).
      state += 0x9e3779b97f4a7c15L;
      long z = (state ^ (state >>> 30)) * 0xbf58476d1ce4e5b9L;
      z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
      double u = StableHash.uniform(z ^ (z >>> 31));
      int k = 0;
      while (k < POISSON.length && u >= POISSON[k]) {
        k++;
      }
      weights[i] = k;
    }
  }

  /**
   * Adds an image.
   *
   * @param probabilities the predicted probability of each class that the model knows
   * @param label the index of the true class
   * @param prediction the index of the predicted class
   * @param weights the counts that {@link #draw} gave for this image
   */
  public void add(float[] probabilities, int label, int prediction, int[] weights) {
    ProbabilityAccumulator.addTo(of(cells, label * classes + prediction), weights, 1);
    double given = label < probabilities.length ? probabilities[label] : 0;
    long lost = (long) Math.rint(LogLoss.of(given, LogLoss.FLOAT_EPSILON) * LOSS_ONE);
    ProbabilityAccumulator.addTo(loss, weights, lost);
    sums.add(probabilities, label, prediction == label, weights);
    if (ranked) {
      for (int c = 0; c < probabilities.length; c++) {
        int range = c * RANGES + LOG_ODDS.of(probabilities[c]);
        ProbabilityAccumulator.addTo(of(ranges, 2 * range + (c == label ? 1 : 0)), weights, 1);
      }
    }
  }

  private long[] of(Map<Integer, long[]> map, int key) {
    return map.computeIfAbsent(key, k -> new long[size]);
  }

  /** Adds the images of another accumulator of the same classes and resamples to this one. */
  public BootstrapAccumulator merge(BootstrapAccumulator other) {
    other.cells.forEach((key, counts) -> cells.merge(key, counts, ProbabilityAccumulator::sum));
    other.ranges.forEach((key, counts) -> ranges.merge(key, counts, ProbabilityAccumulator::sum));
    ProbabilityAccumulator.add(loss, other.loss);
    sums.merge(other.sums);
    return this;
  }

  /** Returns the sums over the images themselves, each counted once. */
  public ProbabilityAccumulator sums() {
    return sums;
  }

  /**
   * Returns the evaluation of the images themselves, each counted once. Its rankings are
   * approximate, as scores within a range count as equal; everything else is exact.
   */
  public Evaluation once() {
    return evaluation(0);
  }

  /**
   * Returns an interval at the 95 % level for each figure: the range that holds the middle 95 % of
   * its values in the resamples. Where a figure is undefined in more than half of the resamples,
   * both ends are NaN.
   *
   * @param figures the functions that compute the figures from an evaluation
   * @param exact the exact value of each figure, to which the intervals of rankings are moved
   * @param rankings whether each figure comes from a ranking, and so is only approximate here
   */
  public List<Interval> intervals(
      List<ToDoubleFunction<Evaluation>> figures, List<Double> exact, List<Boolean> rankings) {
    double[][] values = new double[figures.size()][size - 1];
    double[] coarse = new double[figures.size()];
    for (int i = 0; i < size; i++) {
      Evaluation evaluation = evaluation(i);
      for (int f = 0; f < values.length; f++) {
        double value = figures.get(f).applyAsDouble(evaluation);
        if (i == 0) {
          coarse[f] = value;
        } else {
          values[f][i - 1] = value;
        }
      }
    }
    List<Interval> intervals = new ArrayList<>();
    for (int f = 0; f < values.length; f++) {
      Interval interval = Interval.of(values[f]);
      intervals.add(rankings.get(f) ? interval.moved(coarse[f], exact.get(f)) : interval);
    }
    return intervals;
  }

  /**
   * Returns an interval at the 95 % level for each figure's difference: its value here less its
   * value in another model's accumulator. Both accumulators must have seen the same images with the
   * same weights.
   *
   * @param figures the functions that compute the figures from an evaluation
   */
  public List<Interval> differences(
      BootstrapAccumulator other, List<ToDoubleFunction<Evaluation>> figures) {
    double[][] values = new double[figures.size()][size - 1];
    for (int i = 1; i < size; i++) {
      Evaluation mine = evaluation(i);
      Evaluation theirs = other.evaluation(i);
      for (int f = 0; f < values.length; f++) {
        values[f][i - 1] =
            figures.get(f).applyAsDouble(mine) - figures.get(f).applyAsDouble(theirs);
      }
    }
    return Arrays.stream(values).map(each -> Interval.of(each)).toList();
  }

  /** Returns the evaluation of one resample, or that of the images themselves for 0. */
  Evaluation evaluation(int resample) {
    ConfusionMatrix confusion = new ConfusionMatrix(classes);
    cells.forEach(
        (cell, counts) -> confusion.add(cell / classes, cell % classes, counts[resample]));
    List<RankingAccumulator> rankings = new ArrayList<>();
    for (int c = 0; c < classes; c++) {
      RankingAccumulator ranking = new RankingAccumulator();
      for (int range = RANGES - 1; ranked && range >= 0; range--) {
        int key = 2 * (c * RANGES + range);
        ranking.add(count(key + 1, resample), count(key, resample));
      }
      rankings.add(ranking);
    }
    double lost =
        confusion.total() == 0 ? Double.NaN : loss[resample] / LOSS_ONE / confusion.total();
    return new Evaluation(confusion, sums.figures(resample, lost), rankings);
  }

  private long count(int key, int resample) {
    long[] counts = ranges.get(key);
    return counts == null ? 0 : counts[resample];
  }

  /** An interval from its lower to its upper end. Both ends are NaN where there is no interval. */
  public record Interval(double low, double high) {
    private static final double TAIL = 0.025;

    static Interval of(double[] values) {
      double[] defined = Arrays.stream(values).filter(v -> !Double.isNaN(v)).sorted().toArray();
      if (defined.length == 0 || 2 * defined.length < values.length) {
        return new Interval(Double.NaN, Double.NaN);
      }
      return new Interval(quantile(defined, TAIL), quantile(defined, 1 - TAIL));
    }

    /**
     * Moves the interval of a share by the distance between two values of that share. The distance
     * is taken between the arcsines of their square roots, on which scale the variance of a share
     * is the same everywhere (Anscombe 1948). So the interval becomes narrower near 0 and 1, and
     * never passes them.
     *
     * @param from the value that the interval belongs to, 0 to 1
     * @param to the value that the interval is moved to, 0 to 1
     */
    Interval moved(double from, double to) {
      double shift = angle(to) - angle(from);
      return new Interval(share(angle(low) + shift), share(angle(high) + shift));
    }

    private static double angle(double share) {
      return Math.asin(Math.sqrt(Math.max(0, Math.min(1, share))));
    }

    /** Inverts {@link #angle}. The result of NaN is NaN. */
    private static double share(double angle) {
      double sine = Math.sin(Math.max(0, Math.min(Math.PI / 2, angle)));
      return sine * sine;
    }

    /**
     * Returns a quantile as numpy's method {@code weibull} defines it. The interval is meant to
     * hold a further value, not the values that it was made from (Davison and Hinkley 1997, section
     * 5.2).
     */
    private static double quantile(double[] sorted, double share) {
      double rank = Math.max(0, Math.min(sorted.length - 1.0, share * (sorted.length + 1) - 1));
      int below = (int) Math.floor(rank);
      int above = (int) Math.ceil(rank);
      return sorted[below] + (rank - below) * (sorted[above] - sorted[below]);
    }
  }
}
