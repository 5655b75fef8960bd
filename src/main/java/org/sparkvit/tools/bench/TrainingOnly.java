package org.sparkvit.tools.bench;

import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.training.loop.TrainingThroughput;

/** Measures training on the driver with pixels that are in memory. */
record TrainingOnly(Checkpoint start, String device, String precision, int batchSize, int seconds)
    implements Measurement {
  static String name(String precision) {
    return "train " + precision;
  }

  @Override
  public String name() {
    return name(precision);
  }

  @Override
  public double imagesPerSecond() {
    return TrainingThroughput.measure(start, device, precision, batchSize, seconds);
  }
}
