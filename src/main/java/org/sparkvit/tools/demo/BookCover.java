package org.sparkvit.tools.demo;

import java.awt.Color;
import java.awt.GradientPaint;
import java.util.Locale;

/** A book seen from the front: title, author, an emblem or bands, and the shade along the spine. */
final class BookCover {
  private BookCover() {}

  static Sheet draw(Chance chance, MadeUp madeUp) {
    Sheet sheet = new Sheet((int) (Kind.SHEET / chance.between(1.3, 1.65)), Kind.SHEET);
    double w = sheet.width;
    double h = sheet.height;
    Color base = chance.flip(0.2) ? Paper.any(chance) : chance.colour(0.2, 0.9, 0.15, 0.85);
    boolean dark = brightness(base) < 0.55;
    Color ink =
        dark
            ? chance.pick(Color.WHITE, new Color(230, 200, 120))
            : chance.colour(0.4, 0.9, 0.05, 0.35);
    Color accent = chance.colour(0.4, 1, 0.5, 0.95);
    sheet.background(chance.flip(0.3) ? sheet.gradient(base, base.darker(), false) : base);
    emblem(sheet, chance, accent, ink);
    Typeface display = Typeface.display(chance);
    double y = h * chance.between(0.16, 0.3);
    boolean panel = chance.flip(0.25);
    if (panel) {
      sheet.rect(Paper.white(chance), w * 0.12, y - 32, w * 0.76, 78);
    }
    Color titleInk = panel ? new Color(30, 30, 30) : ink;
    String title =
        chance.pick("The ", "A ", "") + madeUp.title() + chance.pick(" of ", " and ", " in ");
    sheet.fitted(display, titleInk, title, w / 2, y, 18, w * 0.7, Sheet.Align.CENTRE);
    sheet.fitted(display, titleInk, madeUp.title(), w / 2, y + 28, 20, w * 0.7, Sheet.Align.CENTRE);
    sheet.fitted(
        Typeface.body(chance),
        ink,
        madeUp.name().toUpperCase(Locale.ROOT),
        w / 2,
        h * chance.between(0.87, 0.93),
        9,
        w * 0.7,
        Sheet.Align.CENTRE);
    sheet.rect(
        new GradientPaint(0, 0, new Color(0, 0, 0, 110), 16, 0, new Color(0, 0, 0, 0)),
        0,
        0,
        16,
        h);
    sheet.line(new Color(0, 0, 0, 60), 1, 17, 0, 17, h);
    return sheet;
  }

  private static double brightness(Color c) {
    return (0.299 * c.getRed() + 0.587 * c.getGreen() + 0.114 * c.getBlue()) / 255;
  }

  private static void emblem(Sheet sheet, Chance chance, Color accent, Color ink) {
    double w = sheet.width;
    double h = sheet.height;
    double y = h * chance.between(0.58, 0.66);
    switch (chance.integer(0, 5)) {
      case 0 -> {
        sheet.rect(accent, 0, y, w, h * chance.between(0.03, 0.14));
        sheet.rect(ink, 0, y - 6, w, 2);
      }
      case 1 -> {
        for (int i = 4; i > 0; i--) {
          sheet.circle(i % 2 == 0 ? accent : ink, w / 2, y, i * w * 0.07);
        }
      }
      case 2 -> {
        sheet.box(ink, 2, w * 0.1, h * 0.06, w * 0.8, h * 0.88);
        sheet.polygon(accent, w / 2, y - 40, w / 2 + 30, y, w / 2, y + 40, w / 2 - 30, y);
      }
      case 3 -> {
        sheet.circle(accent, w * 0.7, h * 0.47, w * 0.12);
        sheet.polygon(ink, 0, h * 0.8, w * 0.35, h * 0.5, w * 0.6, h * 0.8);
        sheet.polygon(accent.darker(), w * 0.3, h * 0.8, w * 0.7, h * 0.58, w, h * 0.8);
      }
      case 4 -> {
        double x = w / 2;
        sheet.line(ink, 5, x, y + 50, x, y - 10);
        for (int i = 0; i < 12; i++) {
          sheet.oval(
              chance.near(accent, 30),
              x + chance.between(-36, 36),
              y - chance.between(0, 50),
              13,
              9);
        }
      }
      default -> {
        for (int i = 0; i < 9; i++) {
          sheet.rect(
              i % 2 == 0 ? accent : Sheet.alpha(ink, 0.5),
              w * 0.1 + i * w * 0.09,
              y - 40,
              w * 0.05,
              chance.between(30, 90));
        }
      }
    }
  }
}
