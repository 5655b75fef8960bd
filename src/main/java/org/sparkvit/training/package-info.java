/**
 * How a model learns, whichever stage asks for it: the rows to train on, their pixels, the recipe
 * and the loop.
 *
 * <p>Executors read, decode and prepare every image once ({@link
 * org.sparkvit.training.ImageLoader}); the pixels go into a mapped file ({@link
 * org.sparkvit.training.PixelCache}), from which {@link org.sparkvit.training.Trainer} trains,
 * without Spark.
 */
package org.sparkvit.training;
