package org.sparkvit.training.data;

/**
 * The class probabilities that the model should predict: the label's class, with a little spread
 * over all classes.
 *
 * @param classes the number of classes, K
 * @param smoothing the share that is spread evenly over all classes, 0 to below 1
 */
public record Targets(int classes, double smoothing) {

  /**
   * Adds an image's label to its row.
   *
   * @param label the index of the class
   * @param share the share of this label in the image, 1 where it has no other
   * @param targets the targets, {@code [n, K]}
   * @param row the index of the image's row
   */
  void add(int label, double share, float[] targets, int row) {
    int first = row * classes;
    for (int c = 0; c < classes; c++) {
      targets[first + c] +=
          (float) (share * ((c == label ? 1 - smoothing : 0) + smoothing / classes));
    }
  }
}
