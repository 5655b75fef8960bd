package org.sparkvit.tools.demo;

import java.awt.Color;
import java.awt.geom.Path2D;

/** Repeating ornament, tiles, weaves and material seen close up. */
final class Patterns {
  private final Sheet sheet;
  private final Chance chance;
  private final Color a;
  private final Color b;
  private final Color c;
  private final double cell;

  private Patterns(Sheet sheet, Chance chance) {
    this.sheet = sheet;
    this.chance = chance;
    this.a = chance.colour(0.1, 0.9, 0.3, 1);
    this.b = chance.colour(0.0, 0.8, 0.5, 1);
    this.c = chance.colour(0.2, 1, 0.15, 0.9);
    this.cell = chance.between(14, 52);
  }

  static Sheet draw(Chance chance) {
    double aspect = chance.pick(1.0, 1.0, 1.33, 1.5, 0.75);
    Sheet sheet =
        aspect >= 1
            ? new Sheet(Kind.SHEET, (int) (Kind.SHEET / aspect))
            : new Sheet((int) (Kind.SHEET * aspect), Kind.SHEET);
    Patterns pattern = new Patterns(sheet, chance);
    sheet.background(pattern.a);
    switch (chance.integer(0, 7)) {
      case 0 -> pattern.stripes();
      case 1 -> pattern.checks();
      case 2 -> pattern.dots();
      case 3 -> pattern.waves();
      case 4 -> pattern.triangles();
      case 5 -> pattern.rings();
      case 6 -> pattern.bricks();
      default -> pattern.material();
    }
    return sheet;
  }

  private void stripes() {
    double far = sheet.width + sheet.height;
    sheet.turned(
        chance.pick(0.0, Math.PI / 2, Math.PI / 4, chance.between(0, Math.PI)),
        sheet.width / 2.0,
        sheet.height / 2.0,
        () -> {
          for (double x = -far; x < far; x += cell) {
            sheet.rect(b, x, -far, cell * 0.5, 2 * far);
            sheet.rect(c, x + cell * 0.6, -far, cell * 0.12, 2 * far);
          }
        });
  }

  private void checks() {
    boolean tartan = chance.flip(0.5);
    for (double x = 0; x < sheet.width; x += cell) {
      if (tartan) {
        sheet.rect(Sheet.alpha(b, 0.6), x, 0, cell * 0.5, sheet.height);
        sheet.rect(Sheet.alpha(c, 0.7), x + cell * 0.7, 0, 2, sheet.height);
      }
      for (double y = 0; y < sheet.height; y += cell) {
        if (!tartan && (Math.round(x / cell) + Math.round(y / cell)) % 2 == 0) {
          sheet.rect(b, x, y, cell, cell);
        }
      }
    }
    for (double y = 0; tartan && y < sheet.height; y += cell) {
      sheet.rect(Sheet.alpha(b, 0.6), 0, y, sheet.width, cell * 0.5);
      sheet.rect(Sheet.alpha(c, 0.7), 0, y + cell * 0.7, sheet.width, 2);
    }
  }

  private void dots() {
    int row = 0;
    for (double y = 0; y < sheet.height + cell; y += cell * 0.87) {
      for (double x = row % 2 == 0 ? 0 : cell / 2; x < sheet.width + cell; x += cell) {
        sheet.circle(b, x, y, cell * 0.32);
        sheet.circle(c, x, y, cell * 0.14);
      }
      row++;
    }
  }

  private void waves() {
    double length = chance.between(20, 60);
    int row = 0;
    for (double y = -cell; y < sheet.height + cell; y += cell * 0.6) {
      Path2D wave = new Path2D.Double();
      wave.moveTo(0, y);
      for (int x = 4; x <= sheet.width + 4; x += 4) {
        wave.lineTo(x, y + cell * 0.35 * Math.sin(x / length * 6.28));
      }
      sheet.draw(row % 2 == 0 ? b : c, cell * 0.22, wave);
      row++;
    }
  }

  private void triangles() {
    for (double y = 0; y < sheet.height; y += cell) {
      for (double x = -cell; x < sheet.width + cell; x += cell) {
        sheet.polygon(chance.near(b, 40), x, y + cell, x + cell / 2, y, x + cell, y + cell);
        sheet.polygon(chance.near(c, 40), x + cell / 2, y, x + cell, y + cell, x + cell * 1.5, y);
      }
    }
  }

  private void rings() {
    for (double y = 0; y < sheet.height + cell; y += cell) {
      for (double x = 0; x < sheet.width + cell; x += cell) {
        for (int r = 4; r > 0; r--) {
          sheet.circle(r % 2 == 0 ? b : c, x, y, cell * 0.17 * r);
        }
      }
    }
  }

  private void bricks() {
    int row = 0;
    for (double y = 0; y < sheet.height; y += cell * 0.5) {
      for (double x = row % 2 == 0 ? -cell : -cell / 2; x < sheet.width; x += cell) {
        sheet.rect(chance.near(c, 18), x, y, cell - 2.5, cell * 0.5 - 2.5);
      }
      row++;
    }
  }

  /** Cloth, wood or stone, point by point. */
  private void material() {
    Texture texture = Texture.any(chance);
    for (int y = 0; y < sheet.height; y++) {
      for (int x = 0; x < sheet.width; x++) {
        sheet.image.setRGB(x, y, 0xFF000000 | texture.rgb(x, y));
      }
    }
  }
}
