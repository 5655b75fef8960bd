/**
 * The stages {@code evaluate} and {@code calibrate}. They compare predictions with labels and write
 * exact metrics, intervals, curves, calibrations and thresholds, for all images, splits and slices.
 * The driver never holds a row for each image; the formulas are in {@link
 * org.sparkvit.stats.metrics}.
 */
package org.sparkvit.pipeline.evaluate;
