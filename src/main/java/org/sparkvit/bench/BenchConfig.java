package org.sparkvit.bench;

import java.util.List;
import org.sparkvit.core.UserException;
import org.sparkvit.score.ScoreConfig;
import org.sparkvit.vit.Precision;
import org.sparkvit.vit.ViTSize;

/**
 * Options of {@link BenchStage}.
 *
 * @param workspace URI of a workspace with a catalog; its images are what is scored
 * @param sizes ViT sizes to measure, with patches of 16 at 224 pixels
 * @param precisions precisions to measure
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param batchSize images per forward pass
 * @param decodeThreads threads per task that read and decode
 * @param seconds about how long one measurement takes
 * @param rounds measurements of each kind, taken in turn
 */
public record BenchConfig(
    String workspace,
    List<ViTSize> sizes,
    List<String> precisions,
    String device,
    int batchSize,
    int decodeThreads,
    int seconds,
    int rounds) {

  public BenchConfig {
    sizes = List.copyOf(sizes);
    precisions = List.copyOf(precisions);
    for (String precision : precisions) {
      if (!Precision.CHOICES.contains(precision)) {
        throw new UserException(
            "--precisions has '" + precision + "'; use some of " + Precision.CHOICES);
      }
    }
    if (!List.of("auto", "cpu", "gpu").contains(device)) {
      throw new UserException("--device is '" + device + "'; use auto, cpu or gpu");
    }
    ScoreConfig.requireBatchSize(batchSize);
    if (decodeThreads < 1 || seconds < 1 || rounds < 1) {
      throw new UserException("--decode-threads, --seconds and --rounds have to be 1 or more");
    }
  }
}
