/**
 * Random changes of training images and mixing of two images. The same seed gives the same pixels
 * on every machine. Which changes a training uses is in {@link org.sparkvit.training.recipe}.
 */
package org.sparkvit.image.augment;
