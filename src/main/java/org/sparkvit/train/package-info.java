/**
 * The stage {@code train}: fine-tunes a checkpoint, or trains a ViT from scratch, on the train
 * split and its plan, and writes a Hugging Face model directory.
 *
 * <p>Executors read, decode and prepare every image once ({@link org.sparkvit.train.ImageLoader});
 * the pixels go into a mapped file on the driver ({@link org.sparkvit.train.PixelCache}), and the
 * driver trains from that ({@link org.sparkvit.train.Trainer}), without Spark.
 */
package org.sparkvit.train;
