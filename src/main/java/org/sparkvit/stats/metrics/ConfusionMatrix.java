package org.sparkvit.stats.metrics;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.TreeMap;
import java.util.function.IntToDoubleFunction;

/**
 * A confusion matrix: the number of images of each class that were predicted as each class. It
 * computes metrics from these counts.
 *
 * <p>Cells are kept sparsely and the marginal counts beside them, so thousands of classes fit. All
 * values are scikit-learn's. Metrics over all classes are NaN while there are no images.
 */
public final class ConfusionMatrix implements Serializable {
  private final long[] correct;
  private final long[] support;
  private final long[] predicted;
  private final TreeMap<Long, Long> cells = new TreeMap<>();
  private long total;

  /**
   * Creates an empty matrix.
   *
   * @param classes the number of classes, at least 1
   */
  public ConfusionMatrix(int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException("no classes");
    }
    correct = new long[classes];
    support = new long[classes];
    predicted = new long[classes];
  }

  /** Receives the cells that are not zero. */
  @FunctionalInterface
  public interface CellVisitor {
    void cell(int actual, int predicted, long count);
  }

  public void add(int actual, int prediction) {
    add(actual, prediction, 1);
  }

  public void add(int actual, int prediction, long count) {
    if (count < 0) {
      throw new IllegalArgumentException("negative count: " + count);
    }
    support[actual] = Math.addExact(support[actual], count);
    predicted[prediction] += count;
    total = Math.addExact(total, count);
    if (actual == prediction) {
      correct[actual] += count;
    }
    if (count > 0) {
      cells.merge((long) actual * classes() + prediction, count, Long::sum);
    }
  }

  public void merge(ConfusionMatrix other) {
    if (other.classes() != classes()) {
      throw new IllegalArgumentException(
          "matrices of " + classes() + " and " + other.classes() + " classes");
    }
    other.forEach(this::add);
  }

  /** Visits the non-zero cells, by actual class, then by predicted class. */
  public void forEach(CellVisitor visitor) {
    cells.forEach(
        (key, count) -> visitor.cell((int) (key / classes()), (int) (key % classes()), count));
  }

  public int classes() {
    return correct.length;
  }

  /** Returns the number of images in the matrix. */
  public long total() {
    return total;
  }

  public long cell(int actual, int prediction) {
    return cells.getOrDefault((long) actual * classes() + prediction, 0L);
  }

  /** Returns the number of images whose true class is {@code c}. */
  public long support(int c) {
    return support[c];
  }

  /** Returns the number of images that were predicted as class {@code c}. */
  public long predicted(int c) {
    return predicted[c];
  }

  /**
   * Returns the share of correct ones among the images predicted as class {@code c}, or 0 if there
   * were none.
   */
  public double precision(int c) {
    return ratio(correct[c], predicted[c]);
  }

  /**
   * Returns the share of correct ones among the images of class {@code c}, or 0 if there were none.
   */
  public double recall(int c) {
    return ratio(correct[c], support[c]);
  }

  /**
   * Returns the harmonic mean of precision and recall, or 0 if the class was neither seen nor
   * predicted.
   */
  public double f1(int c) {
    return ratio(2 * correct[c], support[c] + predicted[c]);
  }

  public double accuracy() {
    long right = 0;
    for (long count : correct) {
      right += count;
    }
    return total == 0 ? Double.NaN : ratio(right, total);
  }

  /** Returns the mean recall of the classes that have images. */
  public double balancedAccuracy() {
    return average(this::recall, c -> support[c] > 0 ? 1 : 0);
  }

  public double macroPrecision() {
    return macro(this::precision);
  }

  public double macroRecall() {
    return macro(this::recall);
  }

  public double macroF1() {
    return macro(this::f1);
  }

  public double weightedPrecision() {
    return average(this::precision, c -> support[c]);
  }

  public double weightedRecall() {
    return average(this::recall, c -> support[c]);
  }

  /**
   * Returns the mean F1 weighted by the number of images of each class, as scikit-learn's {@code
   * average="weighted"} does. The majority classes count most.
   */
  public double weightedF1() {
    return average(this::f1, c -> support[c]);
  }

  /**
   * Returns the mean F1 weighted by N / (K n<sub>c</sub>), normalised to sum 1 over the K classes
   * that have images. The minority classes count most.
   */
  public double minorityWeightedF1() {
    return average(this::f1, c -> support[c] > 0 ? 1.0 / support[c] : 0);
  }

  /**
   * Returns the Matthews correlation coefficient for any number of classes (Gorodkin 2004,
   * R<sub>K</sub>), in [-1, 1]. It is 0 where only one class was seen or predicted.
   */
  public double matthewsCorrelation() {
    if (total == 0) {
      return Double.NaN;
    }
    BigInteger right = BigInteger.ZERO;
    BigInteger crossed = BigInteger.ZERO;
    BigInteger seen = BigInteger.ZERO;
    BigInteger guessed = BigInteger.ZERO;
    for (int c = 0; c < classes(); c++) {
      BigInteger t = BigInteger.valueOf(support[c]);
      BigInteger p = BigInteger.valueOf(predicted[c]);
      right = right.add(BigInteger.valueOf(correct[c]));
      crossed = crossed.add(t.multiply(p));
      seen = seen.add(t.multiply(t));
      guessed = guessed.add(p.multiply(p));
    }
    // The numbers are exact until here, as with a rare class the differences are tiny beside their
    // terms.
    BigInteger n = BigInteger.valueOf(total);
    double covariance = right.multiply(n).subtract(crossed).doubleValue();
    double variance = n.multiply(n).subtract(seen).doubleValue();
    double guessVariance = n.multiply(n).subtract(guessed).doubleValue();
    double scale = Math.sqrt(variance) * Math.sqrt(guessVariance);
    return scale == 0 ? 0 : covariance / scale;
  }

  /**
   * Returns Cohen's kappa, the agreement of labels and predictions beyond chance. It is at most 1,
   * and NaN where chance alone always agrees.
   */
  public double cohenKappa() {
    BigInteger right = BigInteger.ZERO;
    BigInteger crossed = BigInteger.ZERO;
    for (int c = 0; c < classes(); c++) {
      right = right.add(BigInteger.valueOf(correct[c]));
      crossed =
          crossed.add(BigInteger.valueOf(support[c]).multiply(BigInteger.valueOf(predicted[c])));
    }
    BigInteger n = BigInteger.valueOf(total);
    return right.multiply(n).subtract(crossed).doubleValue()
        / n.multiply(n).subtract(crossed).doubleValue();
  }

  private double macro(IntToDoubleFunction value) {
    return average(value, c -> support[c] + predicted[c] > 0 ? 1 : 0);
  }

  private double average(IntToDoubleFunction value, IntToDoubleFunction weight) {
    double sum = 0;
    double weights = 0;
    for (int c = 0; c < classes(); c++) {
      double w = weight.applyAsDouble(c);
      sum += w * value.applyAsDouble(c);
      weights += w;
    }
    return sum / weights;
  }

  private static double ratio(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
