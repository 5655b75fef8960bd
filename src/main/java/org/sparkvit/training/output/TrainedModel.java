package org.sparkvit.training.output;

import ai.djl.engine.Engine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.fs.FileUtil;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelCard;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.training.loop.EpochResult;
import org.sparkvit.training.loop.TrainingResult;
import org.sparkvit.training.loop.TrainingState;

/**
 * Writes the result of a training, first on this machine and then to its destination. It is a
 * Hugging Face model directory with the files that Hugging Face's Trainer writes beside it, and
 * {@code training.json}, which has the run record and every epoch's metrics.
 *
 * @param record the record of the run
 * @param sparkVersion the version of Spark, for the record
 */
public record TrainedModel(RunRecord record, String sparkVersion) {
  /**
   * A published model.
   *
   * @param hash the hash of the model
   * @param location the URI of the version
   * @param warning a warning for people about how it was published
   */
  public record Published(String hash, String location, Optional<String> warning) {}

  /**
   * The file that says how the model was made: the run record, the classes and every epoch's
   * metrics.
   */
  public static final String RECORD = "training.json";

  /**
   * Publishes the best weights of a training.
   *
   * @param card the text of README.md
   * @param metrics the text of metrics.jsonl
   * @return the location and the model's hash, which the record gets as well
   */
  public Published publish(
      ModelDestination output, TrainingResult result, String card, String metrics) {
    Map<String, String> files = new LinkedHashMap<>();
    files.put("all_results.json", Json.write(allResults(result)));
    files.put(TrainingState.FILE, Json.write(trainerState(result)));
    files.put(ModelCard.FILE, card);
    files.put(MetricsFile.NAME, metrics);
    List<Map<String, Object>> history = result.history().stream().map(EpochResult::toMap).toList();
    return publish(output, result.best(), Map.of("history", history), files);
  }

  /**
   * Publishes a model.
   *
   * @param details the fields of the record's file besides the record
   * @param files the text of further files beside the model, by name
   * @return the location and the model's hash, which the record gets as well
   */
  public Published publish(
      ModelDestination output,
      Checkpoint model,
      Map<String, ?> details,
      Map<String, String> files) {
    try {
      Path directory = Files.createTempDirectory("spark-vit-model-");
      try {
        ModelDirectory.write(directory, model);
        String hash = ModelDirectory.hash(directory);
        record.result("model_hash", hash);
        Map<String, Object> document = new LinkedHashMap<>(record.toMap());
        document.put(
            "engines", Map.of("spark", sparkVersion, "pytorch", Engine.getInstance().getVersion()));
        document.putAll(details);
        Files.writeString(directory.resolve(RECORD), Json.write(document));
        for (Map.Entry<String, String> file : files.entrySet()) {
          Files.writeString(directory.resolve(file.getKey()), file.getValue());
        }
        Optional<String> warning = output.publish(directory, record.runId());
        return new Published(hash, output.location(record.runId()), warning);
      } finally {
        FileUtil.fullyDelete(directory.toFile());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("writing the model to this machine's temporary folder", e);
    }
  }

  private static Map<String, Object> trainerState(TrainingResult result) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("epoch", result.history().size());
    map.put("global_step", result.steps());
    map.put("best_metric", result.bestValue());
    map.put("best_epoch", result.bestEpoch());
    map.put("log_history", TrainingState.logHistory(result.history()));
    return map;
  }

  private static Map<String, Object> allResults(TrainingResult result) {
    EpochResult best = result.history().get(result.bestEpoch() - 1);
    EpochResult last = result.history().get(result.history().size() - 1);
    double seconds = result.history().stream().mapToDouble(EpochResult::seconds).sum();
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("epoch", last.epoch());
    map.put("train_loss", last.trainLoss());
    map.put("train_runtime", seconds);
    map.put("train_samples_per_second", last.imagesPerSecond());
    map.put("train_steps_per_second", result.steps() / seconds);
    map.putAll(TrainingState.evaluation(best.validation()));
    return map;
  }
}
