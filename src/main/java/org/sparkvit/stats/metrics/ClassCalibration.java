package org.sparkvit.stats.metrics;

import java.io.Serializable;

/** A calibration curve for the probability of one class. It never falls. */
public interface ClassCalibration extends Serializable {
  /** Maps a probability of the class, 0 to 1, to the calibrated one, 0 to 1. */
  double apply(double probability);
}
