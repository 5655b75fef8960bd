package org.sparkvit.stats.metrics;

/** A number that judges one class, under the name it has in tables. */
public enum ClassMetric {
  PRECISION("precision"),
  RECALL("recall"),
  F1("f1"),
  SUPPORT("support"),
  /** One class against the rest. */
  ROC_AUC("roc_auc"),
  /** One class against the rest. */
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
