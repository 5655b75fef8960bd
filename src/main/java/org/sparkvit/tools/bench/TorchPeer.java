package org.sparkvit.tools.bench;

import java.nio.file.Path;
import java.util.Map;

/**
 * Measures the same model in Python on pixels that are in memory.
 *
 * @param what {@link #MODEL} for the model alone on pixels that are on the device, which is what
 *     the device can do, or {@link #TRAINING} for eager training with fused AdamW and half
 *     precisions by autocast
 */
record TorchPeer(
    Python python,
    String what,
    Path model,
    String device,
    String precision,
    int batchSize,
    int cores,
    int seconds)
    implements Measurement {
  static final String MODEL = "model";
  static final String TRAINING = "training";

  static String name(String what, String precision) {
    return "PyTorch " + what + " " + precision;
  }

  @Override
  public String name() {
    return name(what, precision);
  }

  @Override
  public double imagesPerSecond() {
    return python
        .ask(
            Map.of(
                "peer",
                what,
                "model",
                model.toString(),
                "device",
                device,
                "precision",
                precision,
                "batch",
                batchSize,
                "cores",
                cores,
                "seconds",
                seconds))
        .path("images_per_second")
        .asDouble(Double.NaN);
  }
}
