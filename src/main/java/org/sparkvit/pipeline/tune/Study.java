package org.sparkvit.pipeline.tune;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.StudyLog;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.stats.search.Sampler;
import org.sparkvit.stats.search.SuccessiveHalving;
import org.sparkvit.stats.search.Trial;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.loop.RemoteTraining;
import org.sparkvit.training.recipe.Recipe;

/**
 * Runs the trials of a study, several at a time. Each thread asks the sampler for values, trains
 * leg by leg, and after each leg asks whether the trial is worth going on with.
 */
final class Study {
  /**
   * The number of failures without a success after which the study ends, as then something else is
   * wrong than the values.
   */
  private static final int TOO_MANY_FAILURES = 5;

  private final StageContext context;
  private final TuneConfig config;
  private final TrainingRows rows;
  private final StudyFile file;
  private final StudyLog log;
  private final Legs legs;
  private final TrialTracking tracking;
  private final Sampler sampler;
  private final Optional<SuccessiveHalving> halving;
  private final Metric metric;
  private final Instant deadline;
  private final Deque<Trial> interrupted = new ArrayDeque<>();
  private boolean givenUp;

  /** Trains the legs of trials. */
  interface Legs {
    /**
     * Trains a trial until an epoch is done.
     *
     * @param trial the number of the trial
     * @param recipe the recipe of the trial
     * @param until the number of that epoch, from 1
     */
    RemoteTraining.Leg run(int trial, Recipe recipe, int until);

    /** Ends the trainings that are running. */
    void cancel();

    /** Deletes the states of a trial. */
    void forget(int trial);
  }

  Study(
      StageContext context,
      TuneConfig config,
      TrainingRows rows,
      StudyFile file,
      Sampler sampler,
      Metric metric,
      Legs legs,
      TrialTracking tracking) {
    this.context = context;
    this.config = config;
    this.rows = rows;
    this.file = file;
    this.log = file.log();
    this.metric = metric;
    this.legs = legs;
    this.tracking = tracking;
    this.sampler = sampler;
    this.halving = config.halving();
    this.deadline =
        config.minutes() == 0
            ? Instant.MAX
            : Instant.now().plus(Duration.ofMinutes(config.minutes()));
    log.trials().stream()
        .filter(trial -> trial.state() == Trial.State.RUNNING)
        .forEach(interrupted::add);
  }

