package org.sparkvit.tools.demo;

/**
 * How the strokes of {@link StrokeFont} are set: the same skeleton looks like several typefaces.
 *
 * @param width horizontal scale, 1 is as designed
 * @param weight stroke width as a share of the cap height
 * @param slant horizontal shift per unit of height, 0 is upright
 * @param spacing space between letters in skeleton units
 * @param serif whether straight stems end in serifs
 * @param mono whether every letter is as wide as the widest
 */
record Typeface(
    double width, double weight, double slant, double spacing, boolean serif, boolean mono) {

  /** For machine-readable zones, card numbers and receipts. */
  static final Typeface OCR = new Typeface(0.95, 0.13, 0, 1.6, false, true);

  /** A body face: regular weight, with or without serifs. */
  static Typeface body(Chance chance) {
    return new Typeface(
        chance.between(0.8, 1.1),
        chance.between(0.11, 0.16),
        chance.flip(0.1) ? 0.2 : 0,
        chance.between(1.4, 1.9),
        chance.flip(0.5),
        chance.flip(0.1));
  }

  /** A display face for titles: light to very bold, condensed to wide. */
  static Typeface display(Chance chance) {
    return new Typeface(
        chance.between(0.65, 1.3),
        chance.between(0.12, 0.3),
        chance.flip(0.2) ? chance.between(0.15, 0.35) : 0,
        chance.between(1.6, 2.8),
        chance.flip(0.4),
        false);
  }

  Typeface bold() {
    return new Typeface(width, weight * 1.6, slant, spacing + 0.3, serif, mono);
  }

  Typeface italic() {
    return new Typeface(width, weight, 0.25, spacing, serif, mono);
  }
}
