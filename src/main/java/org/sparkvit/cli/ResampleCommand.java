package org.sparkvit.cli;

import java.util.Locale;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.pipeline.resample.ResampleConfig;
import org.sparkvit.pipeline.resample.ResampleStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spark-vit resample}. */
@Command(
    name = "resample",
    description = {
      "Makes up embeddings of rare classes between those of their images, and finds images of large"
          + " classes that stand",
      "among others, for 'probe --resampled'. Only images of the train split have a part in it."
    })
final class ResampleCommand extends SparkCommand {
  @Option(
      names = "--from",
      required = true,
      paramLabel = "NAME|URI",
      description = "A model of the workspace, or the URI of a Hugging Face model directory.")
  private String from;

  @Option(
      names = "--method",
      paramLabel = "none|smote|borderline_smote|adasyn",
      defaultValue = "smote",
      description =
          "Which images points are made from: all, those at a border with other classes, or each by"
              + " how many others are around it. Default: ${DEFAULT-VALUE}.")
  private String method;

  @Option(
      names = "--cleaning",
      paramLabel = "none|enn_all|enn_mode|tomek",
      defaultValue = "none",
      description =
          "Images of large classes to go without: of whose three nearest not all, or most not, are"
              + " of their class; or that are with one of another class each other's nearest."
              + " Default: ${DEFAULT-VALUE}.")
  private String cleaning;

  @Option(
      names = "--ratio",
      paramLabel = "R",
      defaultValue = "1",
      description =
          "Smaller classes are filled up to this share of the largest one. Default:"
              + " ${DEFAULT-VALUE}.")
  private double ratio;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Another seed makes other points. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Mixin private EmbeddingOptions embedding;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    ResampleConfig config =
        new ResampleConfig(
            workspace(),
            from,
            method.toLowerCase(Locale.ROOT),
            cleaning.toLowerCase(Locale.ROOT),
            ratio,
            seed,
            embedding.settings());
    return new ResampleStage(config, progress)::run;
  }
}
