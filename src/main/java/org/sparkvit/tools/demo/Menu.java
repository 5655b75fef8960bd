package org.sparkvit.tools.demo;

import java.awt.Color;
import java.util.Locale;

/**
 * A restaurant's menu: dishes and prices in rows, much like a statement at a distance, but set
 * around the middle, without rules.
 */
final class Menu {
  private final Sheet sheet;
  private final Chance chance;
  private final MadeUp madeUp;
  private final Color ink;
  private final Color accent;
  private final Typeface display;
  private final Typeface face;

  private Menu(Sheet sheet, Chance chance, MadeUp madeUp, boolean dark) {
    this.sheet = sheet;
    this.chance = chance;
    this.madeUp = madeUp;
    this.ink = dark ? new Color(235, 230, 215) : chance.colour(0.1, 0.7, 0.05, 0.3);
    this.accent = dark ? chance.colour(0.2, 0.7, 0.75, 1) : chance.colour(0.5, 0.95, 0.3, 0.7);
    this.display = Typeface.display(chance);
    this.face = Typeface.body(chance);
  }

  static Sheet draw(Chance chance, MadeUp madeUp) {
    Sheet sheet = new Sheet((int) (Kind.SHEET / chance.between(1.25, 1.9)), Kind.SHEET);
    boolean dark = chance.flip(0.25);
    sheet.background(dark ? chance.colour(0.1, 0.6, 0.08, 0.25) : Paper.any(chance));
    Menu menu = new Menu(sheet, chance, madeUp, dark);
    menu.border();
    double y = menu.title();
    if (sheet.width > 215 && chance.flip(0.4)) {
      menu.dishes(20, sheet.width / 2.0 - 28, y);
      menu.dishes(sheet.width / 2.0 + 8, sheet.width / 2.0 - 28, y);
    } else {
      menu.dishes(24, sheet.width - 48.0, y);
    }
    return sheet;
  }

  private void border() {
    double w = sheet.width;
    double h = sheet.height;
    switch (chance.integer(0, 3)) {
      case 0 -> {
        sheet.box(accent, 2, 8, 8, w - 16, h - 16);
        sheet.box(accent, 0.8, 12, 12, w - 24, h - 24);
      }
      case 1 -> {
        for (int corner = 0; corner < 4; corner++) {
          double x = corner % 2 == 0 ? 0 : w;
          double y = corner < 2 ? 0 : h;
          sheet.circle(Sheet.alpha(accent, 0.6), x, y, 24);
          sheet.ring(accent, 1.5, x, y, 30);
        }
      }
      case 2 -> {
        sheet.rect(accent, 0, 0, w, 7);
        sheet.rect(accent, 0, h - 7, w, 7);
      }
      default -> {
        // Many menus have none.
      }
    }
  }

  private double title() {
    double middle = sheet.width / 2.0;
    double y = chance.between(34, 44);
    if (chance.flip(0.35)) {
      cup(middle, y - 4);
      y += 32;
    }
    String title =
        chance.pick(
            "MENU", "Menu", "Bistro " + madeUp.family(), "Cafe " + madeUp.title(), "Dinner");
    sheet.fitted(display, accent, title, middle, y, 19, sheet.width - 60, Sheet.Align.CENTRE);
    if (chance.flip(0.5)) {
      sheet.line(accent, 1.2, middle - 36, y + 10, middle + 36, y + 10);
      sheet.circle(accent, middle, y + 10, 3);
    }
    return y + 28;
  }

  private void cup(double x, double y) {
    sheet.oval(accent, x, y + 4, 14, 9);
    sheet.rect(accent, x - 14, y - 4, 28, 8);
    sheet.ring(accent, 2, x + 15, y, 5);
    sheet.line(accent, 1.5, x - 4, y - 8, x - 2, y - 16);
    sheet.line(accent, 1.5, x + 4, y - 8, x + 6, y - 16);
  }

  private void dishes(double left, double room, double top) {
    double y = top;
    double middle = left + room / 2;
    boolean centred = chance.flip(0.35);
    boolean dots = chance.flip(0.6);
    double cap = chance.between(4.6, 6);
    double step = cap * chance.between(2, 2.6);
    while (y < sheet.height - 44) {
      String heading =
          chance.pick(
              "Starters", "Mains", "From the grill", "Desserts", "Drinks", "Soups", "Salads");
      sheet.fitted(
          display,
          accent,
          heading,
          centred ? middle : left,
          y,
          cap * 1.7,
          room,
          centred ? Sheet.Align.CENTRE : Sheet.Align.LEFT);
      y += step * 1.2;
      int rows = chance.integer(3, 6);
      for (int i = 0; i < rows && y < sheet.height - 22; i++) {
        dish(left, room, y, cap, centred, dots);
        y += step;
        if (room > 140 && chance.flip(0.25) && y < sheet.height - 24) {
          sheet.fitted(
              face.italic(),
              Sheet.mix(ink, accent, 0.4),
              String.join(" ", madeUp.prose(5)),
              centred ? middle : left + 4,
              y - step * 0.25,
              cap * 0.75,
              room * 0.8,
              centred ? Sheet.Align.CENTRE : Sheet.Align.LEFT);
          y += step * 0.6;
        }
      }
      y += step * 0.8;
    }
  }

  private void dish(double left, double room, double y, double cap, boolean centred, boolean dots) {
    String dish = madeUp.dish();
    String price = chance.integer(2, 39) + chance.pick(".00", ".50", ".90", ".-");
    if (centred) {
      sheet.fitted(
          face, ink, dish + "  " + price, left + room / 2, y, cap, room, Sheet.Align.CENTRE);
      return;
    }
    double right = left + room;
    sheet.fitted(face, ink, dish, left, y, cap, room * 0.75, Sheet.Align.LEFT);
    sheet.text(face, ink, price, right, y, cap, Sheet.Align.RIGHT);
    if (dots) {
      double from = left + Math.min(room * 0.75, StrokeFont.width(dish, face, cap)) + 5;
      double to = right - StrokeFont.width(price.toUpperCase(Locale.ROOT), face, cap) - 4;
      for (double x = from; x < to; x += 4) {
        sheet.circle(ink, x, y - 0.5, 0.55);
      }
    }
  }
}
