package org.sparkvit.stats.metrics;

import java.io.Serializable;

/** What becomes of the probability of one class. It never falls where the probability rises. */
public interface ClassCalibration extends Serializable {
  /** From 0 to 1, to 0 to 1. */
  double apply(double probability);
}
