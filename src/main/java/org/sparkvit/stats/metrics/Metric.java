package org.sparkvit.stats.metrics;

/** A number that judges a set of images as a whole, under the name it has in tables. */
public enum Metric {
  ACCURACY("accuracy", true),
  BALANCED_ACCURACY("balanced_accuracy", true),
  PRECISION_MACRO("precision_macro", true),
  RECALL_MACRO("recall_macro", true),
  F1_MACRO("f1_macro", true),
  PRECISION_WEIGHTED("precision_weighted", true),
  RECALL_WEIGHTED("recall_weighted", true),
  F1_WEIGHTED("f1_weighted", true),
  F1_MINORITY_WEIGHTED("f1_minority_weighted", true),
  MCC("mcc", true),
  COHEN_KAPPA("cohen_kappa", true),
  LOG_LOSS("log_loss", false),
  BRIER("brier", false),
  TOP_2_ACCURACY("top_2_accuracy", true),
  TOP_5_ACCURACY("top_5_accuracy", true),
  ECE("ece", false),
  MCE("mce", false),
  ROC_AUC_MACRO("roc_auc_macro", true),
  AVERAGE_PRECISION_MACRO("average_precision_macro", true);

  private final String label;
  private final boolean higherIsBetter;

  Metric(String label, boolean higherIsBetter) {
    this.label = label;
    this.higherIsBetter = higherIsBetter;
  }

  /** Returns the name in tables. Options write it with dashes. */
  public String label() {
    return label;
  }

  /** Returns whether higher values of the metric are better. */
  public boolean higherIsBetter() {
    return higherIsBetter;
  }

  /**
   * Returns whether a value is better than another. NaN is better than nothing, and any number is
   * better than NaN.
   */
  public boolean isBetter(double value, double than) {
    if (Double.isNaN(value) || Double.isNaN(than)) {
      return !Double.isNaN(value);
    }
    return higherIsBetter ? value > than : value < than;
  }
}
