package org.sparkvit.tools.demo;

import java.awt.Color;

/**
 * Paper colours; every printed kind uses them, so that paper alone says nothing about the class.
 */
final class Paper {
  private Paper() {}

  /** White as printers sell it: a little warm, cold or gray. */
  static Color white(Chance chance) {
    int base = chance.integer(238, 252);
    return new Color(base, base - chance.integer(0, 5), base - chance.integer(0, 14));
  }

  /** White, cream, kraft or a pale tint. */
  static Color any(Chance chance) {
    return switch (chance.weighted(60, 20, 8, 12)) {
      case 0 -> white(chance);
      case 1 ->
          new Color(chance.integer(238, 250), chance.integer(228, 240), chance.integer(198, 222));
      case 2 ->
          new Color(chance.integer(195, 215), chance.integer(165, 185), chance.integer(125, 150));
      default -> chance.colour(0.05, 0.15, 0.9, 0.98);
    };
  }
}
