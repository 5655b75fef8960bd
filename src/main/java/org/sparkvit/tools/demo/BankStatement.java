package org.sparkvit.tools.demo;

import java.awt.Color;

/**
 * A statement of account: bank logo, account box, and a ruled table of dates, texts and amounts.
 */
final class BankStatement {
  private final Sheet sheet;
  private final Chance chance;
  private final MadeUp madeUp;
  private final Region region;
  private final Color house;
  private final Color ink;
  private final Typeface face;
  private final double margin;

  private BankStatement(Sheet sheet, Chance chance, MadeUp madeUp) {
    this.sheet = sheet;
    this.chance = chance;
    this.madeUp = madeUp;
    this.region = madeUp.region();
    this.house = chance.colour(0.5, 0.95, 0.3, 0.75);
    this.ink = new Color(30, 30, 35);
    this.face = chance.flip(0.2) ? Typeface.OCR : Typeface.body(chance);
    this.margin = chance.between(12, 22);
  }

  static Sheet draw(Chance chance, MadeUp madeUp) {
    Sheet sheet =
        chance.flip(0.1)
            ? new Sheet(Kind.SHEET, (int) (Kind.SHEET / 1.41))
            : new Sheet((int) (Kind.SHEET / chance.between(1.29, 1.42)), Kind.SHEET);
    sheet.background(Paper.white(chance));
    BankStatement statement = new BankStatement(sheet, chance, madeUp);
    double y = statement.head();
    y = statement.account(y);
    statement.table(y);
    return sheet;
  }

  private double head() {
    double w = sheet.width;
    String bank = madeUp.family() + chance.pick(" Bank", " Savings", " & Sons", " Mutual");
    boolean band = chance.flip(0.9);
    Color on = band ? Color.WHITE : house;
    if (band) {
      sheet.rect(house, 0, 0, w, 32);
    }
    boolean left = chance.flip(0.65);
    double logoX = left ? margin + 9 : w - margin - 9;
    switch (chance.integer(0, 2)) {
      case 0 -> sheet.rect(on, logoX - 9, 8, 18, 18);
      case 1 -> sheet.polygon(on, logoX, 6, logoX + 10, 26, logoX - 10, 26);
      default -> {
        sheet.rect(on, logoX - 9, 8, 5, 18);
        sheet.rect(on, logoX - 2, 13, 5, 13);
        sheet.rect(on, logoX + 5, 8, 5, 18);
      }
    }
    sheet.fitted(
        Typeface.display(chance),
        on,
        bank,
        left ? margin + 26 : w - margin - 26,
        23,
        10,
        w * 0.36,
        left ? Sheet.Align.LEFT : Sheet.Align.RIGHT);
    sheet.fitted(
        face,
        on,
        chance.pick("Statement of account", "Account statement", "Monthly statement"),
        left ? w - margin : margin,
        22,
        6,
        w * 0.3,
        left ? Sheet.Align.RIGHT : Sheet.Align.LEFT);
    return 46;
  }

  private double account(double top) {
    double w = sheet.width - 2 * margin;
    double y = top;
    for (String line : new String[] {madeUp.name(), madeUp.street(), madeUp.town()}) {
      sheet.text(face, ink, line, margin, y, 4.8);
      y += 8.5;
    }
    double x = margin + w * 0.5;
    sheet.round(Sheet.mix(house, Color.WHITE, 0.82), x, top - 10, w * 0.5, 33, 3);
    String[][] rows = {
      {"Account", madeUp.account()},
      {"Period", madeUp.date(2023, 2025)},
      {"Balance", madeUp.amount(20000) + " " + region.currency()}
    };
    y = top;
    for (String[] row : rows) {
      sheet.text(face, house.darker(), row[0], x + 4, y, 4.2);
      sheet.fitted(face.bold(), ink, row[1], x + w * 0.5 - 4, y, 4.6, w * 0.3, Sheet.Align.RIGHT);
      y += 9;
    }
    return top + chance.between(28, 38);
  }

  private void table(double top) {
    double w = sheet.width - 2 * margin;
    boolean twoAmounts = chance.flip(0.5);
    double[] stops =
        twoAmounts
            ? new double[] {0, 0.17, 0.54, 0.69, 0.84, 1}
            : new double[] {0, 0.18, 0.6, 0.8, 1};
    String[] heads =
        twoAmounts
            ? new String[] {"Date", "Description", "Debit", "Credit", "Balance"}
            : new String[] {"Date", "Description", "Amount", "Balance"};
    double step = chance.between(9.5, 13);
    double bottom = sheet.height - chance.between(18, 40);
    boolean shaded = chance.flip(0.9);
    boolean ruled = chance.flip(0.5) || !shaded;
    boolean columns = chance.flip(0.8);
    Color rule = Sheet.mix(house, Color.WHITE, chance.between(0.2, 0.6));
    sheet.rect(house, margin, top, w, step + 1);
    for (int c = 0; c < heads.length; c++) {
      cell(face.bold(), Color.WHITE, heads[c], stops, c, top + step - 3);
    }
    double y = top + step + 1;
    int row = 0;
    for (; y + 2 * step < bottom; y += step) {
      if (shaded && row % 2 == 1) {
        sheet.rect(Sheet.mix(house, Color.WHITE, 0.7), margin, y, w, step);
      }
      row(stops, y + step - 3.2, twoAmounts);
      if (ruled) {
        sheet.line(rule, 0.7, margin, y + step, margin + w, y + step);
      }
      row++;
    }
    sheet.rect(Sheet.mix(house, Color.WHITE, 0.7), margin, y, w, step + 1);
    cell(face.bold(), ink, "Closing balance", stops, 1, y + step - 3);
    cell(face.bold(), ink, madeUp.amount(9999), stops, stops.length - 2, y + step - 3);
    if (columns) {
      for (double stop : stops) {
        sheet.line(rule, 0.8, margin + w * stop, top, margin + w * stop, y + step);
      }
    }
    sheet.fitted(
        face,
        Sheet.mix(ink, Color.WHITE, 0.4),
        "Page 1 of 1   " + madeUp.account(),
        sheet.width / 2.0,
        sheet.height - 7,
        3.6,
        w,
        Sheet.Align.CENTRE);
  }

  private void row(double[] stops, double y, boolean twoAmounts) {
    cell(face, ink, madeUp.date(2024, 2024), stops, 0, y);
    cell(face, ink, madeUp.merchant() + " " + madeUp.code(4), stops, 1, y);
    boolean debit = chance.flip(0.7);
    Color colour = debit && chance.flip(0.5) ? new Color(180, 30, 30) : ink;
    String amount = madeUp.amount(debit ? 400 : 3000);
    if (twoAmounts) {
      cell(face, colour, amount, stops, debit ? 2 : 3, y);
    } else {
      cell(face, colour, debit ? "-" + amount : amount, stops, 2, y);
    }
    cell(face, ink, madeUp.amount(9999), stops, stops.length - 2, y);
  }

  /** Texts are set from the left of their column, amounts to the right of it. */
  private void cell(Typeface in, Color c, String s, double[] stops, int column, double y) {
    double w = sheet.width - 2 * margin;
    double left = margin + w * stops[column] + 2.5;
    double right = margin + w * stops[column + 1] - 2.5;
    boolean number = column > 1;
    sheet.fitted(
        in,
        c,
        s,
        number ? right : left,
        y,
        4.4,
        right - left,
        number ? Sheet.Align.RIGHT : Sheet.Align.LEFT);
  }
}
