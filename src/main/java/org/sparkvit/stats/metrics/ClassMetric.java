package org.sparkvit.stats.metrics;

/** A number that judges one class, under the name it has in tables. */
public enum ClassMetric {
  PRECISION("precision"),
  RECALL("recall"),
  F1("f1"),
  SUPPORT("support"),
  /** The area under the ROC curve of this class against all others. */
  ROC_AUC("roc_auc"),
  /** The average precision of this class against all others. */
  AVERAGE_PRECISION("average_precision");

  private final String label;

  ClassMetric(String label) {
    this.label = label;
  }

  /** Returns the name in tables. */
  public String label() {
    return label;
  }
}
