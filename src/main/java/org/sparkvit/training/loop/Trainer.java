package org.sparkvit.training.loop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.training.recipe.Recipe;
import org.sparkvit.training.recipe.Selection;

/**
 * Trains a model: epochs of steps, each epoch followed by an evaluation. The same examples (in
 * whatever order), recipe and start give the same weights on the same kind of machine, also when
 * the training was interrupted and resumed.
 */
public final class Trainer {
  private final Recipe recipe;
  private final Labels labels;
  private final int rarest;
  private final List<TrainingListener> listeners;

  /**
   * Creates a trainer.
   *
   * @param labels the classes in the order of the examples' indices
   * @param rarest the index of the class with the fewest images to train on
   * @param listeners the listeners in the order in which they are called
   */
  public Trainer(Recipe recipe, Labels labels, int rarest, List<TrainingListener> listeners) {
    this.recipe = recipe;
    this.labels = labels;
    this.rarest = rarest;
    this.listeners = List.copyOf(listeners);
  }

  /**
   * The point from which an interrupted training is resumed.
   *
   * @param last the local directory that {@link TrainingRun#save} wrote
   * @param best the weights of the best epoch, or null when no epoch was done
   */
  public record Resumption(Path last, Checkpoint best) {}

  /**
   * Trains until the epochs or the patience end, or a listener ends it.
   *
   * @param backend the backend, which must have been opened with the state that is resumed
   * @param config the settings that identify the training, which are compared when it is resumed
   * @param resumption the state to resume from, or empty to start from the beginning
   * @throws UserException when the loss is no longer a number, when the metric is undefined, or
   *     when the state belongs to another training
   */
  public TrainingResult train(
      TrainingBackend backend, Map<String, Object> config, Optional<Resumption> resumption) {
    Run run = new Run(backend, config);
    resumption.ifPresent(
        from -> {
          run.take(TrainingState.read(from.last(), config, backend.dataHash()));
          run.bestWeights = from.best();
        });
    return run.train();
  }

  /** One training. */
  private final class Run implements TrainingRun {
    private final TrainingBackend backend;
    private final Map<String, Object> config;
    private final BestEpoch best;
    private final List<EpochResult> history = new ArrayList<>();
    private TrainingState.BegunEpoch begun = TrainingState.BegunEpoch.NONE;
    private Checkpoint bestWeights;
    private volatile boolean interrupted;
    private boolean stopped;

    Run(TrainingBackend backend, Map<String, Object> config) {
      this.backend = backend;
      this.config = config;
      Selection selection = recipe.selection();
      best = new BestEpoch(selection.metric(), selection.patience(), selection.minDelta());
    }

    void take(TrainingState state) {
      for (EpochResult result : state.history()) {
        history.add(result);
        best.add(
            result.epoch(),
            result.value(recipe.selection().metric()),
            result.value(Metric.LOG_LOSS));
      }
      begun = state.begun();
    }

    TrainingResult train() {
      listeners.forEach(listener -> listener.trainingBegins(this));
      while (goesOn()) {
        int epoch = history.size() + 1;
        listeners.forEach(listener -> listener.epochBegins(this, epoch));
        if (!learn(epoch)) {
          break;
        }
        finish(epoch);
      }
      boolean finished = !interrupted || !goesOn(false);
      listeners.forEach(listener -> listener.trainingEnds(this, finished));
      return new TrainingResult(
          finished,
          bestWeights,
          best.epoch(),
          best.value(),
          List.copyOf(history),
          steps(),
          history.size() < recipe.epochs());
    }

    private boolean goesOn() {
      return goesOn(interrupted);
    }

    private boolean goesOn(boolean unless) {
      return !unless && !stopped && history.size() < recipe.epochs() && !best.shouldStop();
    }

    /** Trains on the rest of an epoch. Returns whether the epoch is complete. */
    private boolean learn(int epoch) {
      long[] since = {System.nanoTime()};
      backend.learn(
          epoch,
          begun.steps(),
          step -> {
            long now = System.nanoTime();
            begun = begun.plus(step, (now - since[0]) / 1e9);
            since[0] = now;
            listeners.forEach(listener -> listener.stepEnds(this, step));
            return !interrupted;
          });
      return begun.steps() == backend.stepsPerEpoch();
    }

    private void finish(int epoch) {
      long started = System.nanoTime();
      Evaluation validation = backend.evaluate();
      EpochResult result =
          new EpochResult(
              epoch,
              steps(),
              begun.loss() / begun.weight(),
              backend.learningRate(),
              begun.norm() / begun.steps(),
              EpochResult.figures(validation, rarest),
              EpochResult.recall(validation, labels),
              begun.seconds() + (System.nanoTime() - started) / 1e9,
              begun.images() / begun.seconds());
      history.add(result);
      begun = TrainingState.BegunEpoch.NONE;
      boolean better =
          best.add(epoch, result.value(recipe.selection().metric()), result.value(Metric.LOG_LOSS));
      if (best.epoch() == 0) {
        throw new UserException(
            "the metric "
                + recipe.selection().metric().label()
                + " is undefined on the validation split, which lacks classes; split again with a"
                + " larger --validation, or choose another --metric");
      }
      if (better) {
        bestWeights = backend.evaluated();
      }
      listeners.forEach(listener -> listener.epochEnds(this, result, better));
    }

    @Override
    public Recipe recipe() {
      return recipe;
    }

    @Override
    public Labels labels() {
      return labels;
    }

    @Override
    public String rarestClass() {
      return labels.name(rarest);
    }

    @Override
    public long steps() {
      return backend.steps();
    }

    @Override
    public long plannedSteps() {
      return backend.stepsPerEpoch() * recipe.epochs();
    }

    @Override
    public List<EpochResult> history() {
      return List.copyOf(history);
    }

    @Override
    public int bestEpoch() {
      return best.epoch();
    }

    @Override
    public Checkpoint best() {
      return bestWeights;
    }

    @Override
    public void save(Path directory) {
      try {
        Files.createDirectories(directory);
      } catch (IOException e) {
        throw new UncheckedIOException("making " + directory, e);
      }
      backend.save(directory);
      new TrainingState(config, backend.dataHash(), List.copyOf(history), begun)
          .write(directory, steps(), best);
    }

    @Override
    public void interrupt() {
      interrupted = true;
    }

    @Override
    public void stop() {
      stopped = true;
    }
  }
}
