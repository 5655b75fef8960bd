package org.sparkvit.cli;

import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.score.ScoreConfig;
import org.sparkvit.pipeline.score.ScoreStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit score}. */
@Command(
    name = "score",
    description = {
      "Scores every image of the catalog with a model, on the executors, and writes the predictions"
          + " table.",
      "A rerun scores only what is new, changed or not yet scored by this model, in this precision"
          + " where one is named."
    })
final class ScoreCommand extends SparkCommand {
  @Option(
      names = "--model",
      paramLabel = "NAME|URI",
      defaultValue = "vit",
      description =
          "A model of the workspace by name, or the URI of a Hugging Face model directory. Default:"
              + " ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu",
      defaultValue = "auto",
      description =
          "Where the model runs; gpu fails at once where there is none. Default: ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "auto|fp32|bf16|fp16|int8",
      defaultValue = "auto",
      description =
          "auto is bf16 on GPUs and on processors where it is faster, else fp32; fp16 is for GPUs,"
              + " int8 for CPUs. Default: ${DEFAULT-VALUE}.")
  private String precision;

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
      names = "--partitions",
      defaultValue = "0",
      description =
          "Spark partitions of a chunk; 0 chooses by cores and images. Default: ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--chunk-images",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "About how many images become visible together, which is also what a killed run loses at"
              + " most; 0 for what is scored in ten minutes. Default: ${DEFAULT-VALUE}.")
  private long chunkImages;

  @Option(
      names = "--max-error-rate",
      defaultValue = "0.5",
      description =
          "Stop, and publish no more, when a larger share of the images cannot be scored. Default:"
              + " ${DEFAULT-VALUE}.")
  private double maxErrorRate;

  @Option(
      names = "--scaled-decoding",
      fallbackValue = "true",
      description =
          "Decode JPEG files of at least four times the model's sides at a half, a quarter or an"
              + " eighth of their size: faster, and not the very same pixels; see"
              + " --agreement-sample. Needs libjpeg-turbo. A run without it scores again what was"
              + " scored like this.")
  private boolean scaledDecoding;

  @Option(
      names = "--retry-failed",
      fallbackValue = "true",
      description =
          "Try images again that could not be scored before; --max-error-rate does not apply.")
  private boolean retryFailed;

  @Option(
      names = "--agreement-sample",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Score N images in fp32 and of all their pixels as well, and say how many of them get the"
              + " same label. Default: ${DEFAULT-VALUE}.")
  private int agreementSample;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    ScoreConfig config =
        new ScoreConfig(
            workspace(),
            model,
            device,
            precision,
            batchSize,
            decodeThreads,
            partitions,
            chunkImages,
            maxErrorRate,
            scaledDecoding,
            retryFailed,
            agreementSample);
    return new ScoreStage(config, progress)::run;
  }
}
