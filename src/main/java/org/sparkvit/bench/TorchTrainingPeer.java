package org.sparkvit.bench;

import java.nio.file.Path;
import java.util.Map;

/** PyTorch training the same model in Python: eager, in bf16 under autocast, fused AdamW. */
record TorchTrainingPeer(
    Python python, Path model, String precision, int batchSize, int cores, int seconds)
    implements Measurement {
  static String name(String precision) {
    return "PyTorch training " + precision;
  }

  @Override
  public String name() {
    return name(precision);
  }

  @Override
  public double imagesPerSecond() {
    return python
        .ask(
            Map.of(
                "peer",
                "training",
                "model",
                model.toString(),
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
