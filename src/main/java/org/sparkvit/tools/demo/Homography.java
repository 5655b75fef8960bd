package org.sparkvit.tools.demo;

/**
 * The perspective map of the plane that takes a rectangle's pixels to a quadrilateral and back
 * (Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2).
 */
final class Homography {
  private final double[] m;

  private Homography(double[] m) {
    this.m = m;
  }

  /**
   * From the plane of the picture to that of a sheet.
   *
   * @param quad corners of the sheet in the picture: x and y of upper left, upper right, lower
   *     right, lower left; convex
   */
  static Homography toSheet(double width, double height, double[] quad) {
    double dx1 = quad[2] - quad[4];
    double dx2 = quad[6] - quad[4];
    double dx3 = quad[0] - quad[2] + quad[4] - quad[6];
    double dy1 = quad[3] - quad[5];
    double dy2 = quad[7] - quad[5];
    double dy3 = quad[1] - quad[3] + quad[5] - quad[7];
    double det = dx1 * dy2 - dx2 * dy1;
    double g = (dx3 * dy2 - dx2 * dy3) / det;
    double h = (dx1 * dy3 - dx3 * dy1) / det;
    double a = quad[2] - quad[0] + g * quad[2];
    double b = quad[6] - quad[0] + h * quad[6];
    double c = quad[0];
    double d = quad[3] - quad[1] + g * quad[3];
    double e = quad[7] - quad[1] + h * quad[7];
    double f = quad[1];
    // The adjugate is the inverse up to a factor, which homogeneous coordinates do not see.
    double[] inverse = {
      e - f * h, c * h - b, b * f - c * e,
      f * g - d, a - c * g, c * d - a * f,
      d * h - e * g, b * g - a * h, a * e - b * d
    };
    for (int i = 0; i < 3; i++) {
      inverse[i] *= width;
      inverse[3 + i] *= height;
    }
    return new Homography(inverse);
  }

  /** Puts the sheet's x and y for a point of the picture into {@code uv}. */
  void map(double px, double py, double[] uv) {
    double w = 1 / (m[6] * px + m[7] * py + m[8]);
    uv[0] = (m[0] * px + m[1] * py + m[2]) * w;
    uv[1] = (m[3] * px + m[4] * py + m[5]) * w;
  }
}
