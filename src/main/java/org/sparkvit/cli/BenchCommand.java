package org.sparkvit.cli;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.tools.bench.BenchConfig;
import org.sparkvit.tools.bench.BenchStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit bench}. */
@Command(
    name = "bench",
    description = {
      "Measures images/s of reading and decoding, of the model, of scoring as a whole, and of what"
          + " others have for the same,",
      "on the images of a catalog or on made ones, and prints the ratios. Nothing in the workspace"
          + " changes."
    })
final class BenchCommand extends SparkCommand {
  @Option(
      names = "--made-images",
      split = ",",
      paramLabel = "WIDTHxHEIGHT",
      description =
          "Draw JPEG files of these sizes and measure with them instead of the catalog's images,"
              + " e.g. 500x375,1920x1080.")
  private List<String> madeImages = List.of();

  @Option(
      names = "--measure",
      split = ",",
      defaultValue = "decode,pipeline,pillow,model,score,djl,transformers",
      description =
          "What to measure: decode (reading and decoding), pipeline (scoring without the model),"
              + " scaled (the same with score's --scaled-decoding), pillow (the same in Pillow),"
              + " audit (its pass over the pixels), checks (CleanVision's checks in Pillow and"
              + " numpy), model (the model alone), torch (the same model alone in Python), score"
              + " (all), djl (a plain DJL job), transformers (Hugging Face), train (training,"
              + " beside PyTorch's in Python; needs no images), crowded (training alone and beside"
              + " one endless loop a core). Default: ${DEFAULT-VALUE}.")
  private List<String> measures;

  @Option(
      names = "--python",
      paramLabel = "PATH",
      description =
          "Python with Pillow, and with torch and transformers, to compare with. Default: the"
              + " variable SPARK_VIT_PYTHON.")
  private String python;

  @Option(
      names = "--sizes",
      split = ",",
      defaultValue = "base",
      description =
          "ViT sizes (tiny, small, base, large, huge), patch 16, 224 pixels. Default:"
              + " ${DEFAULT-VALUE}.")
  private List<String> sizes;

  @Option(
      names = "--train-from",
      split = ",",
      paramLabel = "MODEL",
      description =
          "Folders of models on this machine to measure training with instead of --sizes.")
  private List<String> trainFrom = List.of();

  @Option(
      names = "--precisions",
      split = ",",
      defaultValue = "fp32,bf16,int8",
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
      defaultValue = "30",
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
            madeImages,
            measures,
            sizes.stream().map(ViTSize::of).toList(),
            trainFrom,
            precisions,
            device,
            batchSize,
            decodeThreads,
            seconds,
            rounds,
            Optional.ofNullable(python == null ? System.getenv("SPARK_VIT_PYTHON") : python)
                .filter(name -> !name.isBlank()));
    return new BenchStage(config, progress)::run;
  }
}
