package org.sparkvit.tools.demo;

import java.awt.Color;
import java.util.List;

/**
 * A printed page with nothing private on it: a poem, an article, a page of a novel, numbered
 * instructions, or a table of contents.
 */
final class TextPage {
  private final Sheet sheet;
  private final Chance chance;
  private final MadeUp madeUp;
  private final Typeface face;
  private final Typeface display;
  private final Color ink;
  private final Color accent;
  private final double margin;

  private TextPage(Sheet sheet, Chance chance, MadeUp madeUp) {
    this.sheet = sheet;
    this.chance = chance;
    this.madeUp = madeUp;
    this.face = Typeface.body(chance);
    this.display = Typeface.display(chance);
    this.ink = chance.pick(new Color(25, 25, 25), new Color(45, 40, 35));
    this.accent = chance.flip(0.7) ? ink : chance.colour(0.4, 0.9, 0.2, 0.5);
    this.margin = chance.between(18, 34);
  }

  static Sheet draw(Chance chance, MadeUp madeUp) {
    Sheet sheet = new Sheet((int) (Kind.SHEET / chance.between(1.25, 1.6)), Kind.SHEET);
    sheet.background(chance.flip(0.7) ? Paper.white(chance) : Paper.any(chance));
    TextPage page = new TextPage(sheet, chance, madeUp);
    switch (chance.integer(0, 4)) {
      case 0 -> page.poem();
      case 1 -> page.article();
      case 2 -> page.novel();
      case 3 -> page.instructions();
      default -> page.contents();
    }
    return sheet;
  }

  private double title(double y, double cap, boolean centred) {
    sheet.fitted(
        display,
        accent,
        chance.pick("The ", "On ", "") + madeUp.title() + " " + madeUp.title(),
        centred ? sheet.width / 2.0 : margin,
        y,
        cap,
        sheet.width - 2 * margin,
        centred ? Sheet.Align.CENTRE : Sheet.Align.LEFT);
    return y + cap * 1.9;
  }

  private void poem() {
    boolean centred = chance.flip(0.5);
    double y = title(chance.between(36, 60), chance.between(9, 14), centred) + 8;
    double cap = chance.between(5, 6.5);
    double step = cap * chance.between(1.9, 2.3);
    int inStanza = chance.integer(3, 5);
    for (int i = 0; y < sheet.height - 36; i++) {
      if (i > 0 && i % inStanza == 0) {
        y += step * 0.9;
      }
      String line = String.join(" ", madeUp.prose(chance.integer(4, 6)));
      sheet.fitted(
          face,
          ink,
          line,
          centred ? sheet.width / 2.0 : margin + 6,
          y,
          cap,
          sheet.width - 2 * margin - 6,
          centred ? Sheet.Align.CENTRE : Sheet.Align.LEFT);
      y += step;
    }
    if (chance.flip(0.6)) {
      sheet.text(
          face.italic(),
          ink,
          madeUp.name(),
          sheet.width - margin,
          sheet.height - 18,
          6,
          Sheet.Align.RIGHT);
    }
  }

  private void article() {
    double y = title(chance.between(30, 44), chance.between(11, 19), false);
    sheet.text(face.italic(), ink, "by " + madeUp.name(), margin, y - 4, 5);
    y += 10;
    int columns = chance.integer(1, 3);
    double gap = 10;
    double width = (sheet.width - 2 * margin - gap * (columns - 1)) / columns;
    int withPicture = chance.flip(0.65) ? chance.integer(0, columns - 1) : -1;
    for (int c = 0; c < columns; c++) {
      double x = margin + c * (width + gap);
      double top = y;
      if (c == withPicture) {
        double h = chance.between(44, 80);
        picture(x, top - 5, width, h);
        top += h + 8;
      }
      while (top < sheet.height - 26) {
        top = text(x, width, top, chance.integer(20, 60), 4.2, sheet.height - 26) + 4;
      }
    }
    pageNumber();
  }

