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
import org.sparkvit.training.data.Showing;
import org.sparkvit.training.data.TrainingSet;
import org.sparkvit.training.recipe.Recipe;

/** Trains in this JVM, without Spark. */
public final class LocalEngine implements TrainingEngine {
  private static final String OPTIMIZER = "optimizer.safetensors";

  private final Recipe recipe;
  private final TrainingSet data;
  private final Learner learner;
  private final LearningRate rates;

  private LocalEngine(Recipe recipe, TrainingSet data, Learner learner) {
    this.recipe = recipe;
    this.data = data;
    this.learner = learner;
    this.rates =
        new LearningRate(recipe.schedule(), stepsPerEpoch(), stepsPerEpoch() * recipe.epochs());
  }

  /**
   * Loads the model.
   *
   * @param start a checkpoint with these labels
   * @param state what {@link #save} wrote, to go on with instead of the start
   */
  public static LocalEngine open(
      Recipe recipe,
      Labels labels,
      TrainingSet data,
      Checkpoint start,
      Device device,
      Precision precision,
      Optional<Path> state) {
    Checkpoint weights = state.map(ModelDirectory::read).orElse(start);
    Learner learner = Learner.open(recipe, labels, data.cache(), weights, device, precision);
    try {
      state.ifPresent(directory -> learner.loadOptimizer(directory.resolve(OPTIMIZER)));
      return new LocalEngine(recipe, data, learner);
    } catch (RuntimeException | Error e) {
      learner.close();
      throw e;
    }
  }

  @Override
  public String dataHash() {
    return data.hash();
  }

  @Override
  public long stepsPerEpoch() {
    return (data.showings() + recipe.imagesPerStep() - 1) / recipe.imagesPerStep();
  }

  @Override
  public long steps() {
    return learner.steps();
  }

  @Override
  public double learningRate() {
    return rates.at(Math.max(0, steps() - 1));
  }

  @Override
  public void learn(int epoch, long done, Predicate<Step> goesOn) {
    List<Showing> showings = Showing.shuffled(data.train(), recipe.seed(), epoch);
    int from = (int) Math.min(showings.size(), done * recipe.imagesPerStep());
    learner.learn(showings.subList(from, showings.size()), data.train(), epoch, rates, goesOn);
  }

  @Override
  public Evaluation evaluate() {
    return learner.evaluate(data.validation());
  }

  @Override
  public Checkpoint evaluated() {
    return learner.evaluated();
  }

  @Override
  public void save(Path directory) {
    ModelDirectory.write(directory, learner.weights());
    learner.saveOptimizer(directory.resolve(OPTIMIZER));
  }

  @Override
  public void close() {
    learner.close();
  }
}
