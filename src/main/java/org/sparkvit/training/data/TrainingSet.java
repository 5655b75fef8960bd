package org.sparkvit.training.data;

import java.util.Comparator;
import java.util.List;
import org.sparkvit.training.loop.TrainingBackend;

/**
 * The images to learn from.
 *
 * @param train in the order of their ids, so that nothing depends on how they came here
 * @param validation likewise
 * @param cache their pixels, sealed
 */
public record TrainingSet(List<Example> train, List<Example> validation, PixelCache cache) {
  public TrainingSet {
    train = train.stream().sorted(Comparator.comparing(Example::id)).toList();
    validation = validation.stream().sorted(Comparator.comparing(Example::id)).toList();
  }

  /** Images shown in one epoch. */
  public long samplesPerEpoch() {
    return train.stream().mapToLong(Example::copies).sum();
  }

  /** See {@link TrainingBackend#dataHash}. */
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

  /** Class with the fewest train images, copies not counted; the first of several. */
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
