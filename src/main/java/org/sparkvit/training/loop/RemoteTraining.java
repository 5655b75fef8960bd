package org.sparkvit.training.loop;

import ai.djl.Device;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hadoop.fs.FileUtil;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.training.data.ExecutorImages;
import org.sparkvit.training.data.TrainingSet;
import org.sparkvit.training.recipe.Recipe;
import org.sparkvit.training.recipe.RecipeOptions;

/**
 * Runs trainings each within one executor, on all images of the data set, which an executor reads
 * once for all of its trainings. A training is done in legs. After each leg its state is in a
 * folder that every executor reaches. So the next leg may run anywhere, and a lost executor costs
 * one leg at most.
 */
public final class RemoteTraining implements Serializable {
  /**
   * Lets one training run at a time. Each takes all cores, so two in one JVM would only slow each
   * other down.
   */
  private static final ReentrantLock ONE_AT_A_TIME = new ReentrantLock(true);

  private final String name;
  private final List<String> labelNames;
  private final ViTConfig config;
  private final PreprocessorConfig preprocessor;
  private final Broadcast<float[]> weights;
  private final PreprocessSpec input;
  private final CatalogImages images;
  private final int decodeThreads;
  private final int threads;
  private final String device;
  private final String precision;
  private final int rarest;
  private final SerializableConfiguration hadoop;

  /**
   * Creates the common settings of trainings.
   *
   * @param name the name that identifies the data set
   * @param start the checkpoint that each training begins with
   * @param input the preparation of the images
   * @param decodeThreads the number of threads that read and decode
   * @param threads the number of threads that a training computes with, which is the cores of an
   *     executor
   * @param device the device of the executors: {@code auto}, {@code cpu} or {@code gpu}
   * @param precision the name of the precision
   * @param rarest the index of the class with the fewest images to train on
   */
  public RemoteTraining(
      SparkSession spark,
      String name,
      Labels labels,
      Checkpoint start,
      PreprocessSpec input,
      CatalogImages images,
      int decodeThreads,
      int threads,
      String device,
      String precision,
      int rarest) {
    this.name = name;
    this.labelNames = labels.names();
    this.config = start.config();
    this.preprocessor = start.preprocessor();
    this.weights =
        spark
            .sparkContext()
            .broadcast(FlatWeights.of(start), scala.reflect.ClassTag$.MODULE$.apply(float[].class));
    this.input = input;
    this.images = images;
    this.decodeThreads = decodeThreads;
    this.threads = threads;
    this.device = device;
    this.precision = precision;
    this.rarest = rarest;
    this.hadoop = new SerializableConfiguration(spark.sparkContext().hadoopConfiguration());
  }

  /**
   * The progress of a training after a leg.
   *
   * @param history the results of all its epochs so far
   * @param best the number of the best epoch, or 0 if there is none
   * @param finished whether there is nothing left to do
   * @param failure the reason why it cannot be trained, or null
   */
  public record Leg(List<EpochResult> history, int best, boolean finished, String failure)
      implements Serializable {}

  /**
   * Continues a training, within a task.
   *
   * @param rows all images of the train and validation splits, with the columns of image locations
   * @param recipe the recipe of this training
   * @param until the number of the epoch after which the leg ends, from 1
   * @param folder the URI of the folder of its states, which no other training uses
   */
  public Leg run(Iterator<Row> rows, Recipe recipe, int until, String folder) {
    ONE_AT_A_TIME.lock();
    try {
      PyTorchRuntime.configure(threads);
      Labels labels = new Labels(labelNames);
      ExecutorImages data = ExecutorImages.get(name, rows, labels, images, input, decodeThreads);
      if (data.data().validation().isEmpty()) {
        throw new UserException("no validation image can be read; check the files");
      }
      return train(data.data(), labels, recipe, until, folder);
    } finally {
      ONE_AT_A_TIME.unlock();
    }
  }

  private Leg train(TrainingSet data, Labels labels, Recipe recipe, int until, String folder) {
    CheckpointFolder states = new CheckpointFolder(hadoop.value(), folder, 0, Progress.SILENT);
    TrainingListener end =
        new TrainingListener() {
          @Override
          public void trainingBegins(TrainingRun trainingRun) {
            // A task may be repeated that was lost after it had saved its last state.
            if (trainingRun.history().size() >= until) {
              trainingRun.interrupt();
            }
          }

          @Override
          public void epochEnds(TrainingRun trainingRun, EpochResult result, boolean best) {
            if (result.epoch() >= until) {
              trainingRun.interrupt();
            }
          }
        };
    Device resolved = PyTorchRuntime.device(device);
    try {
      Path scratch = Files.createTempDirectory("spark-vit-leg-");
      try {
        Optional<Trainer.Resumption> resumption = states.latest(scratch);
        try (TrainingBackend backend =
            LocalBackend.open(
                recipe,
                labels,
                data,
                FlatWeights.toCheckpoint(config, preprocessor, weights.value()),
                resolved,
                Precision.of(precision, resolved),
                resumption.map(Trainer.Resumption::last))) {
          TrainingResult result =
              new Trainer(recipe, labels, rarest, List.of(states, end))
                  .train(
                      backend,
                      new LinkedHashMap<>(Options.texts(RecipeOptions.of(recipe))),
                      resumption);
          return new Leg(result.history(), result.bestEpoch(), result.finished(), null);
        }
      } finally {
        FileUtil.fullyDelete(scratch.toFile());
      }
    } catch (UserException e) {
      // A repetition would end in the same way.
      return new Leg(List.of(), 0, true, e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("using this machine's temporary folder", e);
    }
  }

  /** Frees the images that this JVM has read. */
  public static void release(String name) {
    ExecutorImages.release(name);
  }
}
