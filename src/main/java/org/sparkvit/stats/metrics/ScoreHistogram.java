package org.sparkvit.stats.metrics;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A histogram over the distinct scores of one class against the rest, the highest first. It has the
 * number of images of the class, and of other images, with each score. It is held in memory, so it
 * is for a validation set and not for the images of a whole cluster.
 */
public final class ScoreHistogram implements Serializable {
  private final double[] scores;
  private final long[] positives;
  private final long[] negatives;

  private ScoreHistogram(double[] scores, long[] positives, long[] negatives) {
    this.scores = scores;
    this.positives = positives;
    this.negatives = negatives;
  }

  /**
   * Counts images by score.
   *
   * @param scores the score of each image, any finite or infinite number
   * @param positive whether each image is of the class
   */
  public static ScoreHistogram of(double[] scores, boolean[] positive) {
    if (scores.length != positive.length) {
      throw new IllegalArgumentException(scores.length + " scores, " + positive.length + " labels");
    }
    double[] ups = new double[scores.length];
    double[] downs = new double[scores.length];
    int up = 0;
    int down = 0;
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i])) {
        throw new IllegalArgumentException("score " + i + " is NaN");
      }
      // Adding 0 turns -0 into 0, which would otherwise be two scores.
      double score = scores[i] + 0.0;
      if (positive[i]) {
        ups[up++] = score;
      } else {
        downs[down++] = score;
      }
    }
    return distinct(Arrays.copyOf(ups, up), true).plus(distinct(Arrays.copyOf(downs, down), false));
  }

  /**
   * Creates a histogram of scores that are counted already.
   *
   * @param scores the distinct scores, the highest first
   * @param positives the number of images of the class with each score
   * @param negatives the number of other images with each score
   */
  public static ScoreHistogram counted(double[] scores, long[] positives, long[] negatives) {
    for (int i = 0; i < scores.length; i++) {
      if (Double.isNaN(scores[i]) || (i > 0 && !(scores[i] < scores[i - 1]))) {
        throw new IllegalArgumentException("score " + i + " is out of order");
      }
    }
    return new ScoreHistogram(scores.clone(), positives.clone(), negatives.clone());
  }

  private static ScoreHistogram distinct(double[] scores, boolean positive) {
    Arrays.sort(scores);
    double[] distinct = new double[scores.length];
    long[] counts = new long[scores.length];
    int size = 0;
    for (int i = scores.length - 1; i >= 0; i--) {
      if (size == 0 || distinct[size - 1] != scores[i]) {
        distinct[size++] = scores[i];
      }
      counts[size - 1]++;
    }
    long[] count = Arrays.copyOf(counts, size);
    long[] none = new long[size];
    return new ScoreHistogram(
        Arrays.copyOf(distinct, size), positive ? count : none, positive ? none : count);
  }

  /** Returns the sum of this histogram and another one. */
  public ScoreHistogram plus(ScoreHistogram other) {
    int most = size() + other.size();
    double[] s = new double[most];
    long[] p = new long[most];
    long[] n = new long[most];
    int size = 0;
    for (int i = 0, j = 0; i < size() || j < other.size(); size++) {
      boolean mine = j == other.size() || (i < size() && scores[i] >= other.scores[j]);
      boolean theirs = i == size() || (j < other.size() && other.scores[j] >= scores[i]);
      if (mine) {
        s[size] = scores[i];
        p[size] += positives[i];
        n[size] += negatives[i++];
      }
      if (theirs) {
        s[size] = other.scores[j];
        p[size] += other.positives[j];
        n[size] += other.negatives[j++];
      }
    }
    return new ScoreHistogram(
        Arrays.copyOf(s, size), Arrays.copyOf(p, size), Arrays.copyOf(n, size));
  }

  /** Returns the number of distinct scores. */
  public int size() {
    return scores.length;
  }

  /**
   * Returns a distinct score.
   *
   * @param place the place of the score, from 0 for the highest
   */
  public double score(int place) {
    return scores[place];
  }

  /** Returns the number of images of the class that have the score at a place. */
  public long positives(int place) {
    return positives[place];
  }

  /** Returns the number of all images that have the score at a place. */
  public long images(int place) {
    return positives[place] + negatives[place];
  }

  /**
   * Returns the score of an image when all images are sorted from the lowest score to the highest.
   *
   * @param image the index of the image in that order
   */
  double ascending(long image) {
    long before = 0;
    int place = size();
    while (before <= image) {
      place--;
      before += images(place);
    }
    return scores[place];
  }

  /** Returns the sums from which ROC-AUC and average precision follow. */
  public RankingAccumulator sums() {
    RankingAccumulator sums = new RankingAccumulator();
    for (int i = 0; i < size(); i++) {
      sums.add(positives[i], negatives[i]);
    }
    return sums;
  }

  /**
   * Returns every operating point, from nothing flagged to everything flagged. There are {@code
   * size() + 1} points.
   */
  public List<CurvePoint> points() {
    long p = Arrays.stream(positives).sum();
    long n = Arrays.stream(negatives).sum();
    List<CurvePoint> points = new ArrayList<>(size() + 1);
    points.add(new CurvePoint(Double.POSITIVE_INFINITY, 0, 0, p, n));
    long tp = 0;
    long fp = 0;
    for (int i = 0; i < size(); i++) {
      tp += positives[i];
      fp += negatives[i];
      points.add(new CurvePoint(scores[i], tp, fp, p, n));
    }
    return points;
  }

  /**
   * Returns enough operating points to draw a curve: the first and the last of each {@link
   * CurvePoint#cell}.
   */
  public List<CurvePoint> drawnPoints() {
    List<CurvePoint> all = points();
    List<CurvePoint> drawn = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      boolean first = i == 0 || all.get(i - 1).cell() != all.get(i).cell();
      boolean last = i == all.size() - 1 || all.get(i + 1).cell() != all.get(i).cell();
      if (first || last) {
        drawn.add(all.get(i));
      }
    }
    return drawn;
  }
}
