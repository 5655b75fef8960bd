package org.sparkvit.training.data;

/**
 * What the model should say of images: the label's class, a little of all classes.
 *
 * @param classes number of classes, K
 * @param smoothing share that is spread evenly over all classes
 */
public record Targets(int classes, double smoothing) {

  /**
   * Adds an image's label to its row.
   *
   * @param share of this label in the image, 1 where it has no other
   * @param targets {@code [n, K]}
   */
  void add(int label, double share, float[] targets, int row) {
    int first = row * classes;
    for (int c = 0; c < classes; c++) {
      targets[first + c] +=
          (float) (share * ((c == label ? 1 - smoothing : 0) + smoothing / classes));
    }
  }
}
