package org.sparkvit.image.codec;

/**
 * Converts JFIF's YCbCr to RGB in the fixed-point arithmetic of libjpeg's {@code jdcolor.c}, so
 * that the result equals that of programs built on libjpeg. The JDK's reader can convert as well,
 * but takes twice the time of reading unconverted samples and converting them here.
 */
final class YcbcrConverter {
  private static final int HALF = 1 << 15;
  private static final int[] CR_TO_RED = table(91881, HALF, 16);
  private static final int[] CB_TO_BLUE = table(116130, HALF, 16);
  private static final int[] CR_TO_GREEN = table(-46802, 0, 0);
  private static final int[] CB_TO_GREEN = table(-22554, HALF, 0);

  private YcbcrConverter() {}

  private static int[] table(int factor, int rounding, int shift) {
    int[] table = new int[256];
    for (int i = 0; i < table.length; i++) {
      table[i] = (factor * (i - 128) + rounding) >> shift;
    }
    return table;
  }

  /** Converts the first three of every {@code stride} samples in place. */
  static void toRgb(byte[] samples, int stride) {
    for (int at = 0; at < samples.length; at += stride) {
      int y = samples[at] & 0xFF;
      int cb = samples[at + 1] & 0xFF;
      int cr = samples[at + 2] & 0xFF;
      samples[at] = clip(y + CR_TO_RED[cr]);
      samples[at + 1] = clip(y + ((CB_TO_GREEN[cb] + CR_TO_GREEN[cr]) >> 16));
      samples[at + 2] = clip(y + CB_TO_BLUE[cb]);
    }
  }

  private static byte clip(int sample) {
    return (byte) Math.max(0, Math.min(255, sample));
  }
}
