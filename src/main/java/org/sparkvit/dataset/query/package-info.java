/**
 * Helpers for queries over tables that several stages need: which rows are about the content that
 * the catalog knows, images with what models said of them, current labels and splits, slices,
 * indexes of classes, exact quantiles, and ranges of ids. What only one stage asks is in that
 * stage.
 */
package org.sparkvit.dataset.query;
