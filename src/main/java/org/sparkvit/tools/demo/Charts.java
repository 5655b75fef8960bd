package org.sparkvit.tools.demo;

import java.awt.Color;
import java.awt.geom.Arc2D;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Bar, line, scatter and pie charts with a title, axes and a legend. */
final class Charts {
  private final Sheet sheet;
  private final Chance chance;
  private final Typeface face;
  private final Color ink;
  private final Color grid;
  private final List<Color> palette = new ArrayList<>();
  private final double left;
  private final double right;
  private final double top;
  private final double bottom;

  private Charts(Sheet sheet, Chance chance, boolean dark, Color back) {
    this.sheet = sheet;
    this.chance = chance;
    this.face = Typeface.body(chance);
    this.ink = dark ? new Color(225, 225, 230) : new Color(45, 45, 50);
    this.grid = Sheet.mix(back, ink, 0.18);
    for (int i = 0; i < 7; i++) {
      palette.add(chance.colour(0.45, 0.9, dark ? 0.6 : 0.4, 0.95));
    }
    this.left = chance.between(28, 40);
    this.right = sheet.width - chance.between(14, 30);
    this.top = chance.between(36, 46);
    this.bottom = sheet.height - chance.between(26, 36);
  }

  static Sheet draw(Chance chance, MadeUp madeUp) {
    Sheet sheet = new Sheet(Kind.SHEET, (int) (Kind.SHEET / chance.between(1.05, 1.75)));
    boolean dark = chance.flip(0.2);
    Color back = dark ? chance.colour(0.1, 0.5, 0.08, 0.2) : Paper.white(chance);
    sheet.background(back);
    Charts chart = new Charts(sheet, chance, dark, back);
    sheet.fitted(
        chart.face.bold(),
        chart.ink,
        madeUp.title() + " by " + chance.pick("month", "region", "year"),
        sheet.width / 2.0,
        22,
        10,
        sheet.width * 0.8,
        Sheet.Align.CENTRE);
    switch (chance.integer(0, 4)) {
      case 0 -> chart.pie();
      case 1 -> chart.lines();
      case 2 -> chart.scatter();
      case 3 -> chart.horizontalBars(madeUp);
      default -> chart.bars();
    }
    return sheet;
  }

  private void axes() {
    boolean lines = chance.flip(0.7);
    int ticks = chance.integer(4, 6);
    for (int i = 0; i <= ticks; i++) {
      double y = bottom - (bottom - top) * i / ticks;
      if (lines && i > 0) {
        sheet.line(grid, 0.8, left, y, right, y);
      }
      sheet.text(face, ink, Integer.toString(i * 20), left - 4, y + 2, 5, Sheet.Align.RIGHT);
    }
    sheet.line(ink, 1.2, left, top, left, bottom);
    sheet.line(ink, 1.2, left, bottom, right, bottom);
  }

  private void bars() {
    axes();
    int groups = chance.integer(3, 9);
    int series = chance.integer(1, 3);
    double slot = (right - left) / groups;
    for (int g = 0; g < groups; g++) {
      for (int s = 0; s < series; s++) {
        double h = (bottom - top) * chance.between(0.1, 0.97);
        double w = slot * 0.75 / series;
        sheet.rect(palette.get(s), left + slot * (g + 0.14) + w * s, bottom - h, w * 0.94, h);
      }
      sheet.text(
          face, ink, "Q" + (g + 1), left + slot * (g + 0.5), bottom + 11, 5.5, Sheet.Align.CENTRE);
    }
    if (series > 1) {
      legend(series);
    }
  }

  private void horizontalBars(MadeUp madeUp) {
    int n = chance.integer(4, 9);
    double from = left + 34;
    double slot = (bottom - top) / n;
    for (int i = 0; i < n; i++) {
      double w = (right - from) * chance.between(0.1, 0.98);
      double y = top + slot * i;
      sheet.rect(palette.get(0), from, y + slot * 0.15, w, slot * 0.7);
      sheet.fitted(
          face, ink, madeUp.title(), from - 5, y + slot * 0.6, 6, from - 10, Sheet.Align.RIGHT);
    }
    sheet.line(ink, 1.2, from, top, from, bottom);
  }

  private void lines() {
    axes();
    int series = chance.integer(1, 4);
    int points = chance.integer(6, 24);
    boolean area = series == 1 && chance.flip(0.4);
    for (int s = 0; s < series; s++) {
      double[] xy = new double[2 * points];
      double level = chance.between(0.2, 0.8);
      for (int i = 0; i < points; i++) {
        level = Math.max(0.03, Math.min(0.97, level + chance.between(-0.15, 0.15)));
        xy[2 * i] = left + (right - left) * i / (points - 1);
        xy[2 * i + 1] = bottom - (bottom - top) * level;
      }
      Color c = palette.get(s);
      if (area) {
        double[] closed = Arrays.copyOf(xy, xy.length + 4);
        closed[xy.length] = right;
        closed[xy.length + 1] = bottom;
        closed[xy.length + 2] = left;
        closed[xy.length + 3] = bottom;
        sheet.polygon(Sheet.alpha(c, 0.4), closed);
      }
      sheet.polyline(c, chance.between(1.4, 3), xy);
    }
    if (series > 1) {
      legend(series);
    }
  }

  private void scatter() {
    axes();
    int clouds = chance.integer(1, 3);
    for (int s = 0; s < clouds; s++) {
      double cx = chance.between(left + 40, right - 40);
      double cy = chance.between(top + 30, bottom - 30);
      for (int i = 0; i < chance.integer(20, 70); i++) {
        double x = cx + 28 * chance.gaussian();
        double y = cy + 20 * chance.gaussian();
        if (x > left && x < right && y > top && y < bottom) {
          sheet.circle(Sheet.alpha(palette.get(s), 0.8), x, y, 2.6);
        }
      }
    }
  }

  private void pie() {
    int n = chance.integer(3, 7);
    double r = (bottom - top) * 0.5;
    double x = chance.flip(0.5) ? sheet.width * 0.36 : sheet.width * 0.5;
    double y = (top + bottom) / 2 + 4;
    double[] share = new double[n];
    double sum = 0;
    for (int i = 0; i < n; i++) {
      share[i] = chance.between(0.3, 1.5);
      sum += share[i];
    }
    double at = chance.between(0, 360);
    for (int i = 0; i < n; i++) {
      double extent = 360 * share[i] / sum;
      sheet.fill(
          palette.get(i),
          new Arc2D.Double(x - r, y - r, 2 * r, 2 * r, at, extent + 0.3, Arc2D.PIE));
      at += extent;
    }
    if (chance.flip(0.35)) {
      sheet.circle(new Color(sheet.image.getRGB(3, 3)), x, y, r * 0.55);
    }
    if (x < sheet.width * 0.45) {
      for (int i = 0; i < n; i++) {
        legendEntry(i, sheet.width * 0.74, top + 12 + 15.0 * i);
      }
    }
  }

  private void legend(int series) {
    for (int i = 0; i < series; i++) {
      legendEntry(i, right - 52, top + 2 + 11.0 * i);
    }
  }

  private void legendEntry(int i, double x, double y) {
    sheet.rect(palette.get(i), x, y - 6, 7, 7);
    sheet.text(face, ink, "Series " + (char) ('A' + i), x + 11, y, 5.5);
  }
}
