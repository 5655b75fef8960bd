/**
 * The images of a training. {@link org.sparkvit.training.data.TrainingRows} selects the rows,
 * {@link org.sparkvit.training.data.ImageLoader} has the executors read and decode each image once
 * into a {@link org.sparkvit.training.data.PixelCache}, and {@link
 * org.sparkvit.training.data.Batches} fills batches from there. The steps are in {@link
 * org.sparkvit.training.loop}.
 */
package org.sparkvit.training.data;
