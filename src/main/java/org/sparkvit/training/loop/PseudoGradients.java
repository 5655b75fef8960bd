package org.sparkvit.training.loop;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The sum of the pseudo-gradients of the workers of a DiLoCo round. A worker's pseudo-gradient is
 * the weights before its steps less those after. The numbers are integers, multiples of a unit that
 * is set for the round, so that the sum is the same in whatever order Spark adds and takes four
 * bytes for a weight.
 */
final class PseudoGradients implements Serializable {
  /** Null while nothing was added. */
  private int[] sums;

  private double unit;
  private final List<WorkerFigures> figures = new ArrayList<>();

  /**
   * What else a worker says of its part of the round.
   *
   * @param worker its number
   * @param steps updates
   * @param images samples
   * @param weight sum of their weights
   * @param loss sum of weight times loss
   * @param norm sum of the gradients' norms
   * @param unreadable images of its share that could not be read
   */
  record WorkerFigures(
      int worker, int steps, long images, double weight, double loss, double norm, long unreadable)
      implements Serializable {}

  /**
   * Returns the unit for a round: a weight moves by at most this many units times 2<sup>31</sup>
   * over the number of workers.
   *
   * @param most what a weight may move at most
   */
  static double unit(double most, int workers) {
    return most * workers / Integer.MAX_VALUE;
  }

  /** Returns the pseudo-gradient of one worker: its weights before less its weights after. */
  static PseudoGradients of(
      float[] before, float[] after, double unit, int workers, WorkerFigures figures) {
    PseudoGradients pseudoGradients = new PseudoGradients();
    pseudoGradients.unit = unit;
    pseudoGradients.sums = new int[before.length];
    double most = (double) Integer.MAX_VALUE / workers;
    for (int i = 0; i < before.length; i++) {
      double units = Math.rint(((double) before[i] - after[i]) / unit);
      if (!(Math.abs(units) <= most)) {
        throw new IllegalStateException(
            "weight "
                + i
                + " went from "
                + before[i]
                + " to "
                + after[i]
                + ", further than AdamW can move it in a round");
      }
      pseudoGradients.sums[i] = (int) units;
    }
    pseudoGradients.figures.add(figures);
    return pseudoGradients;
  }

  /** Adds another's; this one is changed and returned. */
  PseudoGradients add(PseudoGradients other) {
    if (other.sums == null) {
      return this;
    }
    if (sums == null) {
      sums = other.sums;
      unit = other.unit;
    } else {
      for (int i = 0; i < sums.length; i++) {
        sums[i] += other.sums[i];
      }
    }
    figures.addAll(other.figures);
    return this;
  }

  /** Returns the mean of the workers' pseudo-gradients for one weight. */
  double mean(int weight) {
    return sums[weight] * unit / figures.size();
  }

  /** In the order of the workers' numbers. */
  List<WorkerFigures> figures() {
    return figures.stream().sorted(Comparator.comparingInt(WorkerFigures::worker)).toList();
  }
}
