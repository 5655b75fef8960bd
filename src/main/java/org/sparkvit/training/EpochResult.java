package org.sparkvit.training;

import java.util.LinkedHashMap;
import java.util.Map;
import org.sparkvit.metrics.ClassMetric;
import org.sparkvit.metrics.Evaluation;
import org.sparkvit.metrics.Metric;

/**
 * What one epoch came to.
 *
 * @param epoch its number, from 1
 * @param steps updates done so far
 * @param trainLoss weighted mean cross-entropy of the showings, as seen while training
 * @param learningRate of the last update
 * @param validation the model on the validation split, afterwards
 * @param seconds for training and evaluating
 * @param imagesPerSecond showings trained on per second, without the evaluation
 */
public record EpochResult(
    int epoch,
    long steps,
    double trainLoss,
    double learningRate,
    Evaluation validation,
    double seconds,
    double imagesPerSecond) {

  /**
   * For the training record; figures that are undefined are null.
   *
   * @param rarest class whose ranking is named besides the overall figures
   */
  public Map<String, Object> toMap(int rarest) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("epoch", epoch);
    map.put("steps", steps);
    map.put("train_loss", trainLoss);
    map.put("learning_rate", learningRate);
    Map<String, Object> figures = new LinkedHashMap<>();
    for (Metric metric : Metric.values()) {
      figures.put(metric.label(), defined(validation.value(metric)));
    }
    for (ClassMetric metric :
        new ClassMetric[] {ClassMetric.ROC_AUC, ClassMetric.AVERAGE_PRECISION}) {
      figures.put(metric.label(), defined(validation.value(metric, rarest)));
    }
    map.put("validation", figures);
    map.put("seconds", seconds);
    map.put("images_per_second", imagesPerSecond);
    return map;
  }

  private static Double defined(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
