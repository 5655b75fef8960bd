/**
 * The stage {@code probe}. It fits a logistic regression on the embeddings of a model and writes
 * the model with that head. The weights below the head stay as they are.
 */
package org.sparkvit.pipeline.probe;
