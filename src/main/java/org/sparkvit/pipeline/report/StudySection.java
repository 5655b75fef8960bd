package org.sparkvit.pipeline.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkvit.dataset.workspace.StudyLog;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.stats.search.Importance;
import org.sparkvit.stats.search.Trial;

/** The section on searches for settings, the latest search first. */
public record StudySection(List<Study> studies) {
  private static final int SHOWN = 3;
  private static final int BEST = 5;

  /**
   * One search.
   *
   * @param metric the metric that trials are compared by
   * @param complete the number of trials that were trained to the end
   * @param pruned the number of trials that were ended early
   * @param failed the number of trials that could not be trained
   * @param running the number of trials that are running, or were interrupted
   * @param chart the values by trial
   * @param importance the importance of the parameters, the largest first
   * @param parameters the names of the parameters, which are columns of {@code best}
   * @param best the best trials
   */
  public record Study(
      String name,
      String metric,
      long complete,
      long pruned,
      long failed,
      long running,
      LineChart chart,
      List<Share> importance,
      List<String> parameters,
      List<BestTrial> best) {}

  /** A parameter's share of the importance. */
  public record Share(String name, double share) {}

  /**
   * One of the best trials.
   *
   * @param values the values in the order of the parameters
   */
  public record BestTrial(int number, double value, List<String> values) {}

  /** Reads the studies of a workspace, or returns null where there are none. */
  static StudySection of(Workspace workspace) {
    List<Study> studies = new ArrayList<>();
    for (String name : workspace.studies().stream().limit(SHOWN).toList()) {
      String file = workspace.study(name) + "/" + StudyLog.FILE;
      workspace
          .text(file)
          .ifPresent(text -> studies.add(study(name, studies.size(), StudyLog.parse(file, text))));
    }
    return studies.isEmpty() ? null : new StudySection(studies);
  }

  private static Study study(String name, int number, StudyLog log) {
    List<double[]> complete = new ArrayList<>();
    List<double[]> pruned = new ArrayList<>();
    List<double[]> best = new ArrayList<>();
    double least = Double.POSITIVE_INFINITY;
    for (Trial trial : log.trials()) {
      double[] point = {trial.number(), log.value(trial.loss())};
      if (trial.state() == Trial.State.COMPLETE) {
        complete.add(point);
        least = Math.min(least, trial.loss());
      } else if (trial.state() == Trial.State.PRUNED) {
        pruned.add(point);
      }
      if (least < Double.POSITIVE_INFINITY) {
        best.add(new double[] {trial.number(), log.value(least)});
      }
    }
    LineChart chart =
        LineChart.of(
            "study" + number,
            log.metric() + " by trial",
            "Trial",
            List.of(
                new LineChart.Series("best so far", best, true),
                new LineChart.Series("complete", complete, false),
                new LineChart.Series("ended early", pruned, false)));
    List<Share> importance =
        Importance.of(log.space(), log.trials()).entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .map(entry -> new Share(entry.getKey(), entry.getValue()))
            .toList();
    List<String> parameters =
        log.space().parameters().stream().map(parameter -> parameter.name()).toList();
    return new Study(
        name,
        log.metric(),
        count(log, Trial.State.COMPLETE),
        count(log, Trial.State.PRUNED),
        count(log, Trial.State.FAILED),
        count(log, Trial.State.RUNNING),
        chart,
        importance,
        parameters,
        best(log));
  }

  private static List<BestTrial> best(StudyLog log) {
    return log.trials().stream()
        .filter(trial -> trial.state() == Trial.State.COMPLETE)
        .sorted(Comparator.comparing(Trial::loss).thenComparing(Trial::number))
        .limit(BEST)
        .map(
            trial ->
                new BestTrial(
                    trial.number(),
                    log.value(trial.loss()),
                    List.copyOf(new TreeMap<>(trial.values()).values())))
        .toList();
  }

  private static long count(StudyLog log, Trial.State state) {
    return log.trials().stream().filter(trial -> trial.state() == state).count();
  }
}
