package org.sparkvit.tools.demo;

/** Smooth noise: random values on the integer lattice, blended between (value noise). */
final class ValueNoise {
  private final long key;

  ValueNoise(long key) {
    this.key = key;
  }

  /** 0 to 1; neighbouring lattice points are one apart. */
  double at(double x, double y) {
    double fx = Math.floor(x);
    double fy = Math.floor(y);
    long ix = (long) fx;
    long iy = (long) fy;
    double u = smooth(x - fx);
    double v = smooth(y - fy);
    double top = lattice(ix, iy) * (1 - u) + lattice(ix + 1, iy) * u;
    double low = lattice(ix, iy + 1) * (1 - u) + lattice(ix + 1, iy + 1) * u;
    return top * (1 - v) + low * v;
  }

  private static double smooth(double t) {
    return t * t * (3 - 2 * t);
  }

  private double lattice(long x, long y) {
    long h = key ^ x * 0x9E3779B97F4A7C15L ^ y * 0xC2B2AE3D27D4EB4FL;
    h = (h ^ (h >>> 32)) * 0xD6E8FEB86659FD93L;
    h ^= h >>> 32;
    return (h >>> 11) * 0x1.0p-53;
  }
}
