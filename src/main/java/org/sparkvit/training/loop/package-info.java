/**
 * The loop of a training: steps, epochs, evaluation, early stopping, states to resume from, and
 * workers across a cluster. {@link org.sparkvit.training.loop.Trainer} knows no Spark; the engines
 * that it drives may. Finished models are written by {@link org.sparkvit.training.output}.
 */
package org.sparkvit.training.loop;
