package org.sparkvit.tools.demo;

import java.awt.Color;

/** The colour of a material at every point of a plane. */
interface Texture {
  /** 0xRRGGBB at a point; lengths are pixels of the picture. */
  int rgb(double x, double y);

  /** Wood, cloth, stone, or a plain surface, each in many colours. */
  static Texture any(Chance chance) {
    Color base =
        switch (chance.integer(0, 2)) {
          case 0 ->
              Color.getHSBColor(
                  (float) chance.between(0.04, 0.11),
                  (float) chance.between(0.25, 0.6),
                  (float) chance.between(0.25, 0.8));
          case 1 -> chance.colour(0, 0.1, 0.2, 0.9);
          default -> chance.colour(0.1, 0.45, 0.25, 0.8);
        };
    Color other =
        Sheet.mix(base, chance.flip(0.5) ? Color.BLACK : Color.WHITE, chance.between(0.08, 0.3));
    double scale = chance.between(0.6, 1.8);
    ValueNoise noise = new ValueNoise(chance.bits());
    double angle = chance.pick(0.0, Math.PI / 2, chance.between(0, Math.PI));
    double cos = Math.cos(angle) / scale;
    double sin = Math.sin(angle) / scale;
    Texture straight =
        switch (chance.integer(0, 3)) {
          case 0 -> (x, y) -> blend(base, other, grain(noise, x, y));
          case 1 -> (x, y) -> blend(base, other, weave(noise, x, y));
          case 2 -> (x, y) -> blend(base, other, marble(noise, x, y));
          default -> (x, y) -> blend(base, other, noise.at(x / 70, y / 70));
        };
    return (x, y) -> straight.rgb(cos * x - sin * y, sin * x + cos * y);
  }

  private static double grain(ValueNoise noise, double x, double y) {
    double rings = noise.at(x / 120, y / 9) * 5;
    double fibre = noise.at(x / 30, y / 1.6);
    double plank = Math.abs(y % 64) < 1.5 ? 0.5 : 0;
    return 0.65 * (rings - Math.floor(rings)) + 0.3 * fibre + plank;
  }

  private static double weave(ValueNoise noise, double x, double y) {
    double threads = 0.25 * (2 + Math.sin(x * 1.6) + Math.sin(y * 1.6));
    return 0.6 * threads + 0.4 * noise.at(x / 40, y / 40);
  }

  private static double marble(ValueNoise noise, double x, double y) {
    double bend = 5 * noise.at(x / 60, y / 60) + 2 * noise.at(x / 20, y / 20);
    return 0.5 + 0.5 * Math.sin(x / 40 + bend * 2);
  }

  private static int blend(Color a, Color b, double share) {
    double s = Math.max(0, Math.min(1, share));
    int r = (int) (a.getRed() + (b.getRed() - a.getRed()) * s);
    int g = (int) (a.getGreen() + (b.getGreen() - a.getGreen()) * s);
    int blue = (int) (a.getBlue() + (b.getBlue() - a.getBlue()) * s);
    return r << 16 | g << 8 | blue;
  }
}
