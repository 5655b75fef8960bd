/**
 * Helpers for queries over tables that several stages need. They find the rows that are about the
 * catalog's present content, and join images with the predictions of models. They apply current
 * labels and splits, and make slices, indexes of classes, exact quantiles and ranges of ids. What
 * only one stage needs is in that stage.
 */
package org.sparkvit.dataset.query;