  /**
   * Runs trials until there are enough, or the time is over.
   *
   * @param parallel the number of trials at a time
   */
  void run(int parallel) {
    ExecutorService threads = Executors.newFixedThreadPool(parallel);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < parallel; i++) {
        all.add(threads.submit(this::work));
      }
      for (Future<?> one : all) {
        one.get();
      }
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserException("interrupted; --resume goes on with the study", e);
    } finally {
      end(threads);
    }
  }

  /** Ends all trainings before the caller takes away what they need. */
  private void end(ExecutorService threads) {
    legs.cancel();
    threads.shutdown();
    try {
      if (!threads.awaitTermination(1, TimeUnit.MINUTES)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
    tracking.interrupted();
  }

  private void work() {
    try {
      for (Optional<Trial> trial = next(); trial.isPresent(); trial = next()) {
        run(trial.get());
      }
    } catch (RuntimeException | Error e) {
      synchronized (this) {
        // The other threads begin no further trial.
        givenUp = true;
      }
      throw e;
    }
  }

  private synchronized Optional<Trial> next() {
    if (givenUp || Instant.now().isAfter(deadline)) {
      return Optional.empty();
    }
    if (!interrupted.isEmpty()) {
      return Optional.of(interrupted.poll());
    }
    List<Trial> trials = log.trials();
    if (trials.size() >= config.trials()) {
      return Optional.empty();
    }
    int number = trials.size();
    Optional<Map<String, String>> values = sampler.next(number, trials);
    if (values.isEmpty()) {
      return Optional.empty();
    }
    file.write(study -> study.begin(number, values.get()));
    return Optional.of(log.trial(number));
  }

  private void run(Trial trial) {
    Instant begun = Instant.now();
    int number = trial.number();
    context.say("trial %d: %s", number, describe(trial));
    tracking.begin(trial);
    Recipe recipe;
    try {
      recipe = config.recipeWith(trial.values());
      rows.requireFills(recipe);
    } catch (UserException e) {
      // Each value is allowed, but not in this combination.
      fail(number, e.getMessage(), begun);
      return;
    }
    List<Integer> rungs =
        new ArrayList<>(halving.map(half -> half.rungs(recipe.epochs())).orElse(List.of()));
    rungs.add(recipe.epochs());
    for (int rung : rungs) {
      if (rung < recipe.epochs() && trial.reports().containsKey(rung)) {
        // The trial was interrupted after this rung, and had been found worth going on with.
        continue;
      }
      RemoteTraining.Leg leg = legs.run(number, recipe, rung);
      if (leg.failure() != null) {
        fail(number, leg.failure(), begun);
        return;
      }
      tracking.epochs(number, leg.history());
      double value = best(leg.history(), rung);
      if (ends(number, rung, leg, value, begun)) {
        return;
      }
    }
  }

  /**
   * Returns the best value of the epochs up to a rung. A leg that was interrupted may have come
   * further before.
   */
  private double best(List<EpochResult> history, int rung) {
    double best = Double.NaN;
    for (EpochResult epoch : history.subList(0, Math.min(rung, history.size()))) {
      if (metric.isBetter(epoch.value(metric), best)) {
        best = epoch.value(metric);
      }
    }
    return best;
  }

  /** Notes how far a trial is, and returns whether it has ended. */
  private boolean ends(int number, int rung, RemoteTraining.Leg leg, double value, Instant begun) {
    synchronized (this) {
      file.write(
          study -> study.report(number, leg.finished() ? leg.history().size() : rung, value));
      Trial.State state;
      if (leg.finished()) {
        state = Trial.State.COMPLETE;
      } else if (halving.isPresent()
          && !halving.get().goesOn(log.trial(number), rung, log.trials())) {
        state = Trial.State.PRUNED;
      } else {
        return false;
      }
      Map<String, Object> details = seconds(begun);
      details.put("best_epoch", leg.best());
      details.put(
          "history",
          leg.history().stream().map((EpochResult epoch) -> epoch.value(metric)).toList());
      file.write(study -> study.end(number, state, value, details));
      Trial best = log.best().orElse(null);
      context.say(
          "trial %d %s %d epochs: %s %.4f%s",
          number,
          state == Trial.State.PRUNED ? "ended early after" : "is done after",
          leg.history().size(),
          metric.label(),
          value,
          best == null
              ? ""
              : best.number() == number
                  ? ", the best so far"
                  : String.format(
                      Locale.ROOT,
                      "; best so far %.4f (trial %d)",
                      log.value(best.loss()),
                      best.number()));
    }
    tracking.end(number, log.trial(number).state());
    legs.forget(number);
    return true;
  }

  private void fail(int number, String reason, Instant begun) {
    synchronized (this) {
      Map<String, Object> details = seconds(begun);
      details.put("reason", reason);
      file.write(study -> study.end(number, Trial.State.FAILED, Double.NaN, details));
      context.say("trial %d failed: %s", number, reason);
      long failed =
          log.trials().stream().filter(trial -> trial.state() == Trial.State.FAILED).count();
      if (failed >= TOO_MANY_FAILURES && failed == log.trials().size() - running()) {
        throw new UserException(
            "the first " + failed + " trials failed, the last one so: " + reason);
      }
    }
    tracking.end(number, Trial.State.FAILED);
    legs.forget(number);
  }

  private long running() {
    return log.trials().stream().filter(trial -> trial.state() == Trial.State.RUNNING).count();
  }

  private static Map<String, Object> seconds(Instant begun) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("seconds", Duration.between(begun, Instant.now()).toMillis() / 1000.0);
    return details;
  }

  static String describe(Trial trial) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(trial.values())
        .forEach(
            (name, value) ->
                text.append(text.length() == 0 ? "" : ", ").append(name).append(' ').append(value));
    return text.toString();
  }
}
