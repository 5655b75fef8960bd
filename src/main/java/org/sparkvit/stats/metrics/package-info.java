/**
 * The metrics that a classifier is judged by: pure functions and small mergeable states over counts
 * and sorted scores. They do not use Spark. Training and evaluation share them, so that they cannot
 * disagree.
 *
 * <p>Conventions are scikit-learn's. A precision without predictions, a recall without images and
 * their F1 are 0. An average "macro" runs over the classes that occur as a label or as a
 * prediction. A ROC-AUC that lacks positives or negatives is undefined, which is {@code NaN} here
 * and an absent value in tables. Classes are indices from 0.
 *
 * <p>Sums of fractions are kept in fixed point ({@link org.sparkvit.stats.metrics.FixedPointSum}).
 * So the same images give the same bits in any order and any partitioning.
 */
package org.sparkvit.stats.metrics;
