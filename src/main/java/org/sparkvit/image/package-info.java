/**
 * The pixels of an image, which the packages below share: {@link org.sparkvit.image.PixelImage} is
 * 8-bit RGB. Nothing in these packages knows Spark or a model, and every class is safe to share
 * between threads.
 */
package org.sparkvit.image;
