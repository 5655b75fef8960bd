package org.sparkvit.stats.metrics;

import java.util.Collections;
import java.util.List;

/**
 * A calibration curve of straight lines between points that never fall (Zadrozny and Elkan 2002).
 * It is constant outside of the points.
 *
 * @param from the probabilities of the points as scored, rising
 * @param to the calibrated probability of each point, 0 to 1, never falling
 */
public record IsotonicScaling(List<Double> from, List<Double> to) implements ClassCalibration {
  public IsotonicScaling {
    from = List.copyOf(from);
    to = List.copyOf(to);
    if (from.isEmpty() || from.size() != to.size()) {
      throw new IllegalArgumentException(from.size() + " points, " + to.size() + " values");
    }
  }

  @Override
  public double apply(double probability) {
    int at = Collections.binarySearch(from, probability);
    if (at >= 0) {
      return to.get(at);
    }
    int next = -at - 1;
    if (next == 0) {
      return to.get(0);
    }
    if (next == from.size()) {
      return to.get(next - 1);
    }
    double share = (probability - from.get(next - 1)) / (from.get(next) - from.get(next - 1));
    return to.get(next - 1) + share * (to.get(next) - to.get(next - 1));
  }
}
