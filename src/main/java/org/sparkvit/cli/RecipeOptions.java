package org.sparkvit.cli;

import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;
import org.sparkvit.image.augment.AugmentStep;
import org.sparkvit.image.augment.Mixing;
import org.sparkvit.model.architecture.Loss;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.training.recipe.Augmentation;
import org.sparkvit.training.recipe.Freezing;
import org.sparkvit.training.recipe.Recipe;
import org.sparkvit.training.recipe.Regularization;
import org.sparkvit.training.recipe.Schedule;
import org.sparkvit.training.recipe.Selection;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How a model is trained, for every command that trains. */
final class RecipeOptions {
  @Option(
      names = "--epochs",
      defaultValue = "10",
      description = "Passes over the training images, at most. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--batch-size",
      defaultValue = "32",
      description = "Images per forward and backward pass. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

  @Option(
      names = "--accumulate",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Passes whose gradients make one step, for steps of N x batch-size images. Default:"
              + " ${DEFAULT-VALUE}.")
  private int accumulate;

  @Option(
      names = "--learning-rate",
      description = "Peak learning rate of AdamW. Default: 5e-5 with --from, 5e-4 from scratch.")
  private Double learningRate;

  @Option(
      names = "--min-learning-rate",
      defaultValue = "0",
      description = "Where the cosine schedule ends. Default: ${DEFAULT-VALUE}.")
  private double minLearningRate;

  @Option(
      names = "--warmup-ratio",
      defaultValue = "0.1",
      description =
          "Share of all steps in which the learning rate rises to its peak. Default:"
              + " ${DEFAULT-VALUE}.")
  private double warmupRatio;

  @Option(
      names = "--schedule",
      paramLabel = "constant|linear|cosine",
      defaultValue = "cosine",
      description =
          "How the learning rate falls after the warm-up, to --min-learning-rate. Default:"
              + " ${DEFAULT-VALUE}.")
  private String schedule;

  @Option(
      names = "--schedule-by",
      paramLabel = "step|epoch",
      defaultValue = "step",
      description = "When the learning rate changes. Default: ${DEFAULT-VALUE}.")
  private String scheduleBy;

  @Option(
      names = "--freeze",
      paramLabel = "none|embeddings|N|backbone",
      defaultValue = "none",
      description =
          "What stays as it is: nothing, the embeddings, also the first N blocks, or all but the"
              + " head. Default: ${DEFAULT-VALUE}.")
  private String freeze;

  @Option(
      names = "--unfreeze-every",
      paramLabel = "EPOCHS",
      defaultValue = "0",
      description =
          "After so many epochs each, train the topmost frozen block as well; 0 for never. Default:"
              + " ${DEFAULT-VALUE}.")
  private int unfreezeEvery;

  @Option(
      names = "--layer-decay",
      defaultValue = "1",
      description =
          "Learning rate of a block over that of the block above; 0.65 to 0.9 for fine-tuning, 1"
              + " for all alike. Default: ${DEFAULT-VALUE}.")
  private double layerDecay;

  @Option(
      names = "--weight-decay",
      defaultValue = "0.05",
      description = "Weight decay of AdamW. Default: ${DEFAULT-VALUE}.")
  private double weightDecay;

  @Option(
      names = "--clip-norm",
      defaultValue = "1.0",
      description =
          "Largest global norm of the gradients; 0 for no clipping. Default: ${DEFAULT-VALUE}.")
  private double clipNorm;

  @Option(
      names = "--loss",
      paramLabel = "cross-entropy|focal|bce",
      defaultValue = "cross-entropy",
      description =
          "What is made small; the weights of the plan apply to each. bce asks each class on its"
              + " own. Default: ${DEFAULT-VALUE}.")
  private String loss;

  @Option(
      names = "--focal-gamma",
      defaultValue = "2",
      description =
          "With --loss focal: how much less counts what is known already. Default:"
              + " ${DEFAULT-VALUE}.")
  private double focalGamma;

  @Option(
      names = "--positive-weight",
      defaultValue = "1",
      description =
          "With --loss bce: what a yes counts where a no counts 1. Default: ${DEFAULT-VALUE}.")
  private double positiveWeight;

  @Option(
      names = "--label-smoothing",
      defaultValue = "0",
      description = "Share of a label that is spread over all classes. Default: ${DEFAULT-VALUE}.")
  private double labelSmoothing;

  @Option(
      names = "--drop-path",
      defaultValue = "0",
      description =
          "Chance that an image skips a branch of the last block; less in the blocks below."
              + " Default: ${DEFAULT-VALUE}.")
  private double dropPath;

  @Option(
      names = "--ema-decay",
      defaultValue = "0",
      description =
          "Evaluate and keep an average of the weights over the steps, of which this share stays at"
              + " each, such as 0.9998; 0 for none. Default: ${DEFAULT-VALUE}.")
  private double emaDecay;

  @Option(
      names = "--crop-padding",
      paramLabel = "PIXELS",
      description =
          "Reflected border for random crops; 0 for none. Default: an eighth of the image's side.")
  private Integer cropPadding;

  @Option(
      names = "--flip",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "Mirror half of the training images. Default: ${DEFAULT-VALUE}.")
  private boolean flip;

  @Option(
      names = "--color-jitter",
      defaultValue = "0",
      description =
          "Change brightness, contrast and saturation of training images by factors from 1 - this"
              + " to 1 + this. Default: ${DEFAULT-VALUE}.")
  private double colorJitter;

  @Option(
      names = "--hue-jitter",
      defaultValue = "0",
      description =
          "Turn the hue of training images by up to this share of the colour circle, at most 0.5."
              + " Default: ${DEFAULT-VALUE}.")
  private double hueJitter;

  @Option(
      names = "--crop-area",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Instead of padded crops, enlarge a random part of at least this share of the image, such"
              + " as 0.5; 0 for padded crops. Default: ${DEFAULT-VALUE}.")
  private double cropArea;

  @Option(
      names = "--vertical-flip",
      fallbackValue = "true",
      description = "Turn half of the training images upside down.")
  private boolean verticalFlip;

  @Option(
      names = "--rotation",
      paramLabel = "DEGREES",
      defaultValue = "0",
      description =
          "Turn training images by up to this angle either way. Default: ${DEFAULT-VALUE}.")
  private double rotation;

  @Option(
      names = "--random-erasing",
      paramLabel = "SHARE",
      defaultValue = "0",
      description =
          "Fill a random box with noise in this share of the training images. Default:"
              + " ${DEFAULT-VALUE}.")
  private double randomErasing;

  @Option(
      names = "--mixup",
      paramLabel = "ALPHA",
      defaultValue = "0",
      description =
          "Add pairs of images and their labels up, in shares of a Beta(ALPHA, ALPHA) distribution;"
              + " 0 for none. Default: ${DEFAULT-VALUE}.")
  private double mixup;

  @Option(
      names = "--cutmix",
      paramLabel = "ALPHA",
      defaultValue = "0",
      description =
          "Paste a box of one image into another, in shares of a Beta(ALPHA, ALPHA) distribution; 0"
              + " for none. Default: ${DEFAULT-VALUE}.")
  private double cutmix;

  @Option(
      names = "--mix-probability",
      paramLabel = "SHARE",
      defaultValue = "1",
      description =
          "With --mixup or --cutmix: share of the images that are mixed. Default:"
              + " ${DEFAULT-VALUE}.")
  private double mixProbability;

  @Option(
      names = "--forbid",
      split = ",",
      paramLabel = "CLASS=STEP[+STEP...]",
      description =
          "What is never done to a class's images, because it could change what they mean: crop,"
              + " flip, rotation, color, erasing, mixup, cutmix. Several with commas, or given"
              + " several times.")
  private Map<String, String> forbid = Map.of();

  @Option(
      names = "--metric",
      defaultValue = "f1_macro",
      description =
          "What makes an epoch the best, on the validation split: accuracy, f1_macro,"
              + " roc_auc_macro, log_loss, ... Default: ${DEFAULT-VALUE}.")
  private String metric;

  @Option(
      names = "--patience",
      defaultValue = "5",
      description =
          "Stop after so many epochs without improvement; 0 never stops early. Default:"
              + " ${DEFAULT-VALUE}.")
  private int patience;

  @Option(
      names = "--min-delta",
      defaultValue = "0",
      description = "What the metric must gain to count as improvement. Default: ${DEFAULT-VALUE}.")
  private double minDelta;

  @Option(
      names = "--gradient-checkpointing",
      fallbackValue = "true",
      description =
          "Keep less of the forward pass and compute it again in the backward pass: less memory, a"
              + " third more time.")
  private boolean gradientCheckpointing;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Decides fresh weights, order and augmentation. Default: ${DEFAULT-VALUE}.")
  private long seed;

  /** The options as they stand, by name; those without a value are left out. */
  Map<String, String> values() {
    Map<String, String> values = new TreeMap<>();
    for (OptionSpec option : spec().options()) {
      Object value = option.getValue();
      String name = option.longestName().substring(2);
      if (value instanceof Map<?, ?> map) {
        if (!map.isEmpty()) {
          values.put(
              name,
              map.entrySet().stream()
                  .map(entry -> entry.getKey() + "=" + entry.getValue())
                  .collect(Collectors.joining(",")));
        }
      } else if (value != null) {
        values.put(name, value.toString());
      }
    }
    return values;
  }

  private CommandSpec spec() {
    return CommandSpec.forAnnotatedObject(this);
  }

  /**
   * Options with these values.
   *
   * @param values by name, as in {@link #values}
   * @throws UserException when there is no such option, or it cannot have that value
   */
  static RecipeOptions of(Map<String, String> values) {
    RecipeOptions options = new RecipeOptions();
    CommandLine line = new CommandLine(CommandSpec.forAnnotatedObject(options));
    NumberOptions.register(line);
    for (String name : values.keySet()) {
      if (line.getCommandSpec().findOption("--" + name) == null) {
        throw new UserException(
            "'"
                + name
                + "' is no option of a recipe; there are "
                + line.getCommandSpec().options().stream()
                    .map(option -> option.longestName().substring(2))
                    .sorted()
                    .collect(Collectors.joining(", ")));
      }
    }
    try {
      line.parseArgs(
          values.entrySet().stream()
              .map(entry -> "--" + entry.getKey() + "=" + entry.getValue())
              .toArray(String[]::new));
    } catch (ParameterException e) {
      throw new UserException(e.getMessage(), e);
    }
    NumberOptions.requireBounded(line.getCommandSpec());
    return options;
  }

  /**
   * The recipe that the options make.
   *
   * @param defaultLearningRate where none is given
   */
  Recipe recipe(double defaultLearningRate) {
    return new Recipe(
        epochs,
        batchSize,
        accumulate,
        new Schedule(
            learningRate == null ? defaultLearningRate : learningRate,
            minLearningRate,
            warmupRatio,
            Schedule.Shape.named(schedule),
            isByEpoch()),
        new Freezing(freeze, unfreezeEvery),
        new Regularization(weightDecay, clipNorm, layerDecay, labelSmoothing, dropPath, emaDecay),
        loss(),
        augmentation(),
        new Selection(Metric.named(metric), patience, minDelta),
        gradientCheckpointing,
        seed);
  }

  private Augmentation augmentation() {
    if (mixup < 0 || cutmix < 0 || !(mixProbability >= 0 && mixProbability <= 1)) {
      throw new UserException(
          "--mixup "
              + mixup
              + ", --cutmix "
              + cutmix
              + " and --mix-probability "
              + mixProbability
              + " have to be 0 or more, the last 1 at most");
    }
    Map<String, Set<AugmentStep>> forbidden = new TreeMap<>();
    forbid.forEach((label, steps) -> forbidden.put(label, steps(steps)));
    return new Augmentation(
        cropPadding,
        cropArea,
        flip,
        verticalFlip,
        rotation,
        colorJitter,
        hueJitter,
        randomErasing,
        new Mixing(mixup, cutmix, mixProbability),
        forbidden);
  }

  private static Set<AugmentStep> steps(String names) {
    Set<AugmentStep> steps = EnumSet.noneOf(AugmentStep.class);
    for (String name : names.split("\\+", -1)) {
      steps.add(
          AugmentStep.named(name.strip())
              .orElseThrow(
                  () ->
                      new UserException(
                          "--forbid names '"
                              + name
                              + "'; use some of "
                              + Stream.of(AugmentStep.values())
                                  .map(AugmentStep::label)
                                  .collect(Collectors.joining(", "))
                              + ", with + between them")));
    }
    return steps;
  }

  private boolean isByEpoch() {
    if (!scheduleBy.equals("step") && !scheduleBy.equals("epoch")) {
      throw new UserException("--schedule-by is '" + scheduleBy + "'; use step or epoch");
    }
    return scheduleBy.equals("epoch");
  }

  private Loss loss() {
    // Also where the loss has no use for it: a wrong value is a mistake all the same.
    UserException.require(focalGamma >= 0, "--focal-gamma", focalGamma, "0 or more");
    UserException.require(positiveWeight > 0, "--positive-weight", positiveWeight, "more than 0");
    return switch (loss) {
      case "cross-entropy" -> new Loss.CrossEntropy();
      case "focal" -> new Loss.Focal(focalGamma);
      case "bce" -> new Loss.Binary(positiveWeight);
      default ->
          throw new UserException("--loss is '" + loss + "'; use cross-entropy, focal or bce");
    };
  }
}
