package org.sparkvit.stats.metrics;

import java.util.List;

/**
 * All metrics of a set of scored images.
 *
 * @param confusion the counts of labels against predictions
 * @param probabilities the metrics of the probabilities themselves
 * @param rankings the ranking of each class against the rest, by class index
 */
public record Evaluation(
    ConfusionMatrix confusion,
    ProbabilityMetrics probabilities,
    List<RankingAccumulator> rankings) {
  public Evaluation {
    if (rankings.size() != confusion.classes()) {
      throw new IllegalArgumentException(
          rankings.size() + " rankings for " + confusion.classes() + " classes");
    }
    rankings = List.copyOf(rankings);
  }

  /** Returns the value of a metric, or NaN where it is undefined. */
  public double value(Metric metric) {
    return switch (metric) {
      case ACCURACY -> confusion.accuracy();
      case BALANCED_ACCURACY -> confusion.balancedAccuracy();
      case PRECISION_MACRO -> confusion.macroPrecision();
      case RECALL_MACRO -> confusion.macroRecall();
      case F1_MACRO -> confusion.macroF1();
      case PRECISION_WEIGHTED -> confusion.weightedPrecision();
      case RECALL_WEIGHTED -> confusion.weightedRecall();
      case F1_WEIGHTED -> confusion.weightedF1();
      case F1_MINORITY_WEIGHTED -> confusion.minorityWeightedF1();
      case MCC -> confusion.matthewsCorrelation();
      case COHEN_KAPPA -> confusion.cohenKappa();
      case LOG_LOSS -> probabilities.logLoss();
      case BRIER -> probabilities.brier();
      case TOP_2_ACCURACY -> probabilities.top2();
      case TOP_5_ACCURACY -> probabilities.top5();
      case ECE -> probabilities.expectedCalibrationError();
      case MCE -> probabilities.maximumCalibrationError();
      case ROC_AUC_MACRO -> macroRocAuc();
      case AVERAGE_PRECISION_MACRO -> macroAveragePrecision();
    };
  }

  /** Returns the value of a metric for one class, or NaN where it is undefined. */
  public double value(ClassMetric metric, int c) {
    return switch (metric) {
      case PRECISION -> confusion.precision(c);
      case RECALL -> confusion.recall(c);
      case F1 -> confusion.f1(c);
      case SUPPORT -> confusion.support(c);
      case ROC_AUC -> rankings.get(c).rocAuc();
      case AVERAGE_PRECISION -> rankings.get(c).averagePrecision();
    };
  }

  /**
   * Returns the mean ROC-AUC of the classes. Classes without images, or without images of other
   * classes, have no AUC and are left out.
   */
  private double macroRocAuc() {
    return rankings.stream()
        .mapToDouble(RankingAccumulator::rocAuc)
        .filter(auc -> !Double.isNaN(auc))
        .average()
        .orElse(Double.NaN);
  }

  /**
   * Returns the mean average precision of the classes. Classes without images are left out, as
   * their 0 says nothing about the model.
   */
  private double macroAveragePrecision() {
    return rankings.stream()
        .filter(r -> r.positives() > 0)
        .mapToDouble(RankingAccumulator::averagePrecision)
        .average()
        .orElse(Double.NaN);
  }
}
