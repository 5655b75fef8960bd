/**
 * The stage {@code train}: fine-tunes a checkpoint, or trains a ViT from scratch, on the train
 * split and its plan, and writes a Hugging Face model directory. What it does so with is in {@link
 * org.sparkvit.training}.
 */
package org.sparkvit.train;
