package org.sparkvit.tools.demo;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.geom.Path2D;

/** Views without any print: open country and streets, at several times of day. */
final class Scenes {
  private final Sheet sheet;
  private final Chance chance;
  private final double light;

  private Scenes(Chance chance) {
    double aspect = chance.pick(1.33, 1.5, 1.0, 1.78, 0.75, 0.67);
    this.sheet =
        aspect >= 1
            ? new Sheet(Kind.SHEET, (int) (Kind.SHEET / aspect))
            : new Sheet((int) (Kind.SHEET * aspect), Kind.SHEET);
    this.chance = chance;
    // 1 at noon, little at night; everything that is not a lamp is darkened by it.
    boolean night = chance.flip(0.2);
    this.light = night ? chance.between(0.3, 0.5) : chance.between(0.75, 1);
    sheet.setNight(night);
  }

  static Sheet landscape(Chance chance) {
    Scenes scene = new Scenes(chance);
    double horizon = scene.sheet.height * chance.between(0.35, 0.65);
    scene.sky(horizon);
    scene.hills(horizon);
    scene.ground(horizon);
    return scene.sheet;
  }

  static Sheet street(Chance chance) {
    Scenes scene = new Scenes(chance);
    double horizon = scene.sheet.height * chance.between(0.65, 0.8);
    scene.sky(horizon);
    scene.houses(horizon);
    scene.road(horizon);
    return scene.sheet;
  }

  private Color lit(Color c) {
    return new Color(
        (int) (c.getRed() * light), (int) (c.getGreen() * light), (int) (c.getBlue() * light));
  }

  private Color hsb(double h, double s, double b) {
    return Color.getHSBColor((float) h, (float) s, (float) (b * light));
  }

  private void sky(double horizon) {
    boolean dusk = chance.flip(0.3);
    Color top = hsb(dusk ? chance.between(0.6, 0.85) : chance.between(0.54, 0.62), 0.6, 0.85);
    Color low = hsb(dusk ? chance.between(0.02, 0.12) : 0.55, dusk ? 0.5 : 0.15, 0.98);
    sheet.background(new GradientPaint(0, 0, top, 0, (float) horizon, low));
    if (chance.flip(0.5)) {
      Color sun = light < 0.6 ? new Color(240, 240, 225) : new Color(255, 240, 180);
      double x = sheet.width * chance.between(0.1, 0.9);
      double y = horizon * chance.between(0.15, 0.9);
      double r = chance.between(8, 22);
      sheet.circle(Sheet.alpha(sun, 0.25), x, y, r * 1.8);
      sheet.circle(sun, x, y, r);
    }
    int clouds = chance.integer(0, 4);
    for (int i = 0; i < clouds; i++) {
      double x = chance.between(0, sheet.width);
      double y = horizon * chance.between(0.1, 0.6);
      Color c = Sheet.alpha(hsb(0.1, 0.05, 1), chance.between(0.3, 0.8));
      for (int puff = 0; puff < 5; puff++) {
        sheet.oval(
            c,
            x + chance.between(-30, 30),
            y + chance.between(-6, 6),
            chance.between(14, 30),
            chance.between(6, 12));
      }
    }
  }

  private void hills(double horizon) {
    int layers = chance.integer(1, 4);
    double hue = chance.between(0.22, 0.65);
    boolean peaks = chance.flip(0.4);
    for (int l = 0; l < layers; l++) {
      double near = (l + 1.0) / layers;
      Color c = hsb(hue - 0.1 * near, 0.25 + 0.35 * near, 0.75 - 0.3 * near);
      double base = horizon - sheet.height * 0.05 * (layers - l);
      double high = sheet.height * chance.between(0.05, peaks ? 0.3 : 0.12);
      double a = chance.between(30, 90);
      double b = chance.between(12, 30);
      double shift = chance.between(0, 100);
      Path2D hill = new Path2D.Double();
      hill.moveTo(0, sheet.height);
      for (int x = 0; x <= sheet.width; x += 4) {
        double wave = Math.sin((x + shift) / a) + 0.35 * Math.sin((x + shift) / b);
        double up = peaks ? Math.abs(wave) : 0.5 + 0.5 * wave;
        hill.lineTo(x, base - high * up);
      }
      hill.lineTo(sheet.width, sheet.height);
      hill.closePath();
      sheet.fill(c, hill);
    }
  }

  private void ground(double horizon) {
    double h = sheet.height;
    switch (chance.integer(0, 2)) {
      case 0 -> {
        sheet.rect(
            new GradientPaint(
                0, (float) horizon, hsb(0.55, 0.35, 0.8), 0, (float) h, hsb(0.58, 0.7, 0.4)),
            0,
            horizon,
            sheet.width,
            h - horizon);
        for (int i = 0; i < 40; i++) {
          double y = chance.between(horizon, h);
          double x = chance.between(0, sheet.width);
          double length = 4 + 24 * (y - horizon) / (h - horizon);
          sheet.line(Sheet.alpha(Color.WHITE, 0.25), 1, x, y, x + length, y);
        }
        if (chance.flip(0.4)) {
          boat(sheet.width * chance.between(0.2, 0.8), horizon + (h - horizon) * 0.4);
        }
      }
      case 1 -> {
        sheet.rect(
            hsb(chance.between(0.18, 0.33), 0.55, 0.5), 0, horizon, sheet.width, h - horizon);
        int trees = chance.integer(3, 16);
        for (int i = 0; i < trees; i++) {
          double depth = (i + 1.0) / trees;
          tree(
              chance.between(0, sheet.width),
              horizon + (h - horizon) * depth * 0.8,
              14 + 60 * depth);
        }
      }
      default -> {
        Color sand = hsb(chance.between(0.09, 0.15), 0.4, 0.8);
        sheet.rect(sand, 0, horizon, sheet.width, h - horizon);
        double x = sheet.width * chance.between(0.3, 0.7);
        sheet.polygon(sand.darker(), x - 2, horizon, x + 2, horizon, x + 70, h, x - 50, h);
        for (int i = 0; i < 25; i++) {
          double y = chance.between(horizon, h);
          sheet.oval(chance.near(sand.darker(), 20), chance.between(0, sheet.width), y, 5, 2);
        }
      }
    }
  }

