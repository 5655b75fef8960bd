package org.sparkvit.tools.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.sparkvit.core.UserException;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.pipeline.score.ScoreConfig;

/**
 * Options of {@link BenchStage}.
 *
 * @param workspace URI of a workspace with a catalog, whose images are measured with; or, with
 *     {@code madeImages}, of any folder
 * @param madeImages sizes of images to draw and measure with instead, as {@code WIDTHxHEIGHT}
 * @param measures what to measure, of {@link #MEASURES}
 * @param sizes ViT sizes to measure, with patches of 16 at 224 pixels
 * @param trainFrom local model directories to measure training with instead of {@code sizes}
 * @param precisions precisions to measure
 * @param device {@code auto}, {@code cpu} or {@code gpu}
 * @param batchSize images per forward pass
 * @param decodeThreads threads per task that read and decode
 * @param seconds about how long one measurement takes
 * @param rounds measurements of each kind, taken in turn
 * @param python interpreter for Pillow and transformers
 */
public record BenchConfig(
    String workspace,
    List<String> madeImages,
    List<String> measures,
    List<ViTSize> sizes,
    List<String> trainFrom,
    List<String> precisions,
    String device,
    int batchSize,
    int decodeThreads,
    int seconds,
    int rounds,
    Optional<String> python) {
  /** All that can be measured. */
  public static final List<String> MEASURES =
      List.of(
          "decode",
          "pipeline",
          "scaled",
          "pillow",
          "audit",
          "checks",
          "model",
          "torch",
          "score",
          "djl",
          "transformers",
          "train",
          BenchStage.CROWDED);

  public BenchConfig {
    madeImages = List.copyOf(madeImages);
    madeImages.forEach(MadeImages::parse);
    measures = List.copyOf(measures);
    sizes = List.copyOf(sizes);
    trainFrom = List.copyOf(trainFrom);
    precisions = List.copyOf(precisions);
    for (String measure : measures) {
      if (!MEASURES.contains(measure)) {
        throw new UserException("--measure has '" + measure + "'; use some of " + MEASURES);
      }
    }
    for (String model : trainFrom) {
      if (!Files.isDirectory(Path.of(model))) {
        throw new UserException(
            "--train-from has '" + model + "', which is no folder on this machine");
      }
    }
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
