package org.sparkvit.tools.demo;

import java.awt.Color;
import java.awt.geom.Path2D;

/** Marks made by hand. */
final class Scribble {
  private Scribble() {}

  /** An illegible signature of about the given length, its baseline starting at x, y. */
  static void signature(Sheet sheet, Chance chance, Color ink, double x, double y, double length) {
    Path2D path = new Path2D.Double();
    path.moveTo(x, y);
    int loops = chance.integer(4, 8);
    double step = length / loops;
    double at = x;
    for (int i = 0; i < loops; i++) {
      double up = y - chance.between(3, i == 0 ? 20 : 12);
      double next = at + step * chance.between(0.7, 1.3);
      path.curveTo(
          at + step * 0.9,
          up,
          at + step * chance.between(-0.4, 0.4),
          up,
          next,
          y + chance.between(-3, 3));
      at = next;
    }
    path.lineTo(at + length * 0.15, y - chance.between(0, 6));
    sheet.draw(ink, chance.between(0.9, 1.6), path);
  }
}
