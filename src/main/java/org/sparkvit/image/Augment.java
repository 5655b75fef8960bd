package org.sparkvit.image;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/**
 * Random crop, flip and change of colours of preprocessed images while training, as torchvision's
 * {@code RandomCrop(size, padding, padding_mode)}, {@code RandomHorizontalFlip(0.5)} and {@code
 * ColorJitter}. The same seed gives the same result.
 *
 * @param padding pixels added on each side before a window of the old size is cut out at random; 0
 *     for no crop
 * @param border what the added pixels hold
 * @param horizontalFlip whether half of the images are mirrored
 * @param colors how colours change
 */
public record Augment(int padding, Border border, boolean horizontalFlip, ColorJitter colors) {

  /** What lies outside the image. */
  public enum Border {
    /** Black. */
    ZERO,
    /** The image mirrored at its edge, without repeating the edge pixel. */
    REFLECT
  }

  /** The image is copied. */
  public static final Augment NONE = new Augment(0, Border.ZERO, false, ColorJitter.NONE);

  public Augment {
    if (padding < 0) {
      throw new IllegalArgumentException("padding " + padding + " is negative");
    }
  }

  /**
   * Augments one uint8 height x width x RGB image.
   *
   * @param image all pixels, {@code height * width * 3} bytes from {@code offset} on
   * @param offset absolute index of the image in the buffer
   * @param seed decides everything; give each (image, epoch) its own, e.g. a hash of run seed,
   *     epoch and image id
   * @param out gets as many bytes at its position, which moves past them; not overlapping the image
   * @throws IllegalArgumentException if the padding reaches the image's size with REFLECT
   */
  public void apply(
      ByteBuffer image, int offset, int height, int width, long seed, ByteBuffer out) {
    if (border == Border.REFLECT && padding >= Math.min(height, width)) {
      throw new IllegalArgumentException(
          "padding " + padding + " cannot be reflected in " + width + "x" + height + " pixels");
    }
    SplittableRandom random = new SplittableRandom(seed);
    int top = random.nextInt(2 * padding + 1) - padding;
    int left = random.nextInt(2 * padding + 1) - padding;
    boolean flip = horizontalFlip && random.nextBoolean();

    // Source byte of each column, or -1 for a black one: the same for all rows.
    int[] columns = new int[width];
    for (int x = 0; x < width; x++) {
      int column = source(flip ? left + width - 1 - x : left + x, width);
      columns[x] = column < 0 ? -1 : 3 * column;
    }
    byte[] from = new byte[3 * width];
    byte[] pixels = new byte[3 * width * height];
    for (int y = 0; y < height; y++) {
      int row = source(top + y, height);
      if (row >= 0) {
        image.get(offset + row * 3 * width, from);
        pick(from, columns, pixels, y * 3 * width);
      }
    }
    colors.apply(pixels, random);
    out.put(pixels);
  }

  /** Copies a row's columns; those outside the image stay black. */
  private static void pick(byte[] from, int[] columns, byte[] to, int at) {
    for (int column : columns) {
      if (column >= 0) {
        to[at] = from[column];
        to[at + 1] = from[column + 1];
        to[at + 2] = from[column + 2];
      }
      at += 3;
    }
  }

  /** The index inside the image that shows at {@code i}, or -1. */
  private int source(int i, int size) {
    if (i >= 0 && i < size) {
      return i;
    } else if (border == Border.ZERO) {
      return -1;
    }
    return i < 0 ? -i : 2 * (size - 1) - i;
  }
}
