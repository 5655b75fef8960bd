package org.sparkvit.tools.demo;

import java.awt.Color;
import java.awt.Shape;
import java.awt.geom.Rectangle2D;
import java.util.Locale;

/**
 * An identity card, driving licence or permit: pastel security print, a portrait, labelled fields,
 * often a machine-readable zone.
 */
final class IdentityCard {
  /** Width to height of an ID-1 card (ISO/IEC 7810). */
  static final double ID_1 = 85.6 / 53.98;

  private static final double TALL = Kind.SHEET / ID_1;

  private final Sheet sheet;
  private final Chance chance;
  private final MadeUp madeUp;
  private final Color dark;
  private final Typeface face;
  private final String given;
  private final String family;

  private IdentityCard(Sheet sheet, Chance chance, MadeUp madeUp, float hue) {
    this.sheet = sheet;
    this.chance = chance;
    this.madeUp = madeUp;
    this.dark = Color.getHSBColor(hue, (float) chance.between(0.5, 0.95), 0.45f);
    this.face = Typeface.body(chance);
    this.given = madeUp.given();
    this.family = madeUp.family();
  }

  static Sheet draw(Chance chance, MadeUp madeUp) {
    boolean upright = chance.flip(0.08);
    Sheet sheet = upright ? new Sheet((int) TALL, Kind.SHEET) : new Sheet(Kind.SHEET, (int) TALL);
    float hue = (float) chance.between(0, 1);
    Color light = Color.getHSBColor(hue, (float) chance.between(0.08, 0.3), 0.97f);
    Color other =
        Color.getHSBColor(
            hue + (float) chance.between(-0.25, 0.25), (float) chance.between(0.1, 0.35), 0.92f);
    sheet.card(sheet.gradient(light, other, chance.flip(0.6)), 11);
    IdentityCard card = new IdentityCard(sheet, chance, madeUp, hue);
    card.securityPrint();
    double top = card.title();
    if (upright) {
      card.upright(top);
    } else {
      card.across(top);
    }
    return sheet;
  }

  /** Fine parallel waves, as guilloche print. */
  private void securityPrint() {
    int waves = chance.integer(7, 16);
    double swing = chance.between(8, 30);
    double length = chance.between(40, 120);
    Color ink = Sheet.alpha(dark, chance.between(0.1, 0.28));
    for (int w = 0; w < waves; w++) {
      double[] xy = new double[2 * (sheet.width / 8 + 2)];
      for (int i = 0; i < xy.length / 2; i++) {
        double x = i * 8.0;
        xy[2 * i] = x;
        xy[2 * i + 1] =
            sheet.height * (w + 0.5) / waves + swing * Math.sin(x / length * 6.28 + w * 0.5);
      }
      sheet.polyline(ink, 0.8, xy);
    }
  }

  /** Issuer and title, on a band of colour or on the card itself; returns where the rest starts. */
  private double title() {
    boolean band = chance.flip(0.95);
    double height = chance.between(24, 36);
    Color ink = band ? Color.WHITE : dark;
    if (band) {
      sheet.rect(dark, 0, 0, sheet.width, height);
    }
    String title =
        chance.pick(
            "IDENTITY CARD", "DRIVING LICENCE", "RESIDENCE PERMIT", "NATIONAL ID", "ID CARD");
    double left = 12;
    if (chance.flip(0.7)) {
      emblem(20, height / 2, height * 0.34, ink);
      left = 40;
    }
    double room = sheet.width - left - 14;
    sheet.fitted(face.bold(), ink, title, left, height * 0.48, 10, room, Sheet.Align.LEFT);
    sheet.fitted(
        face,
        ink,
        madeUp.country().toUpperCase(Locale.ROOT),
        left,
        height * 0.83,
        6,
        room,
        Sheet.Align.LEFT);
    return height + 8;
  }

  private void emblem(double x, double y, double r, Color ink) {
    switch (chance.integer(0, 2)) {
      case 0 -> {
        sheet.ring(ink, 1.5, x, y, r);
        sheet.circle(ink, x, y, r * 0.5);
      }
      case 1 -> {
        sheet.rect(ink, x - r, y - r * 0.7, 2 * r, 1.4 * r);
        sheet.rect(chance.colour(0.6, 1, 0.6, 1), x - r, y - r * 0.2, 2 * r, r * 0.5);
      }
      default -> star(x, y, r, ink);
    }
  }

  private void star(double x, double y, double r, Color ink) {
    double[] xy = new double[20];
    for (int i = 0; i < 10; i++) {
      double a = Math.PI * i / 5 - Math.PI / 2;
      double length = i % 2 == 0 ? r : r * 0.42;
      xy[2 * i] = x + length * Math.cos(a);
      xy[2 * i + 1] = y + length * Math.sin(a);
    }
    sheet.polygon(ink, xy);
  }

