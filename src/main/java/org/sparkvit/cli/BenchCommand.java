package org.sparkvit.cli;

import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.bench.BenchConfig;
import org.sparkvit.bench.BenchStage;
import org.sparkvit.core.Progress;
import org.sparkvit.vit.ViTSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit bench}. */
@Command(
    name = "bench",
    description = {
      "Measures scoring on the images of a catalog: images/s end to end, of the model alone, and the ratio.",
      "Nothing in the workspace changes."
    })
final class BenchCommand extends StageCommand {
  @Option(
      names = "--sizes",
      split = ",",
      defaultValue = "tiny,base",
      description =
          "ViT sizes (tiny, small, base, large, huge), patch 16, 224 pixels. Default: ${DEFAULT-VALUE}.")
  private List<String> sizes;

  @Option(
      names = "--precisions",
      split = ",",
      defaultValue = "fp32,bf16",
      description = "Of fp32, bf16, fp16 (on GPUs) and int8 (on CPUs). Default: ${DEFAULT-VALUE}.")
  private List<String> precisions;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu",
      defaultValue = "auto",
      description = "Where the model runs. Default: ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--batch-size",
      defaultValue = "16",
      description = "Images per forward pass, a multiple of 16. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--decode-threads",
      defaultValue = "2",
      description = "Threads per task that read and decode. Default: ${DEFAULT-VALUE}.")
  private int decodeThreads;

  @Option(
      names = "--seconds",
      defaultValue = "60",
      description = "About how long one measurement takes. Default: ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--rounds",
      defaultValue = "3",
      description = "Measurements of each kind, taken in turn. Default: ${DEFAULT-VALUE}.")
  private int rounds;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    BenchConfig config =
        new BenchConfig(
            workspace(),
            sizes.stream().map(ViTSize::of).toList(),
            precisions,
            device,
            batchSize,
            decodeThreads,
            seconds,
            rounds);
    return new BenchStage(config, progress)::run;
  }
}
