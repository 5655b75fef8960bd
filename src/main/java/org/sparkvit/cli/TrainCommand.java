package org.sparkvit.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.model.checkpoint.CardFields;
import org.sparkvit.pipeline.train.TrainConfig;
import org.sparkvit.pipeline.train.TrainRunOptions;
import org.sparkvit.pipeline.train.TrainStage;
import org.sparkvit.training.recipe.Diloco;
import org.sparkvit.training.recipe.Initialization;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code spark-vit train}. */
@Command(
    name = "train",
    description = {
      "Fine-tunes a Vision Transformer, or trains one from scratch, on the train split, keeps the"
          + " epoch that is",
      "best on the validation split, and publishes a Hugging Face model directory as a version of"
          + " WORKSPACE/models/NAME.",
      "The executors decode the images; the driver trains, so it is the driver that wants the GPU."
    })
final class TrainCommand extends SparkCommand {
  @Option(
      names = "--name",
      defaultValue = "vit",
      description = "What the model is called in the workspace. Default: ${DEFAULT-VALUE}.")
  private String name;

  @Option(
      names = "--overwrite",
      fallbackValue = "true",
      description = "Publish a further version of a model of that name.")
  private boolean overwrite;

  @Mixin private InitializationOptions start;

  @Mixin private RecipeOptions recipe;

  @Option(
      names = "--workers",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Train with so many workers on the executors (DiLoCo): each takes --inner-steps steps on"
              + " its share of the images, then what they moved is averaged. 1 trains on the"
              + " driver. Default: ${DEFAULT-VALUE}.")
  private int workers;

  @Option(
      names = "--inner-steps",
      paramLabel = "H",
      defaultValue = "50",
      description =
          "With --workers: steps of a worker between two averages; 1 averages after every step."
              + " Default: ${DEFAULT-VALUE}.")
  private int innerSteps;

  @Option(
      names = "--outer-learning-rate",
      defaultValue = "0.7",
      description =
          "With --workers: share of the averaged move that the model makes; 1 for plain averaging."
              + " Default: ${DEFAULT-VALUE}.")
  private double outerLearningRate;

  @Option(
      names = "--outer-momentum",
      defaultValue = "0.9",
      description =
          "With --workers: Nesterov momentum of the averaged moves; 0 for plain averaging. Default:"
              + " ${DEFAULT-VALUE}.")
  private double outerMomentum;

  @Mixin private RareOptions rare;

  @Option(
      names = "--no-plan",
      fallbackValue = "true",
      description = "Ignore the plan table: show every image once with weight 1.")
  private boolean noPlan;

  @Option(
      names = "--synthetic",
      fallbackValue = "true",
      description = "Show the images that 'synthesize' made as well, each once with weight 1.")
  private boolean synthetic;

  @Option(
      names = "--device",
      paramLabel = "auto|cpu|gpu",
      defaultValue = "auto",
      description =
          "Where the driver trains; gpu fails at once where there is none. Default:"
              + " ${DEFAULT-VALUE}.")
  private String device;

  @Option(
      names = "--precision",
      paramLabel = "auto|fp32|bf16|fp16",
      defaultValue = "auto",
      description =
          "bf16 and fp16 multiply in these and keep weights in float32; auto is bf16 on GPUs and on"
              + " processors where it is faster; fp16 is for GPUs. Default: ${DEFAULT-VALUE}.")
  private String precision;

  @Option(
      names = "--decode-threads",
      defaultValue = "2",
      description = "Threads per Spark task that read and decode. Default: ${DEFAULT-VALUE}.")
  private int decodeThreads;

  @Option(
      names = "--preview",
      fallbackValue = "true",
      description =
          "Only draw training/NAME/contact-sheet.png: what the model will see of some images.")
  private boolean preview;

  @Option(
      names = "--resume",
      fallbackValue = "true",
      description =
          "Go on with an interrupted training of this name; without one, begin at the beginning.")
  private boolean resume;

  @Option(
      names = "--checkpoint-steps",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Save the state every N steps, and not after each epoch only. Default: ${DEFAULT-VALUE}.")
  private int checkpointSteps;

  @Option(
      names = "--log-steps",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "Note loss, learning rate and gradient norm of every Nth step in metrics.jsonl. Default:"
              + " ${DEFAULT-VALUE}.")
  private int logSteps;

  @Option(
      names = "--listeners",
      split = ",",
      paramLabel = "CLASS",
      description =
          "Classes of your own that follow the training:"
              + " org.sparkvit.training.loop.TrainingListener, on the class path.")
  private List<String> listeners = List.of();

  @Option(
      names = "--license",
      paramLabel = "NAME",
      description =
          "Licence of the new model, for its card. Default: that of the model in --from, if it"
              + " names one.")
  private String license;

  @Option(
      names = "--known-biases",
      paramLabel = "TEXT",
      description =
          "What is known of the starting model's biases, for the card. Default: what that model's"
              + " own card says.")
  private String knownBiases;

  @Option(
      names = "--cache-dir",
      paramLabel = "FOLDER",
      description =
          "Folder on the driver's disk for the decoded pixels while training. Default: the"
              + " temporary folder.")
  private Path cacheDir;

  @Override
  protected Consumer<SparkSession> prepare(Progress progress) {
    Initialization from = start.initialization();
    TrainConfig config =
        new TrainConfig(
            workspace(),
            name,
            overwrite,
            !noPlan,
            synthetic,
            rare.classes(),
            from,
            recipe.recipe(from.defaultLearningRate()),
            new Diloco(workers, innerSteps, outerLearningRate, outerMomentum),
            device,
            precision,
            decodeThreads,
            Optional.ofNullable(cacheDir),
            new TrainRunOptions(preview, resume, checkpointSteps, logSteps, listeners),
            new CardFields(license, knownBiases));
    return new TrainStage(config, progress)::run;
  }
}