  private void across(double top) {
    boolean zone = chance.flip(0.6);
    double bottom = sheet.height - (zone ? 42 : 12);
    double photoHeight = Math.min(bottom - top, chance.between(92, 116));
    double photoWidth = photoHeight * chance.between(0.74, 0.82);
    boolean left = chance.flip(0.78);
    double photoX = left ? 14 : sheet.width - 14 - photoWidth;
    portrait(photoX, top, photoWidth, photoHeight);
    double x = left ? photoX + photoWidth + 14 : 14;
    fields(x, top + 4, sheet.width - photoWidth - 44, bottom);
    if (!zone) {
      if (chance.flip(0.5)) {
        signature(x + 20, bottom - 4, 70);
      }
      return;
    }
    if (chance.flip(0.6)) {
      sheet.rect(new Color(250, 250, 246, 200), 0, bottom + 4, sheet.width, sheet.height);
    }
    int lines = chance.integer(2, 3);
    double cap = lines == 2 ? 9 : 7;
    double y = bottom + 4 + cap + 3;
    for (String line : madeUp.machineReadable(given, family, lines, 30)) {
      sheet.fitted(Typeface.OCR, Color.BLACK, line, 12, y, cap, sheet.width - 24, Sheet.Align.LEFT);
      y += lines == 2 ? 16 : 11;
    }
  }

  private void upright(double top) {
    double photoWidth = chance.between(88, 104);
    double photoX = (sheet.width - photoWidth) / 2;
    portrait(photoX, top, photoWidth, photoWidth * 1.25);
    fields(18, top + photoWidth * 1.25 + 16, sheet.width - 36, sheet.height - 18);
  }

  private void portrait(double x, double y, double w, double h) {
    Color backdrop = chance.colour(0.02, 0.25, 0.75, 0.95);
    Shape frame = new Rectangle2D.Double(x, y, w, h);
    sheet.fill(backdrop, frame);
    Shape before = sheet.g.getClip();
    sheet.g.clip(frame);
    Color skin =
        Color.getHSBColor(
            (float) chance.between(0.04, 0.09),
            (float) chance.between(0.25, 0.6),
            (float) chance.between(0.4, 0.95));
    Color hair =
        Color.getHSBColor(
            (float) chance.between(0.03, 0.12),
            (float) chance.between(0.1, 0.7),
            (float) chance.between(0.08, 0.6));
    double cx = x + w / 2 + chance.between(-2, 2);
    double headY = y + h * 0.43;
    double rx = w * chance.between(0.2, 0.24);
    double ry = rx * chance.between(1.25, 1.4);
    boolean longHair = chance.flip(0.45);
    if (longHair) {
      sheet.oval(hair, cx, headY + ry * 0.3, rx * 1.4, ry * 1.45);
    }
    sheet.oval(chance.colour(0.1, 0.7, 0.15, 0.7), cx, y + h * 1.04, w * 0.43, h * 0.3);
    sheet.rect(skin.darker(), cx - rx * 0.4, headY + ry * 0.6, rx * 0.8, ry * 0.8);
    sheet.oval(hair, cx, headY - ry * 0.18, rx * 1.1, ry * 1.02);
    sheet.oval(skin, cx, headY + ry * 0.1, rx, ry * 0.92);
    Color ink = new Color(40, 30, 30);
    sheet.circle(ink, cx - rx * 0.4, headY, 1.6);
    sheet.circle(ink, cx + rx * 0.4, headY, 1.6);
    sheet.line(ink, 1, cx - rx * 0.3, headY + ry * 0.55, cx + rx * 0.3, headY + ry * 0.55);
    sheet.line(skin.darker(), 1, cx, headY + 2, cx - 1, headY + ry * 0.28);
    if (chance.flip(0.25)) {
      sheet.ring(ink, 1, cx - rx * 0.4, headY, rx * 0.3);
      sheet.ring(ink, 1, cx + rx * 0.4, headY, rx * 0.3);
    }
    sheet.g.setClip(before);
    if (chance.flip(0.5)) {
      sheet.draw(dark, 0.8, frame);
    }
  }

  private void fields(double x, double top, double room, double bottom) {
    String[][] fields = {
      {"Surname", family.toUpperCase(Locale.ROOT)},
      {"Given names", given.toUpperCase(Locale.ROOT)},
      {"Date of birth", madeUp.date(1940, 2006)},
      {"Document no.", madeUp.code(9)},
      {"Nationality", madeUp.country().toUpperCase(Locale.ROOT)},
      {"Valid until", madeUp.date(2027, 2036)},
      {"Address", madeUp.street()},
    };
    Color ink = chance.pick(Color.BLACK, new Color(30, 30, 60), dark.darker());
    double step = chance.between(19, 23);
    boolean twoColumns = room > 170 && chance.flip(0.4);
    double y = top;
    for (int i = 0; i < fields.length && y + 13 < bottom; i++) {
      boolean right = twoColumns && i % 2 == 1;
      double width = twoColumns ? room / 2 - 6 : room;
      double left = right ? x + room / 2 : x;
      sheet.fitted(face, dark, fields[i][0], left, y + 3, 4.6, width, Sheet.Align.LEFT);
      sheet.fitted(face.bold(), ink, fields[i][1], left, y + 13, 7.5, width, Sheet.Align.LEFT);
      if (!twoColumns || right) {
        y += step;
      }
    }
  }

  private void signature(double x, double y, double length) {
    Scribble.signature(sheet, chance, new Color(20, 20, 70), x, y, length);
  }
}
