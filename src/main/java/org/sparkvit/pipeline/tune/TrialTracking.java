package org.sparkvit.pipeline.tune;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.sparkvit.stats.search.Trial;
import org.sparkvit.tracking.Tracking;
import org.sparkvit.training.loop.EpochResult;

/** Logs each trial of a study to MLflow, as a run below that of the study. */
final class TrialTracking {
  private final Tracking study;
  private final Map<Integer, Logged> trials = new ConcurrentHashMap<>();

  TrialTracking(Tracking study) {
    this.study = study;
  }

  /** A trial and the number of its epochs that are logged. */
  private static final class Logged {
    private final Tracking run;
    private int epochs;

    private Logged(Tracking run) {
      this.run = run;
    }
  }

  /** Begins the run of a trial. */
  void begin(Trial trial) {
    trials.put(trial.number(), new Logged(study.child("trial " + trial.number(), trial.values())));
  }

  /** Logs the epochs of a trial that were not logged before. */
  void epochs(int trial, List<EpochResult> history) {
    Logged logged = trials.get(trial);
    for (; logged.epochs < history.size(); logged.epochs++) {
      logged.run.epoch(history.get(logged.epochs));
    }
  }

  /** Ends the run of a trial. One that ended early for want of success is finished, too. */
  void end(int trial, Trial.State state) {
    Tracking run = trials.remove(trial).run;
    run.tag("state", state.name().toLowerCase(Locale.ROOT));
    if (state == Trial.State.FAILED) {
      run.close();
    } else {
      run.finished();
    }
  }

  /** Ends the runs of trials that were interrupted. */
  void interrupted() {
    trials.values().forEach(logged -> logged.run.killed());
    trials.clear();
  }
}