  private void picture(double x, double y, double w, double h) {
    Color sky = chance.colour(0.05, 0.5, 0.6, 0.95);
    sheet.rect(sky, x, y, w, h);
    double hill = chance.between(0.35, 0.7);
    sheet.polygon(
        chance.near(sky.darker(), 40),
        x,
        y + h,
        x,
        y + h * hill,
        x + w * 0.4,
        y + h * (hill - 0.2),
        x + w,
        y + h * hill,
        x + w,
        y + h);
    sheet.circle(chance.colour(0.1, 0.6, 0.8, 1), x + w * 0.7, y + h * 0.22, h * 0.1);
  }

  private void novel() {
    double y = chance.between(26, 36);
    if (chance.flip(0.4)) {
      y = title(y + chance.between(10, 50), chance.between(9, 13), true) + 10;
    }
    double cap = chance.between(4.3, 5.2);
    while (y < sheet.height - 30) {
      y = text(margin, sheet.width - 2 * margin, y, chance.integer(25, 90), cap, sheet.height - 30);
    }
    pageNumber();
  }

  private void instructions() {
    double y = title(chance.between(30, 42), chance.between(11, 16), chance.flip(0.4)) + 4;
    boolean pictures = chance.flip(0.6);
    boolean discs = chance.flip(0.5);
    double text = margin + 22;
    for (int step = 1; y < sheet.height - 44; step++) {
      String number = Integer.toString(step);
      if (discs) {
        sheet.circle(accent, margin + 7, y - 2, 8);
        sheet.text(face.bold(), Color.WHITE, number, margin + 7, y + 1.5, 7, Sheet.Align.CENTRE);
      } else {
        sheet.text(face.bold(), accent, number + ".", margin, y, 8);
      }
      double room = sheet.width - text - margin - (pictures ? 58 : 0);
      double end = text(text, room, y, chance.integer(10, 26), 4.8, sheet.height - 30);
      if (pictures) {
        gadget(sheet.width - margin - 50, y - 6);
        end = Math.max(end, y + 38);
      }
      y = end + chance.between(6, 11);
    }
  }

  /** A line drawing of some parts being put together. */
  private void gadget(double x, double y) {
    sheet.box(ink, 0.8, x, y, 50, 34);
    sheet.box(ink, 1.2, x + chance.between(5, 14), y + 10, chance.between(12, 24), 15);
    sheet.ring(ink, 1.2, x + 36, y + 18, chance.between(4, 9));
    sheet.line(accent, 1.5, x + 14, y + 6, x + 36, y + 7);
  }

  private void contents() {
    double y = chance.between(34, 48);
    sheet.text(display, accent, "Contents", margin, y, chance.between(11, 16));
    y += 24;
    double cap = chance.between(4.8, 6);
    double step = cap * chance.between(2.1, 3);
    int page = 3;
    double right = sheet.width - margin;
    for (int chapter = 1; y < sheet.height - 26; chapter++) {
      String line =
          chapter + "  " + madeUp.title() + chance.pick(" and ", " of ", " in ") + madeUp.title();
      sheet.fitted(face, ink, line, margin, y, cap, (right - margin) * 0.8, Sheet.Align.LEFT);
      sheet.text(face, ink, Integer.toString(page), right, y, cap, Sheet.Align.RIGHT);
      double from =
          margin + Math.min((right - margin) * 0.8, StrokeFont.width(line, face, cap)) + 5;
      for (double x = from; x < right - 16; x += 4) {
        sheet.circle(ink, x, y - 0.5, 0.5);
      }
      page += chance.integer(4, 30);
      y += step;
    }
  }

  private double text(double x, double width, double y, int words, double cap, double bottom) {
    List<String> prose = madeUp.prose(words);
    return sheet.paragraph(face, ink, prose, new Sheet.Column(x, width, bottom, 1.85), y, cap);
  }

  private void pageNumber() {
    sheet.text(
        face,
        ink,
        Integer.toString(chance.integer(2, 380)),
        sheet.width / 2.0,
        sheet.height - 12,
        5,
        Sheet.Align.CENTRE);
  }
}
