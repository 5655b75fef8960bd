package org.sparkvit.training;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import org.sparkvit.core.StableHash;

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
  long showings() {
    return train.stream().mapToLong(Example::copies).sum();
  }

  /** Tells data sets apart: by ids, labels, weights, copies and split. */
  String hash() {
    StringBuilder text = new StringBuilder();
    for (List<Example> split : List.of(train, validation)) {
      for (Example example : split) {
        text.append(example.id())
            .append(' ')
            .append(example.label())
            .append(' ')
            .append(example.weight())
            .append(' ')
            .append(example.copies())
            .append('\n');
      }
      text.append('\n');
    }
    return StableHash.sha256(text.toString().getBytes(StandardCharsets.UTF_8));
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
