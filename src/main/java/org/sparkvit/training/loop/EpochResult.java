package org.sparkvit.training.loop;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.core.Labels;
import org.sparkvit.stats.metrics.ClassMetric;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.stats.metrics.Metric;

/**
 * The results of one epoch.
 *
 * @param epoch the number of the epoch, from 1
 * @param steps the number of updates done so far
 * @param trainLoss the weighted mean loss of the samples, as seen during training
 * @param learningRate the learning rate of the last update
 * @param gradientNorm the mean L2 norm of the gradients over the updates, before clipping
 * @param validation the metrics of the model on the validation split after the epoch, by name:
 *     those of {@link Metric}, and {@code roc_auc} and {@code average_precision} of the rarest
 *     class; NaN where undefined
 * @param recall the recall of each class on the validation split, by class name, or NaN for a class
 *     without images there
 * @param seconds the time of training and evaluating in seconds
 * @param imagesPerSecond the number of samples trained on per second, without the evaluation
 */
public record EpochResult(
    int epoch,
    long steps,
    double trainLoss,
    double learningRate,
    double gradientNorm,
    Map<String, Double> validation,
    Map<String, Double> recall,
    double seconds,
    double imagesPerSecond)
    implements Serializable {

  private static final ClassMetric[] OF_RAREST = {
    ClassMetric.ROC_AUC, ClassMetric.AVERAGE_PRECISION
  };

  /**
   * Returns all metrics of an evaluation that are kept, by name.
   *
   * @param rarest the index of the class whose ranking metrics are kept besides the overall ones
   */
  public static Map<String, Double> figures(Evaluation evaluation, int rarest) {
    Map<String, Double> figures = new LinkedHashMap<>();
    for (Metric metric : Metric.values()) {
      figures.put(metric.label(), evaluation.value(metric));
    }
    for (ClassMetric metric : OF_RAREST) {
      figures.put(metric.label(), evaluation.value(metric, rarest));
    }
    return figures;
  }

  /** Returns the recall of each class, by class name, or NaN for a class without images. */
  public static Map<String, Double> recall(Evaluation evaluation, Labels labels) {
    Map<String, Double> recall = new LinkedHashMap<>();
    for (int c = 0; c < labels.size(); c++) {
      boolean present = evaluation.confusion().support(c) > 0;
      recall.put(labels.name(c), present ? evaluation.value(ClassMetric.RECALL, c) : Double.NaN);
    }
    return recall;
  }

  /** Returns the value of a metric on the validation split. */
  public double value(Metric metric) {
    return validation.get(metric.label());
  }

  /** Returns the result as a JSON object. Undefined metrics are null. */
  public Map<String, Object> toMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("epoch", epoch);
    map.put("steps", steps);
    map.put("train_loss", trainLoss);
    map.put("learning_rate", learningRate);
    map.put("gradient_norm", defined(gradientNorm));
    map.put("validation", defined(validation));
    map.put("recall", defined(recall));
    map.put("seconds", seconds);
    map.put("images_per_second", imagesPerSecond);
    return map;
  }

  /** Reads a result that {@link #toMap} wrote. */
  static EpochResult of(JsonNode json) {
    return new EpochResult(
        json.path("epoch").asInt(),
        json.path("steps").asLong(),
        json.path("train_loss").asDouble(),
        json.path("learning_rate").asDouble(),
        json.path("gradient_norm").asDouble(Double.NaN),
        numbers(json.path("validation")),
        numbers(json.path("recall")),
        json.path("seconds").asDouble(),
        json.path("images_per_second").asDouble());
  }

  private static Map<String, Double> numbers(JsonNode json) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    json.fields()
        .forEachRemaining(
            field -> numbers.put(field.getKey(), field.getValue().asDouble(Double.NaN)));
    return numbers;
  }

  private static Map<String, Object> defined(Map<String, Double> figures) {
    Map<String, Object> map = new LinkedHashMap<>();
    figures.forEach((name, value) -> map.put(name, defined(value)));
    return map;
  }

  private static Double defined(double value) {
    return Double.isFinite(value) ? value : null;
  }
}