  private void boat(double x, double y) {
    sheet.polygon(
        lit(chance.colour(0.4, 0.9, 0.3, 0.8)), x - 22, y, x + 22, y, x + 14, y + 9, x - 14, y + 9);
    sheet.polygon(lit(Color.WHITE), x, y - 2, x, y - 38, x + 20, y - 6);
    sheet.line(lit(Color.GRAY), 1.2, x, y, x, y - 40);
  }

  private void tree(double x, double foot, double tall) {
    Color leaf = hsb(chance.between(0.22, 0.4), 0.65, chance.between(0.3, 0.6));
    sheet.rect(hsb(0.07, 0.6, 0.35), x - tall * 0.05, foot - tall * 0.4, tall * 0.1, tall * 0.4);
    if (chance.flip(0.5)) {
      for (int i = 0; i < 3; i++) {
        double y = foot - tall * (0.25 + 0.22 * i);
        double half = tall * (0.3 - 0.07 * i);
        sheet.polygon(leaf, x - half, y, x + half, y, x, y - tall * 0.36);
      }
    } else {
      sheet.circle(leaf, x, foot - tall * 0.65, tall * 0.28);
      sheet.circle(leaf.brighter(), x - tall * 0.08, foot - tall * 0.72, tall * 0.14);
    }
  }

  private void houses(double ground) {
    double x = -chance.between(0, 30);
    while (x < sheet.width) {
      double w = chance.between(40, 95);
      double h = Math.min(ground - 20, chance.between(50, 170));
      house(x, ground, w, h);
      x += w + (chance.flip(0.3) ? chance.between(6, 40) : 0);
    }
  }

  private void house(double x, double ground, double w, double h) {
    Color wall = lit(chance.colour(0.05, 0.55, 0.5, 0.95));
    double top = ground - h;
    sheet.rect(wall, x, top, w, h);
    if (chance.flip(0.65)) {
      sheet.polygon(
          hsb(chance.between(0, 0.08), 0.6, 0.5),
          x - 4,
          top,
          x + w / 2,
          top - w * 0.4,
          x + w + 4,
          top);
    } else {
      sheet.rect(wall.darker(), x - 2, top - 4, w + 4, 5);
    }
    Color glass =
        light < 0.6 ? new Color(250, 220, 130) : hsb(0.58, 0.3, chance.between(0.35, 0.8));
    double cell = chance.between(16, 24);
    int across = Math.max(1, (int) (w / cell));
    double pad = w / across;
    for (double y = top + 8; y < ground - cell; y += cell * 1.2) {
      for (int i = 0; i < across; i++) {
        Color pane = light < 0.6 && chance.flip(0.5) ? wall.darker().darker() : glass;
        sheet.rect(pane, x + pad * (i + 0.25), y, pad * 0.5, cell * 0.65);
      }
    }
    sheet.rect(wall.darker().darker(), x + w * 0.4, ground - 18, 12, 18);
  }

  private void road(double ground) {
    double h = sheet.height;
    sheet.rect(hsb(0.6, 0.05, 0.6), 0, ground, sheet.width, h - ground);
    sheet.rect(hsb(0.6, 0.06, 0.38), 0, ground + (h - ground) * 0.3, sheet.width, h - ground);
    double middle = ground + (h - ground) * 0.66;
    for (double x = chance.between(-30, 0); x < sheet.width; x += 44) {
      sheet.rect(lit(Color.WHITE), x, middle, 22, 3);
    }
    int cars = chance.integer(0, 3);
    for (int i = 0; i < cars; i++) {
      car(chance.between(0, sheet.width - 50), ground + (h - ground) * chance.between(0.4, 0.85));
    }
    if (chance.flip(0.6)) {
      tree(sheet.width * chance.between(0.1, 0.9), ground + 6, chance.between(60, 110));
    }
  }

  private void car(double x, double y) {
    Color paint = lit(chance.colour(0.2, 0.95, 0.3, 0.95));
    sheet.round(paint, x + 10, y - 24, 34, 16, 6);
    sheet.round(paint, x, y - 14, 58, 13, 4);
    sheet.rect(hsb(0.58, 0.3, 0.8), x + 14, y - 21, 11, 8);
    sheet.rect(hsb(0.58, 0.3, 0.8), x + 28, y - 21, 11, 8);
    sheet.circle(Color.BLACK, x + 13, y, 6);
    sheet.circle(Color.BLACK, x + 45, y, 6);
  }
}
