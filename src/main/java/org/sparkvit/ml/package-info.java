/**
 * Models as stages of Spark ML pipelines: labels and probabilities, or embeddings for a classifier
 * of Spark's own, on the same engine as the jobs.
 */
package org.sparkvit.ml;
