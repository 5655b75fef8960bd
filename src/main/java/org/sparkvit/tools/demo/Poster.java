package org.sparkvit.tools.demo;

import java.awt.Color;
import java.util.Locale;

/** An event poster: strong colours, large shapes, a few large words and a line of small ones. */
final class Poster {
  private final Sheet sheet;
  private final Chance chance;
  private final MadeUp madeUp;
  private final Color back;
  private final Color front;
  private final Color other;
  private final Typeface display;

  private Poster(Sheet sheet, Chance chance, MadeUp madeUp) {
    this.sheet = sheet;
    this.chance = chance;
    this.madeUp = madeUp;
    boolean light = chance.flip(0.4);
    this.back = light ? Paper.any(chance) : chance.colour(0.3, 1, 0.15, 0.85);
    this.front = light ? chance.colour(0.5, 1, 0.1, 0.6) : chance.colour(0.0, 0.5, 0.85, 1);
    this.other = chance.colour(0.5, 1, 0.4, 1);
    this.display = Typeface.display(chance);
  }

  static Sheet draw(Chance chance, MadeUp madeUp) {
    double aspect = chance.between(1.25, 1.55);
    Sheet sheet =
        chance.flip(0.15)
            ? new Sheet(Kind.SHEET, (int) (Kind.SHEET / aspect))
            : new Sheet((int) (Kind.SHEET / aspect), Kind.SHEET);
    Poster poster = new Poster(sheet, chance, madeUp);
    sheet.background(
        chance.flip(0.4)
            ? sheet.gradient(poster.back, chance.near(poster.back, 60), false)
            : poster.back);
    poster.picture();
    poster.words();
    return sheet;
  }

  private void picture() {
    double w = sheet.width;
    double h = sheet.height;
    switch (chance.integer(0, 5)) {
      case 0 -> rays(w * chance.between(0.3, 0.7), h * chance.between(0.4, 0.7));
      case 1 -> {
        for (int i = 0; i < chance.integer(4, 12); i++) {
          Color c = Sheet.alpha(chance.flip(0.5) ? other : front, chance.between(0.4, 1));
          sheet.circle(c, chance.between(0, w), chance.between(h * 0.2, h), chance.between(10, 70));
        }
      }
      case 2 -> {
        double y = h * chance.between(0.35, 0.5);
        sheet.circle(other, w * 0.5, y, w * 0.24);
        sheet.polygon(
            front, 0, h * 0.8, w * 0.3, y, w * 0.55, h * 0.72, w * 0.75, y * 1.2, w, h * 0.8);
      }
      case 3 -> {
        for (int i = 0; i < 8; i++) {
          double y = h * 0.35 + i * h * 0.07;
          sheet.polygon(
              i % 2 == 0 ? other : front,
              0,
              y,
              w,
              y - w * 0.3,
              w,
              y - w * 0.3 + h * 0.05,
              0,
              y + h * 0.05);
        }
      }
      case 4 -> person(w * chance.between(0.35, 0.65), h * 0.95, h * 0.55);
      default -> {
        // A photograph in a frame, which looks a little like the portrait on a card.
        double x = w * 0.14;
        double y = h * chance.between(0.26, 0.36);
        sheet.rect(chance.colour(0.2, 0.6, 0.5, 0.9), x, y, w * 0.72, h * 0.4);
        sheet.circle(chance.colour(0.2, 0.7, 0.7, 1), x + w * 0.5, y + h * 0.12, h * 0.06);
        sheet.polygon(front, x, y + h * 0.4, x + w * 0.25, y + h * 0.18, x + w * 0.5, y + h * 0.4);
        sheet.polygon(
            other, x + w * 0.3, y + h * 0.4, x + w * 0.52, y + h * 0.24, x + w * 0.72, y + h * 0.4);
      }
    }
  }

  private void rays(double x, double y) {
    int n = chance.integer(8, 16);
    double far = sheet.width + sheet.height;
    for (int i = 0; i < n; i++) {
      double a = 2 * Math.PI * i / n;
      double b = a + Math.PI / n;
      sheet.polygon(
          Sheet.alpha(other, 0.75),
          x,
          y,
          x + far * Math.cos(a),
          y + far * Math.sin(a),
          x + far * Math.cos(b),
          y + far * Math.sin(b));
    }
    sheet.circle(front, x, y, chance.between(20, 50));
  }

  private void person(double x, double foot, double tall) {
    double r = tall * 0.13;
    sheet.circle(other, x, foot - tall + r, r);
    sheet.round(other, x - r * 1.3, foot - tall + 2.2 * r, r * 2.6, tall * 0.4, r);
    sheet.line(other, r * 0.8, x - r * 0.6, foot - tall * 0.4, x - r, foot);
    sheet.line(other, r * 0.8, x + r * 0.6, foot - tall * 0.4, x + r * 1.4, foot);
    sheet.line(
        other,
        r * 0.6,
        x + r,
        foot - tall * 0.65,
        x + r * 3.2,
        foot - tall * chance.between(0.6, 1));
    sheet.line(
        other,
        r * 0.6,
        x - r,
        foot - tall * 0.65,
        x - r * 3.2,
        foot - tall * chance.between(0.4, 1));
  }

  private void words() {
    double w = sheet.width;
    double h = sheet.height;
    Sheet.Align at = chance.flip(0.6) ? Sheet.Align.CENTRE : Sheet.Align.LEFT;
    double x = at == Sheet.Align.CENTRE ? w / 2 : 16;
    double cap = h * chance.between(0.08, 0.14);
    double y = cap + h * chance.between(0.05, 0.1);
    String first = madeUp.title().toUpperCase(Locale.ROOT);
    sheet.fitted(display, front, first, x, y, cap, w - 32, at);
    if (chance.flip(0.7)) {
      String second = madeUp.title().toUpperCase(Locale.ROOT);
      sheet.fitted(display, front, second, x, y + cap * 1.4, cap, w - 32, at);
    }
    Typeface small = Typeface.body(chance).bold();
    sheet.fitted(
        small,
        front,
        madeUp.date(2025, 2026) + "  " + chance.pick("Town hall", "City park", "Old mill"),
        x,
        h * 0.9,
        chance.between(7, 11),
        w - 32,
        at);
    if (chance.flip(0.6)) {
      sheet.fitted(
          small,
          front,
          "with " + madeUp.name() + " and " + madeUp.name(),
          x,
          h * 0.95,
          6,
          w - 32,
          at);
    }
  }
}
