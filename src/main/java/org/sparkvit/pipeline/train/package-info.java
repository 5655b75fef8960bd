/**
 * The stage {@code train}. It fine-tunes a checkpoint, or trains a Vision Transformer from scratch,
 * and writes a Hugging Face model directory. The training itself is in {@link
 * org.sparkvit.training.loop} and the packages beside it.
 */
package org.sparkvit.pipeline.train;
