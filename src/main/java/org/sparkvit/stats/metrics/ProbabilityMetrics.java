package org.sparkvit.stats.metrics;

/**
 * Metrics of the probabilities themselves, beyond which class has the highest. They are NaN where
 * there are no images.
 *
 * @param logLoss the mean log-loss, at least 0
 * @param brier the mean Brier score, 0 to 2
 * @param top2 the share of images whose class is among the two most probable
 * @param top5 the share of images whose class is among the five most probable
 * @param expectedCalibrationError the mean distance of confidence from accuracy, 0 to 1
 * @param maximumCalibrationError the largest distance of confidence from accuracy in a bin, 0 to 1
 */
public record ProbabilityMetrics(
    double logLoss,
    double brier,
    double top2,
    double top5,
    double expectedCalibrationError,
    double maximumCalibrationError) {}
