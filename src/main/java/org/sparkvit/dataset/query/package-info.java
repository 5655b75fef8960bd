/**
 * Helpers for queries over tables that several stages need: current labels and splits, slices,
 * indices of classes, exact quantiles, and ranges of ids. What only one stage asks is in that
 * stage.
 */
package org.sparkvit.dataset.query;
