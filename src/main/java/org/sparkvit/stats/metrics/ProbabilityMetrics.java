package org.sparkvit.stats.metrics;

/**
 * Metrics of probabilities as such, besides which one is the highest. They are NaN where there are
 * no images.
 *
 * @param logLoss mean log-loss
 * @param brier mean Brier score, 0 to 2
 * @param top2 share of images whose class is among the two most probable
 * @param top5 the same of five
 * @param expectedCalibrationError 0 to 1
 * @param maximumCalibrationError 0 to 1
 */
public record ProbabilityMetrics(
    double logLoss,
    double brier,
    double top2,
    double top5,
    double expectedCalibrationError,
    double maximumCalibrationError) {}
