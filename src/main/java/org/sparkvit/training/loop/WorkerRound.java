package org.sparkvit.training.loop;

import ai.djl.Device;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.sql.Row;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.Labels;
import org.sparkvit.dataset.workspace.DiskWrite;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.training.data.EpochSample;
import org.sparkvit.training.data.ExecutorImages;
import org.sparkvit.training.data.TrainingSet;
import org.sparkvit.training.recipe.Recipe;

/**
 * A worker's part of a round. Its result depends on the weights, the worker's number and the state
 * that the worker left in the round before, and not on the executor. So a task that is lost can be
 * repeated anywhere.
 *
 * @param training the name that identifies the training
 * @param workers the number of workers
 * @param innerSteps the number of steps of each worker in a round
 * @param recipe the recipe of the training
 * @param rates the learning rate over all rounds
 * @param labelNames the classes
 * @param config the configuration of the model
 * @param preprocessor the preprocessor configuration of the model
 * @param input the preparation of the images
 * @param images reads the images
 * @param decodeThreads the number of threads that read and decode
 * @param device the device of the worker: {@code auto}, {@code cpu} or {@code gpu}
 * @param precision the name of the precision
 * @param folder the folder in which workers leave their optimizers' states
 * @param hadoop the settings for the file system of the folder
 */
record WorkerRound(
    String training,
    int workers,
    int innerSteps,
    Recipe recipe,
    LearningRate rates,
    List<String> labelNames,
    ViTConfig config,
    PreprocessorConfig preprocessor,
    PreprocessSpec input,
    CatalogImages images,
    int decodeThreads,
    String device,
    String precision,
    String folder,
    SerializableConfiguration hadoop)
    implements Serializable {

  /**
   * Takes a worker's steps.
   *
   * @param round the number of the round, from 0
   * @param before all weights before the round
   * @param unit the unit of the pseudo-gradients
   * @param worker the number of the worker
   * @param rows the images of the worker
   */
  PseudoGradients run(long round, float[] before, double unit, int worker, List<Row> rows) {
    TaskContext task = TaskContext.get();
    PyTorchRuntime.configure(task == null ? 1 : task.cpus());
    Labels labels = new Labels(labelNames);
    ExecutorImages share =
        ExecutorImages.get(
            training + "/" + worker, rows.iterator(), labels, images, input, decodeThreads);
    TrainingSet shard = share.data();
    Device resolved = PyTorchRuntime.device(device);
    Checkpoint start = FlatWeights.toCheckpoint(config, preprocessor, before);
    Sums sums = new Sums();
    try (TrainLoop trainLoop =
        TrainLoop.open(
            recipe, labels, shard.cache(), start, resolved, Precision.of(precision, resolved))) {
      long first = round * innerSteps;
      if (round > 0) {
        load(trainLoop, state(round - 1, worker));
      }
      learn(trainLoop, shard, first, sums);
      save(trainLoop, state(round, worker));
      return PseudoGradients.of(
          before,
          FlatWeights.of(trainLoop.weights()),
          unit,
          workers,
          new PseudoGradients.WorkerFigures(
              worker,
              sums.steps,
              sums.images,
              sums.weight,
              sums.loss,
              sums.norm,
              share.unreadable()));
    }
  }

  private static final class Sums {
    private int steps;
    private long images;
    private double weight;
    private double loss;
    private double norm;
  }

  /** Takes the inner steps. The worker's own epochs follow one another and may span rounds. */
  private void learn(TrainLoop trainLoop, TrainingSet shard, long first, Sums sums) {
    long perStep = recipe.imagesPerStep();
    long perEpoch = (shard.samplesPerEpoch() + perStep - 1) / perStep;
    long at = first;
    while (at < first + innerSteps) {
      int epoch = Math.toIntExact(at / perEpoch + 1);
      List<EpochSample> samples = EpochSample.shuffled(shard.train(), recipe.seed(), epoch);
      long from = at % perEpoch;
      long steps = Math.min(perEpoch - from, first + innerSteps - at);
      trainLoop.learn(
          samples.subList(
              (int) (from * perStep), (int) Math.min(samples.size(), (from + steps) * perStep)),
          shard.train(),
          epoch,
          rates,
          step -> {
            sums.steps++;
            sums.images += step.images();
            sums.weight += step.weight();
            sums.loss += step.weight() * step.loss();
            sums.norm += Double.isFinite(step.gradientNorm()) ? step.gradientNorm() : 0;
            return true;
          });
      at += steps;
    }
  }

  private Path state(long round, int worker) {
    return new Path(
        folder, DistributedBackend.ROUND + round + "/worker-" + worker + ".safetensors");
  }

  private void load(TrainLoop trainLoop, Path state) {
    try {
      java.nio.file.Path local = Files.createTempFile("spark-vit-worker-", ".safetensors");
      try {
        FileSystem fs = state.getFileSystem(hadoop.value());
        FileUtil.copy(fs, state, local.toFile(), false, hadoop.value());
        trainLoop.loadOptimizer(local);
      } finally {
        Files.deleteIfExists(local);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + state, e);
    }
  }

  /**
   * Saves the optimizer's state. It is written beside its place and renamed, so that a second
   * attempt never finds an incomplete file.
   */
  private void save(TrainLoop trainLoop, Path state) {
    try {
      java.nio.file.Path local = Files.createTempFile("spark-vit-worker-", ".safetensors");
      try {
        trainLoop.saveOptimizer(local);
        FileSystem fs = state.getFileSystem(hadoop.value());
        Path staged = new Path(state.getParent(), "." + local.getFileName());
        DiskWrite.copy(local, fs, staged);
        fs.delete(state, false);
        if (!fs.rename(staged, state) && !fs.exists(state)) {
          throw new IOException("cannot rename " + staged + " to " + state);
        }
      } finally {
        Files.deleteIfExists(local);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + state, e);
    }
  }
}
