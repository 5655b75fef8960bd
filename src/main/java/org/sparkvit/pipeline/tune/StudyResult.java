package org.sparkvit.pipeline.tune;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.workspace.AtomicFiles;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.StudyLog;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.stats.search.Importance;
import org.sparkvit.stats.search.SearchSpace;
import org.sparkvit.stats.search.Trial;
import org.sparkvit.tracking.Tracking;
import org.sparkvit.training.recipe.Initialization;
import org.sparkvit.training.recipe.InitializationOptions;

/**
 * The result of a study: the best trial, and the importance of each option.
 *
 * @param config the options of the stage
 * @param begin the weights that each training began with
 * @param space the search space
 * @param log the log of the trials
 */
record StudyResult(TuneConfig config, Initialization begin, SearchSpace space, StudyLog log) {

  /**
   * Writes {@code summary.json}, and {@code best.properties} for {@code train --config}.
   *
   * @throws UserException when no trial is complete
   */
  void write(StageContext context, FileSystem fs, Path folder) {
    Trial best =
        log.best()
            .orElseThrow(
                () ->
                    new UserException(
                        "no trial is complete; --resume with more --trials or --minutes goes on"));
    Map<String, Double> importance = Importance.of(space, log.trials());
    Map<String, Long> states =
        log.trials().stream()
            .collect(
                Collectors.groupingBy(
                    trial -> trial.state().name().toLowerCase(Locale.ROOT),
                    TreeMap::new,
                    Collectors.counting()));
    context
        .record()
        .result("metric", log.metric())
        .result("best_trial", best.number())
        .result("best_value", log.value(best.loss()))
        .result("best_values", new TreeMap<>(best.values()))
        .result("trials", states)
        .result("importance", importance);
    Path conf = new Path(folder, "best.properties");
    try {
      AtomicFiles.write(fs, new Path(folder, "summary.json"), Json.write(context.record().toMap()));
      AtomicFiles.write(fs, conf, properties(best));
    } catch (IOException e) {
      throw new UncheckedIOException("writing to " + folder, e);
    }
    context.say(
        "importance: %s",
        importance.entrySet().stream()
            .sorted(Map.Entry.<String, Double>comparingByValue().reversed())
            .map(
                entry ->
                    String.format(
                        Locale.ROOT, "%s %.0f %%", entry.getKey(), 100 * entry.getValue()))
            .collect(Collectors.joining(", ")));
    context.say(
        "trial %d of %d is the best, %s %.4f: %s",
        best.number(),
        log.trials().size(),
        log.metric(),
        log.value(best.loss()),
        Study.describe(best));
    String scheme = conf.toUri().getScheme();
    context.next(
        "train --config %s",
        scheme == null || scheme.equals("file") ? conf.toUri().getPath() : conf);
  }

  /** Logs the best trial. */
  void log(Tracking tracking) {
    log.best()
        .ifPresent(
            best -> {
              tracking.metrics(Map.of("best/" + log.metric(), log.value(best.loss())), 0);
              tracking.tag("best_trial", Integer.toString(best.number()));
              tracking.tag("best_values", Study.describe(best));
            });
  }

  private String properties(Trial best) {
    Map<String, String> all = new LinkedHashMap<>();
    all.putAll(Options.texts(InitializationOptions.of(begin)));
    all.putAll(config.optionsWith(best.values()));
    all.put("precision", config.precision());
    if (!config.usePlan()) {
      all.put("no-plan", "true");
    }
    if (config.useSynthetic()) {
      all.put("synthetic", "true");
    }
    all.putAll(Options.texts(config.rare()));
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "# Trial %d of the study '%s': %s %.4f on the validation split%n",
            best.number(),
            config.name(),
            log.metric(),
            log.value(best.loss())));
    all.forEach((name, option) -> text.append(name).append(" = ").append(option).append('\n'));
    return text.toString();
  }
}
