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
 * What one epoch came to.
 *
 * @param epoch its number, from 1
 * @param steps updates done so far
 * @param trainLoss weighted mean loss of the samples, as seen while training
 * @param learningRate of the last update
 * @param gradientNorm mean over the updates, before clipping
 * @param validation the model on the validation split, afterwards: {@link Metric} labels, and
 *     {@code roc_auc} and {@code average_precision} of the rarest class, or NaN where undefined
 * @param recall on the validation split, by class, or NaN for a class without images there
 * @param seconds for training and evaluating
 * @param imagesPerSecond samples trained on per second, without the evaluation
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
   * All figures of an evaluation that are kept.
   *
   * @param rarest class whose ranking is named besides the overall figures
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

  /** Recall of each class, or NaN for those without images. */
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

  /** As JSON; figures that are undefined are null. */
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

  /** What {@link #toMap} was written from. */
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
