package org.sparkvit.tools.demo;

import java.awt.Color;
import java.awt.geom.Arc2D;
import java.util.Locale;

/** A payment card: saturated or dark, with a chip, sixteen digits, an expiry date and a name. */
final class PaymentCard {
  private static final double TALL = Kind.SHEET / IdentityCard.ID_1;

  private final Sheet sheet;
  private final Chance chance;
  private final MadeUp madeUp;
  private final Color ink;

  private PaymentCard(Sheet sheet, Chance chance, MadeUp madeUp, Color ink) {
    this.sheet = sheet;
    this.chance = chance;
    this.madeUp = madeUp;
    this.ink = ink;
  }

  static Sheet draw(Chance chance, MadeUp madeUp) {
    boolean upright = chance.flip(0.08);
    Sheet sheet = upright ? new Sheet((int) TALL, Kind.SHEET) : new Sheet(Kind.SHEET, (int) TALL);
    boolean pale = chance.flip(0.06);
    Color base =
        pale ? chance.colour(0.02, 0.15, 0.82, 0.95) : chance.colour(0.4, 0.95, 0.15, 0.55);
    Color end = chance.flip(0.5) ? base.darker() : chance.near(base, 70);
    sheet.card(sheet.gradient(base, end, chance.flip(0.7)), 12);
    Color ink = pale ? new Color(40, 40, 50) : chance.pick(Color.WHITE, new Color(235, 225, 190));
    PaymentCard card = new PaymentCard(sheet, chance, madeUp, ink);
    card.decoration(base);
    if (upright) {
      card.upright();
    } else {
      card.across();
    }
    return sheet;
  }

  private void decoration(Color base) {
    Color tint = Sheet.alpha(chance.flip(0.5) ? Color.WHITE : base.darker().darker(), 0.18);
    switch (chance.integer(0, 3)) {
      case 0 -> {
        sheet.circle(tint, sheet.width * chance.between(0.6, 1), 0, chance.between(90, 170));
        sheet.circle(tint, sheet.width * chance.between(0.5, 1), 20, chance.between(60, 120));
      }
      case 1 -> {
        double x = sheet.width * chance.between(0.2, 0.7);
        sheet.polygon(tint, x, 0, x + 90, 0, x - 40, sheet.height, x - 140, sheet.height);
      }
      case 2 -> {
        for (int i = 0; i < 7; i++) {
          sheet.ring(tint, 3, sheet.width * 0.9, sheet.height * 0.9, 30 + 26.0 * i);
        }
      }
      default -> {
        // A plain card.
      }
    }
  }

  private void across() {
    Typeface bank = Typeface.display(chance);
    boolean bankLeft = chance.flip(0.6);
    sheet.fitted(
        bank,
        ink,
        bankName(),
        bankLeft ? 20 : sheet.width - 20,
        32,
        14,
        150,
        bankLeft ? Sheet.Align.LEFT : Sheet.Align.RIGHT);
    double chipX = chance.between(22, 30);
    double chipY = chance.between(48, 56);
    chip(chipX, chipY);
    if (chance.flip(0.6)) {
      contactless(chipX + 88, chipY + 26);
    }
    double numberY = chance.between(130, 138);
    sheet.fitted(
        Typeface.OCR.bold(),
        ink,
        madeUp.cardNumber(),
        22,
        numberY,
        chance.between(17, 20),
        sheet.width - 44,
        Sheet.Align.LEFT);
    double expiryX = chance.between(100, 150);
    sheet.text(Typeface.OCR, ink, "VALID THRU", expiryX, numberY + 16, 4.5);
    sheet.text(Typeface.OCR, ink, madeUp.monthAndYear(), expiryX, numberY + 30, 9);
    sheet.fitted(
        Typeface.OCR,
        ink,
        madeUp.name().toUpperCase(Locale.ROOT),
        22,
        numberY + 52,
        9,
        190,
        Sheet.Align.LEFT);
    network(sheet.width - 46, sheet.height - 32);
  }

  private void upright() {
    sheet.fitted(Typeface.display(chance), ink, bankName(), 20, 34, 14, 150, Sheet.Align.LEFT);
    chip(sheet.width / 2.0 - 24, 62);
    String[] groups = madeUp.cardNumber().split(" ", -1);
    for (int i = 0; i < groups.length; i++) {
      sheet.text(Typeface.OCR, ink, groups[i], 24, 150 + 24.0 * i, 15);
    }
    sheet.text(Typeface.OCR, ink, madeUp.monthAndYear(), 130, 222, 9);
    sheet.fitted(
        Typeface.OCR,
        ink,
        madeUp.name().toUpperCase(Locale.ROOT),
        24,
        256,
        9,
        150,
        Sheet.Align.LEFT);
    network(sheet.width - 46, sheet.height - 34);
  }

  private String bankName() {
    return madeUp.family().toUpperCase(Locale.ROOT)
        + chance.pick(" BANK", " CREDIT", " SAVINGS", "PAY", "");
  }

  private void chip(double x, double y) {
    Color metal =
        chance.flip(0.98)
            ? new Color(chance.integer(205, 235), chance.integer(170, 195), chance.integer(90, 130))
            : new Color(200, 203, 208);
    double w = chance.between(66, 78);
    double h = w * 0.78;
    sheet.round(metal, x, y, w, h, 6);
    Color groove = metal.darker();
    sheet.line(groove, 1.2, x, y + h / 3, x + w * 0.33, y + h / 3);
    sheet.line(groove, 1.2, x, y + h * 2 / 3, x + w * 0.33, y + h * 2 / 3);
    sheet.line(groove, 1.2, x + w * 0.67, y + h / 3, x + w, y + h / 3);
    sheet.line(groove, 1.2, x + w * 0.67, y + h * 2 / 3, x + w, y + h * 2 / 3);
    sheet.box(groove, 1.2, x + w * 0.33, y + h * 0.2, w * 0.34, h * 0.6);
    sheet.line(groove, 1.2, x + w / 2, y, x + w / 2, y + h * 0.2);
    sheet.line(groove, 1.2, x + w / 2, y + h * 0.8, x + w / 2, y + h);
  }

  private void contactless(double x, double y) {
    for (int i = 1; i <= 4; i++) {
      double r = 4.5 * i;
      sheet.draw(ink, 1.8, new Arc2D.Double(x - r, y - r, 2 * r, 2 * r, -35, 70, Arc2D.OPEN));
    }
  }

  /** A made-up payment network's mark. */
  private void network(double x, double y) {
    Color a = chance.colour(0.6, 1, 0.7, 1);
    Color b = chance.colour(0.6, 1, 0.7, 1);
    switch (chance.integer(0, 2)) {
      case 0 -> {
        sheet.circle(a, x - 9, y, 16);
        sheet.circle(Sheet.alpha(b, 0.8), x + 10, y, 16);
      }
      case 1 ->
          sheet.fitted(
              Typeface.display(chance).italic(),
              ink,
              chance.pick("VERA", "MONDO", "PLUS", "UNIO"),
              x,
              y + 8,
              17,
              64,
              Sheet.Align.CENTRE);
      default -> {
        sheet.round(Color.WHITE, x - 24, y - 14, 48, 28, 3);
        sheet.rect(a, x - 24, y - 12, 48, 8);
        sheet.rect(b, x - 24, y + 4, 48, 8);
      }
    }
  }
}
