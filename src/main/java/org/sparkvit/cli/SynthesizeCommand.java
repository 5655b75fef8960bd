package org.sparkvit.cli;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.pipeline.synthesize.Method;
import org.sparkvit.pipeline.synthesize.SynthesizeConfig;
import org.sparkvit.pipeline.synthesize.SynthesizeStage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit synthesize}. */
@Command(
    name = "synthesize",
    description = {
      "Makes images of rare classes out of two images of the train split each, for 'train"
          + " --synthetic', and writes what",
      "each is made of. What comes to look like an image of validation or test is not kept."
    })
final class SynthesizeCommand extends SparkCommand {
  @Option(
      names = "--methods",
      split = ",",
      paramLabel = "mixup|cutmix|fourier",
      defaultValue = "mixup,cutmix,fourier",
      description =
          "How two images become one, each image by one of these: mixup adds up two of a class,"
              + " cutmix pastes a part of one into the other, fourier gives one the light and"
              + " colour of any other. Default: ${DEFAULT-VALUE}.")
  private List<String> methods;

  @Option(
      names = "--target",
      paramLabel = "N",
      description =
          "Images that each class of the train split has in the end. Default: as many as the"
              + " largest class.")
  private Long target;

  @Option(
      names = "--mixup-alpha",
      defaultValue = "0.2",
      description = "Of the Beta distribution of mixup's shares. Default: ${DEFAULT-VALUE}.")
  private double mixupAlpha;

  @Option(
      names = "--cutmix-alpha",
      defaultValue = "1",
      description = "Of the Beta distribution of CutMix's shares. Default: ${DEFAULT-VALUE}.")
  private double cutmixAlpha;

  @Option(
      names = "--fourier-band",
      paramLabel = "SHARE",
      defaultValue = "0.1",
      description =
          "Frequencies up to at most this share of the shorter side take the other image's"
              + " amplitude. Default: ${DEFAULT-VALUE}.")
  private double fourierBand;

  @Option(
      names = "--max-side",
      paramLabel = "PIXELS",
      defaultValue = "512",
      description =
          "Larger images are reduced to this longer side first. Default: ${DEFAULT-VALUE}.")
  private int maxSide;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Another seed makes other images. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace the table of images made earlier; their files stay.")
  private boolean overwrite;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    SynthesizeConfig config =
        new SynthesizeConfig(
            workspace(),
            methods.stream().map(SynthesizeCommand::method).toList(),
            target,
            mixupAlpha,
            cutmixAlpha,
            fourierBand,
            maxSide,
            seed,
            overwrite);
    return new SynthesizeStage(config, progress)::run;
  }

  private static Method method(String name) {
    return Arrays.stream(Method.values())
        .filter(method -> method.label().equals(name.strip().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(
            () -> new UserException("--methods has '" + name + "'; use mixup, cutmix and fourier"));
  }
}
