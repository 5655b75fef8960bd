package org.sparkvit.training.loop;

import ai.djl.Device;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.sparkvit.core.Labels;
import org.sparkvit.model.architecture.Precision;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.training.data.EpochSample;
import org.sparkvit.training.data.TrainingSet;
import org.sparkvit.training.recipe.Recipe;

/** A backend that trains in this JVM, without Spark. */
public final class LocalBackend implements TrainingBackend {
  private static final String OPTIMIZER = "optimizer.safetensors";

  private final Recipe recipe;
  private final TrainingSet data;
  private final TrainLoop trainLoop;
  private final LearningRate rates;

  private LocalBackend(Recipe recipe, TrainingSet data, TrainLoop trainLoop) {
    this.recipe = recipe;
    this.data = data;
    this.trainLoop = trainLoop;
    this.rates =
        new LearningRate(recipe.schedule(), stepsPerEpoch(), stepsPerEpoch() * recipe.epochs());
  }

  /**
   * Loads the model.
   *
   * @param start a checkpoint with these labels
   * @param state a directory that {@link #save} wrote, from which the training goes on instead of
   *     the start
   */
  public static LocalBackend open(
      Recipe recipe,
      Labels labels,
      TrainingSet data,
      Checkpoint start,
      Device device,
      Precision precision,
      Optional<Path> state) {
    Checkpoint weights = state.map(ModelDirectory::read).orElse(start);
    TrainLoop trainLoop = TrainLoop.open(recipe, labels, data.cache(), weights, device, precision);
    try {
      state.ifPresent(directory -> trainLoop.loadOptimizer(directory.resolve(OPTIMIZER)));
      return new LocalBackend(recipe, data, trainLoop);
    } catch (RuntimeException | Error e) {
      trainLoop.close();
      throw e;
    }
  }

  @Override
  public String dataHash() {
    return data.hash();
  }

  @Override
  public long stepsPerEpoch() {
    return (data.samplesPerEpoch() + recipe.imagesPerStep() - 1) / recipe.imagesPerStep();
  }

  @Override
  public long steps() {
    return trainLoop.steps();
  }

  @Override
  public double learningRate() {
    return rates.at(Math.max(0, steps() - 1));
  }

  @Override
  public void learn(int epoch, long done, Predicate<Step> goesOn) {
    List<EpochSample> samples = EpochSample.shuffled(data.train(), recipe.seed(), epoch);
    int from = (int) Math.min(samples.size(), done * recipe.imagesPerStep());
    trainLoop.learn(samples.subList(from, samples.size()), data.train(), epoch, rates, goesOn);
  }

  @Override
  public Evaluation evaluate() {
    return trainLoop.evaluate(data.validation());
  }

  @Override
  public Checkpoint evaluated() {
    return trainLoop.evaluated();
  }

  @Override
  public void save(Path directory) {
    ModelDirectory.write(directory, trainLoop.weights());
    trainLoop.saveOptimizer(directory.resolve(OPTIMIZER));
  }

  @Override
  public void close() {
    trainLoop.close();
  }
}
