package org.sparkvit.image.codec;

/**
 * Converts the planes of a VP8 frame to RGB as libwebp does: chroma of half the size is enlarged by
 * weights of 9, 3, 3 and 1, and converted in fixed point.
 */
@SuppressWarnings("OperatorPrecedence") // bits and weights, as the specification writes them
final class Vp8Colours {
  private static final int FRACTION_BITS = 6;
  private static final int MOST = (256 << FRACTION_BITS) - 1;

  private Vp8Colours() {}

  /** Returns the RGB bytes of the upper left part of the planes. */
  static byte[] toRgb(Vp8Plane luma, Vp8Plane[] chroma, int width, int height) {
    byte[] rgb = new byte[3 * width * height];
    int[][] lines = new int[2][width];
    int last = (height + 1) / 2 - 1;
    for (int y = 0; y < height; y++) {
      int near = y / 2;
      int far = Math.max(0, Math.min(last, y % 2 == 0 ? near - 1 : near + 1));
      for (int i = 0; i < 2; i++) {
        enlarge(chroma[i], chroma[i].index(0, near), chroma[i].index(0, far), lines[i]);
      }
      int from = luma.index(0, y);
      for (int x = 0, at = 3 * y * width; x < width; x++) {
        int light = high(luma.at(from + x), 19077);
        int u = lines[0][x];
        int v = lines[1][x];
        rgb[at++] = clip(light + high(v, 26149) - 14234);
        rgb[at++] = clip(light - high(u, 6419) - high(v, 13320) + 8708);
        rgb[at++] = clip(light + high(u, 33050) - 17685);
      }
    }
    return rgb;
  }

  /**
   * Computes one row of chroma at full width from two rows of the plane, given by the indices where
   * they begin.
   */
  private static void enlarge(Vp8Plane plane, int near, int far, int[] line) {
    line[0] = (3 * plane.at(near) + plane.at(far) + 2) >> 2;
    for (int x = 1; 2 * x < line.length + 1; x++) {
      int nearLeft = plane.at(near + x - 1);
      int farLeft = plane.at(far + x - 1);
      if (2 * x == line.length) {
        line[2 * x - 1] = (3 * nearLeft + farLeft + 2) >> 2;
        return;
      }
      int nearRight = plane.at(near + x);
      int farRight = plane.at(far + x);
      int sum = nearLeft + nearRight + farLeft + farRight + 8;
      line[2 * x - 1] = (((sum + 2 * (nearRight + farLeft)) >> 3) + nearLeft) >> 1;
      line[2 * x] = (((sum + 2 * (nearLeft + farRight)) >> 3) + nearRight) >> 1;
    }
  }

  private static int high(int sample, int factor) {
    return sample * factor >> 8;
  }

  private static byte clip(int value) {
    return (byte) (Math.max(0, Math.min(MOST, value)) >> FRACTION_BITS);
  }
}
