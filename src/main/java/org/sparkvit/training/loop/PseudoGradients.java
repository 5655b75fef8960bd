package org.sparkvit.training.loop;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The sum of the pseudo-gradients of the workers of a DiLoCo round. A worker's pseudo-gradient is
 * its weights before its steps less its weights after them. The numbers are integers, multiples of
 * a unit that is set for the round. So the sum is the same in whatever order Spark adds, and takes
 * four bytes for each weight.
 */
final class PseudoGradients implements Serializable {
  /** The sums, one for each weight, or null while nothing was added. */
  private int[] sums;

  private double unit;
  private final List<WorkerFigures> figures = new ArrayList<>();

  /**
   * The statistics of a worker's part of the round.
   *
   * @param worker the number of the worker
   * @param steps the number of updates
   * @param images the number of samples
   * @param weight the sum of the samples' weights
   * @param loss the sum of weight times loss
   * @param norm the sum of the gradients' norms
   * @param unreadable the number of the worker's images that could not be read
   */
  record WorkerFigures(
      int worker, int steps, long images, double weight, double loss, double norm, long unreadable)
      implements Serializable {}

  /**
   * Returns the unit for a round. A weight changes by at most this many units times 2<sup>31</sup>
   * over the number of workers.
   *
   * @param most the bound on the change of a weight
   */
  static double unit(double most, int workers) {
    return most * workers / Integer.MAX_VALUE;
  }

  /**
   * Returns the pseudo-gradient of one worker: its weights before less its weights after.
   *
   * @param before the weights before the worker's steps
   * @param after the weights after the worker's steps
   * @param unit the unit of the round
   */
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

  /** Adds another sum to this one, and returns this one. */
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

  /** Returns the statistics of the workers in the order of their numbers. */
  List<WorkerFigures> figures() {
    return figures.stream().sorted(Comparator.comparingInt(WorkerFigures::worker)).toList();
  }
}
