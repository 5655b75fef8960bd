package org.sparkvit.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.metrics.Metric;
import org.sparkvit.training.Augmentation;
import org.sparkvit.training.Recipe;
import org.sparkvit.training.Start;
import org.sparkvit.train.TrainConfig;
import org.sparkvit.train.TrainStage;
import org.sparkvit.vit.ViTConfig;
import org.sparkvit.vit.ViTSize;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code spark-vit train}. */
@Command(
    name = "train",
    description = {
      "Fine-tunes a Vision Transformer, or trains one from scratch, on the train split, keeps the epoch that is",
      "best on the validation split, and writes a Hugging Face model directory to WORKSPACE/models/NAME.",
      "The executors decode the images; the driver trains, so it is the driver that wants the GPU."
    })
final class TrainCommand extends StageCommand {
  /** Stand in until the data says what the classes are. */
  private static final List<String> PLACEHOLDERS = List.of("0", "1");

  @Option(
      names = "--name",
      defaultValue = "vit",
      description = "What the model is called in the workspace. Default: ${DEFAULT-VALUE}.")
  private String name;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Replace a model of that name.")
  private boolean overwrite;

  @Option(
      names = "--from",
      paramLabel = "NAME|URI",
      description =
          "Start with these weights: a model of the workspace, or the URI of a Hugging Face model directory. Default: random weights.")
  private String from;

  @Option(
      names = "--size",
      paramLabel = "tiny|small|base|large|huge",
      description = "From scratch: size of the model. Default: tiny.")
  private String size;

  @Option(
      names = "--hidden-size",
      description = "From scratch, instead of --size: width of the token vectors.")
  private Integer hiddenSize;

  @Option(names = "--layers", description = "With --hidden-size: number of blocks.")
  private Integer layers;

  @Option(
      names = "--heads",
      description = "With --hidden-size: attention heads; they divide the hidden size.")
  private Integer heads;

  @Option(
      names = "--intermediate-size",
      description = "With --hidden-size: width of the feed-forward part. Default: 4 x hidden size.")
  private Integer intermediateSize;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description =
          "Side of the model's input, a multiple of the patch size. Default: 224, or that of --from.")
  private Integer imageSize;

  @Option(
      names = "--patch-size",
      paramLabel = "PIXELS",
      description = "From scratch: side of a patch. Default: 16.")
  private Integer patchSize;

  @Option(
      names = "--initializer-range",
      description =
          "From scratch: standard deviation of the random weights. Narrow models want more than wide ones. Default: 0.02, Hugging Face's.")
  private Double initializerRange;

  @Option(
      names = "--epochs",
      defaultValue = "10",
      description = "Passes over the training images, at most. Default: ${DEFAULT-VALUE}.")
  private int epochs;

  @Option(
      names = "--batch-size",
      defaultValue = "32",
      description = "Images per step. Default: ${DEFAULT-VALUE}.")
  private int batchSize;

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
          "Share of all steps in which the learning rate rises to its peak. Default: ${DEFAULT-VALUE}.")
  private double warmupRatio;

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
          "Change brightness, contrast and saturation of training images by factors from 1 - this to 1 + this. Default: ${DEFAULT-VALUE}.")
  private double colorJitter;

  @Option(
      names = "--hue-jitter",
      defaultValue = "0",
      description =
          "Turn the hue of training images by up to this share of the colour circle, at most 0.5. Default: ${DEFAULT-VALUE}.")
  private double hueJitter;

  @Option(
      names = "--metric",
      defaultValue = "f1_macro",
      description =
          "What makes an epoch the best, on the validation split: accuracy, f1_macro, roc_auc_macro, log_loss, ... Default: ${DEFAULT-VALUE}.")
  private String metric;

  @Option(
      names = "--patience",
      defaultValue = "5",
      description =
          "Stop after so many epochs without improvement; 0 never stops early. Default: ${DEFAULT-VALUE}.")
  private int patience;

  @Option(
      names = "--min-delta",
      defaultValue = "0",
      description = "What the metric must gain to count as improvement. Default: ${DEFAULT-VALUE}.")
  private double minDelta;

  @Option(
      names = "--seed",
      defaultValue = "42",
      description = "Decides fresh weights, order and augmentation. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--no-plan",
      fallbackValue = "true",
      description = "Ignore the plan table: show every image once with weight 1.")
  private boolean noPlan;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu",
      defaultValue = "auto",
      description =
          "Where the driver trains; gpu fails at once where there is none. Default: ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "auto|fp32|bf16",
      defaultValue = "auto",
      description =
          "bf16 multiplies in bfloat16 and keeps weights in float32; auto is bf16 on GPUs and on processors where it is faster. Default: ${DEFAULT-VALUE}.")
  private String precision;

  @Option(
      names = "--decode-threads",
      defaultValue = "2",
      description = "Threads per Spark task that read and decode. Default: ${DEFAULT-VALUE}.")
  private int decodeThreads;

  @Option(
      names = "--cache-dir",
      paramLabel = "FOLDER",
      description =
          "Folder on the driver's disk for the decoded pixels while training. Default: the temporary folder.")
  private Path cacheDir;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    Start start = start();
    Recipe recipe =
        new Recipe(
            epochs,
            batchSize,
            learningRate == null ? start.defaultLearningRate() : learningRate,
            minLearningRate,
            warmupRatio,
            weightDecay,
            clipNorm,
            new Augmentation(optional(cropPadding), flip, colorJitter, hueJitter),
            Metric.named(metric),
            patience,
            minDelta,
            seed);
    TrainConfig config =
        new TrainConfig(
            workspace(),
            name,
            overwrite,
            !noPlan,
            start,
            recipe,
            device,
            precision,
            decodeThreads,
            Optional.ofNullable(cacheDir));
    return new TrainStage(config, progress)::run;
  }

  private Start start() {
    boolean custom =
        Stream.of(hiddenSize, layers, heads, intermediateSize).anyMatch(Objects::nonNull);
    if (from != null) {
      if (size != null || custom || patchSize != null || initializerRange != null) {
        throw new UserException(
            "--from brings its own architecture; leave out --size, --hidden-size, --layers, --heads,"
                + " --intermediate-size, --patch-size and --initializer-range");
      }
      return new Start.Pretrained(from, optional(imageSize));
    }
    ViTConfig architecture = architecture(custom);
    return new Start.Scratch(
        initializerRange == null
            ? architecture
            : architecture.withInitializerRange(initializerRange));
  }

  private ViTConfig architecture(boolean custom) {
    int side = Objects.requireNonNullElse(imageSize, 224);
    int patch = Objects.requireNonNullElse(patchSize, 16);
    if (!custom) {
      ViTSize chosen = ViTSize.of(Objects.requireNonNullElse(size, "tiny"));
      return ViTConfig.of(chosen, side, patch, PLACEHOLDERS);
    }
    if (size != null || hiddenSize == null || layers == null || heads == null) {
      throw new UserException(
          "a custom size needs --hidden-size, --layers and --heads, and no --size");
    }
    int intermediate = Objects.requireNonNullElse(intermediateSize, 4 * hiddenSize);
    return ViTConfig.of(hiddenSize, layers, heads, intermediate, side, patch, PLACEHOLDERS);
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
