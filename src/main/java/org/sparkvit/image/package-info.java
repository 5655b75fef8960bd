/**
 * From the bytes of an image file to the pixels a model sees: decoding with a typed status, EXIF
 * orientation, resampling that is byte-equal to Pillow's, the one preprocessing that training and
 * scoring share, augmentation and thumbnails.
 *
 * <p>Everything works on {@link org.sparkvit.image.PixelImage}, 8-bit RGB. Nothing here knows Spark
 * or the model; every class is safe to share between threads.
 */
package org.sparkvit.image;
