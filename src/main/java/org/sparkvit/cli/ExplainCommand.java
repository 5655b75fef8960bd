package org.sparkvit.cli;

import java.util.List;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.explain.ExplainConfig;
import org.sparkvit.pipeline.explain.ExplainStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spark-vit explain}. */
@Command(
    name = "explain",
    description = {
      "Shows where a model looked, for a sample of its predictions: confident mistakes, confident"
          + " right ones, uncertain ones,",
      "the hardest of each class. Attention of each layer and head, rollout, and attention weighted"
          + " by its gradient; deletion",
      "and insertion say how far each map can be trusted. Beside a mistake stand the images of the"
          + " train split most like it."
    })
final class ExplainCommand extends SparkCommand {
  @Option(
      names = "--model",
      paramLabel = "NAME|URI",
      defaultValue = "vit",
      description =
          "The model directory whose predictions are explained. Default: ${DEFAULT-VALUE}.")
  private String model;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description = "Where the sample is from. Default: test, or all images where there is none.")
  private String split;

  @Option(
      names = "--images",
      paramLabel = "N",
      defaultValue = "16",
      description =
          "Confident mistakes, as many confident right ones, as many uncertain ones. Default:"
              + " ${DEFAULT-VALUE}.")
  private int images;

  @Option(
      names = "--per-group",
      paramLabel = "N",
      defaultValue = "4",
      description =
          "Of each class those with the lowest probability of it, of each value of --slices the"
              + " confident mistakes. Default: ${DEFAULT-VALUE}.")
  private int perGroup;

  @Option(
      names = "--slices",
      split = ",",
      paramLabel = "COLUMN",
      description = "Columns of the images table, with commas between them. Default: none.")
  private List<String> slices = List.of();

  @Option(
      names = "--threshold",
      paramLabel = "P",
      description =
          "Uncertain is what has a probability of --positive near this. Default: what has two"
              + " classes of about the same probability.")
  private Double threshold;

  @Option(names = "--positive", paramLabel = "CLASS", description = "The class of --threshold.")
  private String positive;

  @Option(
      names = "--faithfulness",
      paramLabel = "N",
      defaultValue = "16",
      description =
          "Images to measure the maps on, which takes 74 forward passes each. Default:"
              + " ${DEFAULT-VALUE}.")
  private int faithfulness;

  @Option(
      names = "--nearest",
      paramLabel = "N",
      defaultValue = "3",
      description =
          "Images of the train split to show beside each mistake, those with the most alike"
              + " embeddings; of images that have none yet they are computed. 0 to 20. Default:"
              + " ${DEFAULT-VALUE}.")
  private int nearest;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu",
      defaultValue = "auto",
      description =
          "Where the model runs, in fp32; gpu fails at once where there is none. Default:"
              + " ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--batch-size",
      defaultValue = "8",
      description =
          "Images per pass; the attentions of all layers are kept for each. Default:"
              + " ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--decode-threads",
      defaultValue = "2",
      description = "Threads per task that read and decode. Default: ${DEFAULT-VALUE}.")
  private int decodeThreads;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace earlier explanations.")
  private boolean overwrite;

  @Mixin private AsOfOptions asOf;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    ExplainConfig config =
        new ExplainConfig(
            workspace(),
            model,
            split,
            images,
            perGroup,
            slices,
            positive,
            threshold,
            faithfulness,
            nearest,
            device,
            batchSize,
            decodeThreads,
            overwrite);
    return asOf.reading(new ExplainStage(config, progress)::run);
  }
}
