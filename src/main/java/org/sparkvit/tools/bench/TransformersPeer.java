package org.sparkvit.tools.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Measures Hugging Face transformers on the same files and weights, with the better of two batch
 * sizes.
 */
record TransformersPeer(
    Python python,
    Path model,
    List<String> files,
    String device,
    String precision,
    int cores,
    int seconds)
    implements Measurement {
  private static final List<Integer> BATCHES = List.of(8, 32);
  private static final List<Integer> GPU_BATCHES = List.of(32, 128);

  static String name(String precision) {
    return "transformers " + precision;
  }

  @Override
  public String name() {
    return name(precision);
  }

  @Override
  public double imagesPerSecond() {
    List<Integer> batches = device.equals("gpu") ? GPU_BATCHES : BATCHES;
    return batches.stream().mapToDouble(this::imagesPerSecond).max().orElseThrow();
  }

  private double imagesPerSecond(int batch) {
    return python
        .ask(
            Map.of(
                "peer",
                "transformers",
                "model",
                model.toString(),
                "files",
                files,
                "device",
                device,
                "precision",
                precision,
                "batch",
                batch,
                "cores",
                cores,
                "seconds",
                seconds))
        .path("images_per_second")
        .asDouble(Double.NaN);
  }
}
