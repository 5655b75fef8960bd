package org.sparkvit.training.data;

import java.util.Comparator;
import java.util.List;
import org.sparkvit.training.loop.TrainingBackend;

/**
 * The images of a training.
 *
 * @param train the images to train on in the order of their ids, so that nothing depends on how
 *     they were read
 * @param validation the images to evaluate on, in the order of their ids
 * @param cache the pixels of both, sealed
 */
public record TrainingSet(List<Example> train, List<Example> validation, PixelCache cache) {
  public TrainingSet {
    train = train.stream().sorted(Comparator.comparing(Example::id)).toList();
    validation = validation.stream().sorted(Comparator.comparing(Example::id)).toList();
  }

  /** Returns the number of samples of an epoch. */
  public long samplesPerEpoch() {
    return train.stream().mapToLong(Example::copies).sum();
  }

  /** Returns a hash of the data, see {@link TrainingBackend#dataHash}. */
  public String hash() {
    long sum = 0;
    for (Example example : train) {
      sum += example.hash("train");
    }
    for (Example example : validation) {
      sum += example.hash("validation");
    }
    return Long.toHexString(sum);
  }

  /**
   * Returns the index of the class with the fewest train images, copies not counted. Of several it
   * is the first.
   */
  public int rarestClass(int classes) {
    long[] counts = new long[classes];
    train.forEach(example -> counts[example.label()]++);
    int rarest = 0;
    for (int c = 1; c < classes; c++) {
      if (counts[c] < counts[rarest]) {
        rarest = c;
      }
    }
    return rarest;
  }
}
