/**
 * Gets from the bytes of a file to pixels: formats, EXIF orientation, transparency, limits of time
 * and memory, and a typed status for every file that does not decode. Small encoded copies are made
 * here, too. Resizing is in {@link org.sparkvit.image.resample}.
 */
package org.sparkvit.image.codec;
