package org.sparkvit.stats.metrics;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes the metrics of a validation set in one JVM. It keeps all probabilities, because a
 * ranking needs them: 4 bytes for each image and class.
 */
public final class ClassificationEvaluator implements Serializable {
  private final ConfusionMatrix confusion;
  private final LogLoss logLoss = LogLoss.ofFloats();
  private final ProbabilityAccumulator sums = new ProbabilityAccumulator();
  private final List<float[]> probabilities = new ArrayList<>();
  private final List<Integer> labels = new ArrayList<>();

  public ClassificationEvaluator(int classes) {
    confusion = new ConfusionMatrix(classes);
  }

  /**
   * Adds one image. The prediction is the class with the highest probability, or the first of
   * several that have it.
   *
   * @param label the index of the true class
   * @param scores the probability of each class; the array is kept, so the caller must not
   *     overwrite it
   */
  public void add(int label, float[] scores) {
    if (scores.length != confusion.classes()) {
      throw new IllegalArgumentException(
          scores.length + " probabilities for " + confusion.classes() + " classes");
    }
    logLoss.add(scores[label]);
    int prediction = argmax(scores);
    confusion.add(label, prediction);
    sums.add(scores, label, prediction == label);
    probabilities.add(scores);
    labels.add(label);
  }

  public void merge(ClassificationEvaluator other) {
    confusion.merge(other.confusion);
    logLoss.merge(other.logLoss);
    sums.merge(other.sums);
    probabilities.addAll(other.probabilities);
    labels.addAll(other.labels);
  }

  /** Returns the evaluation of the images added so far. */
  public Evaluation evaluation() {
    List<RankingAccumulator> rankings = new ArrayList<>();
    for (int c = 0; c < confusion.classes(); c++) {
      rankings.add(ranking(c).sums());
    }
    ConfusionMatrix counts = new ConfusionMatrix(confusion.classes());
    counts.merge(confusion);
    return new Evaluation(counts, sums.figures(logLoss.value()), rankings);
  }

  /** Returns the scores of one class against the rest. */
  public ScoreHistogram ranking(int c) {
    double[] scores = new double[labels.size()];
    boolean[] positive = new boolean[labels.size()];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = probabilities.get(i)[c];
      positive[i] = labels.get(i) == c;
    }
    return ScoreHistogram.of(scores, positive);
  }

  private static int argmax(float[] scores) {
    int best = 0;
    for (int c = 1; c < scores.length; c++) {
      if (scores[c] > scores[best]) {
        best = c;
      }
    }
    return best;
  }
}
