package org.sparkvit.training.loop;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.workspace.Json;

/**
 * The progress of a training besides its weights and its optimizer, kept as {@code
 * trainer_state.json}. Its first fields are those of Hugging Face's Trainer.
 *
 * @param config the settings that identify the training, by option name
 * @param data a hash of the images, labels, weights and copies
 * @param history the results of the epochs done
 * @param begun the sums over the steps of the current epoch
 */
public record TrainingState(
    Map<String, Object> config, String data, List<EpochResult> history, BegunEpoch begun) {
  public static final String FILE = "trainer_state.json";

  /**
   * The sums over the steps of an epoch that is not done.
   *
   * @param steps the number of updates
   * @param loss the weighted sum of the losses
   * @param weight the sum of the weights
   * @param norm the sum of the gradients' norms
   * @param images the number of samples
   * @param seconds the time spent in seconds
   */
  record BegunEpoch(
      long steps, double loss, double weight, double norm, long images, double seconds) {
    static final BegunEpoch NONE = new BegunEpoch(0, 0, 0, 0, 0, 0);

    BegunEpoch plus(Step step, double took) {
      double finite = Double.isFinite(step.gradientNorm()) ? step.gradientNorm() : 0;
      return new BegunEpoch(
          steps + 1,
          loss + step.loss() * step.weight(),
          weight + step.weight(),
          norm + finite,
          images + step.images(),
          seconds + took);
    }
  }

  void write(Path directory, long step, BestEpoch best) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("epoch", history.size());
    map.put("global_step", step);
    map.put("best_metric", best.epoch() == 0 ? null : best.value());
    map.put("best_epoch", best.epoch());
    map.put("log_history", logHistory(history));
    Map<String, Object> own = new LinkedHashMap<>();
    own.put("config", config);
    own.put("data", data);
    own.put("history", history.stream().map(EpochResult::toMap).toList());
    own.put("begun_steps", begun.steps());
    own.put("begun_loss", begun.loss());
    own.put("begun_weight", begun.weight());
    own.put("begun_norm", begun.norm());
    own.put("begun_images", begun.images());
    own.put("begun_seconds", begun.seconds());
    map.put("spark_vit", own);
    try {
      Files.writeString(directory.resolve(FILE), Json.write(map));
    } catch (IOException e) {
      throw new UncheckedIOException("writing " + directory.resolve(FILE), e);
    }
  }

  /**
   * Returns one entry for the training and one for the evaluation of each epoch, as Hugging Face's
   * Trainer writes them.
   */
  public static List<Map<String, Object>> logHistory(List<EpochResult> history) {
    List<Map<String, Object>> log = new ArrayList<>();
    for (EpochResult result : history) {
      Map<String, Object> train = new LinkedHashMap<>();
      train.put("epoch", (double) result.epoch());
      train.put("step", result.steps());
      train.put("loss", result.trainLoss());
      train.put("learning_rate", result.learningRate());
      train.put("grad_norm", result.gradientNorm());
      log.add(train);
      Map<String, Object> evaluation = new LinkedHashMap<>();
      evaluation.put("epoch", (double) result.epoch());
      evaluation.put("step", result.steps());
      evaluation.putAll(evaluation(result.validation()));
      log.add(evaluation);
    }
    return log;
  }

  /**
   * Returns the validation metrics under Hugging Face's names: {@code eval_loss}, {@code
   * eval_accuracy}, ...
   */
  public static Map<String, Object> evaluation(Map<String, Double> validation) {
    Map<String, Object> evaluation = new LinkedHashMap<>();
    validation.forEach(
        (name, value) ->
            evaluation.put(
                name.equals("log_loss") ? "eval_loss" : "eval_" + name,
                value.isNaN() ? null : value));
    return evaluation;
  }

  /** Returns the number of the best epoch when the state was saved, or 0 when none was done. */
  static int bestEpoch(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      return Json.read(file.toString(), Files.readString(file)).path("best_epoch").asInt();
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
  }

  /**
   * Reads a state that {@link #write} wrote.
   *
   * @throws UserException when it is damaged, or belongs to a training by another recipe or on
   *     other data
   */
  static TrainingState read(Path directory, Map<String, Object> config, String data) {
    Path file = directory.resolve(FILE);
    JsonNode own;
    try {
      own = Json.read(file.toString(), Files.readString(file)).path("spark_vit");
    } catch (IOException e) {
      throw new UncheckedIOException("reading " + file, e);
    }
    if (!own.isObject()) {
      throw new UserException(file + " has no 'spark_vit'; it is not the state of a training here");
    }
    requireSame(own.path("config"), config);
    if (!own.path("data").asText().equals(data)) {
      throw new UserException(
          "the images, labels or weights to train on are not those of the interrupted training;"
              + " start again with --overwrite");
    }
    List<EpochResult> history = new ArrayList<>();
    own.path("history").forEach(epoch -> history.add(EpochResult.of(epoch)));
    return new TrainingState(
        config,
        data,
        history,
        new BegunEpoch(
            own.path("begun_steps").asLong(),
            own.path("begun_loss").asDouble(),
            own.path("begun_weight").asDouble(),
            own.path("begun_norm").asDouble(),
            own.path("begun_images").asLong(),
            own.path("begun_seconds").asDouble()));
  }

  private static void requireSame(JsonNode was, Map<String, Object> is) {
    Map<String, String> before = new TreeMap<>();
    was.fields().forEachRemaining(f -> before.put(f.getKey(), f.getValue().asText()));
    Map<String, String> now = new TreeMap<>();
    Json.read("config", Json.write(is))
        .fields()
        .forEachRemaining(f -> now.put(f.getKey(), f.getValue().asText()));
    List<String> differing = new ArrayList<>();
    Map<String, String> all = new TreeMap<>(before);
    all.putAll(now);
    for (String option : all.keySet()) {
      String old = before.getOrDefault(option, "not given");
      String present = now.getOrDefault(option, "not given");
      if (!old.equals(present)) {
        differing.add("--" + option + " was " + old + " and is " + present);
      }
    }
    if (!differing.isEmpty()) {
      throw new UserException(
          "the interrupted training had other options: "
              + String.join("; ", differing)
              + "; give the same options, or start again with --overwrite");
    }
  }
}
