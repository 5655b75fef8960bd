package org.sparkvit.tools.demo;

import java.awt.Color;
import java.awt.geom.Ellipse2D;
import java.util.Locale;

/**
 * A doctor's letter: letterhead with a crest, a box with the patient's data, findings, a signature
 * and often a stamp.
 */
final class MedicalLetter {
  private final Sheet sheet;
  private final Chance chance;
  private final MadeUp madeUp;
  private final Color house;
  private final Color ink;
  private final Typeface face;
  private final double margin;

  private MedicalLetter(Sheet sheet, Chance chance, MadeUp madeUp) {
    this.sheet = sheet;
    this.chance = chance;
    this.madeUp = madeUp;
    this.house =
        chance.flip(0.4)
            ? new Color(chance.integer(170, 215), chance.integer(10, 50), chance.integer(20, 60))
            : Color.getHSBColor(
                (float) chance.between(0.42, 0.62), (float) chance.between(0.6, 0.95), 0.62f);
    this.ink = chance.pick(new Color(25, 25, 25), new Color(50, 50, 60));
    this.face = Typeface.body(chance);
    this.margin = chance.between(16, 26);
  }

  static Sheet draw(Chance chance, MadeUp madeUp) {
    Sheet sheet = new Sheet((int) (Kind.SHEET / chance.between(1.29, 1.42)), Kind.SHEET);
    sheet.background(Paper.white(chance));
    MedicalLetter letter = new MedicalLetter(sheet, chance, madeUp);
    double y = letter.letterhead();
    y = letter.patient(y);
    y = letter.findings(y);
    letter.closing(y);
    return sheet;
  }

  private double letterhead() {
    double w = sheet.width;
    boolean band = chance.flip(0.9);
    double height = chance.between(42, 52);
    if (band) {
      sheet.rect(house, 0, 0, w, height);
    }
    Color on = band ? Color.WHITE : house;
    String name =
        chance.pick("St. ", "", "Lake ", "City ")
            + madeUp.family()
            + chance.pick(" Clinic", " Hospital", " Medical Centre", " Surgery");
    int place = chance.weighted(55, 20, 25);
    double crestX = place == 0 ? margin + 13 : place == 1 ? w / 2 : w - margin - 13;
    crest(crestX, height / 2, 15, on, band ? house : Color.WHITE);
    double room = w - 2 * margin - 34;
    if (place == 1) {
      sheet.fitted(face.bold(), house, name, w / 2, height + 11, 9, room, Sheet.Align.CENTRE);
      sheet.line(house, 1.4, margin, height + 18, w - margin, height + 18);
      return height + 28;
    }
    double textX = place == 0 ? margin + 34 : margin;
    sheet.fitted(face.bold(), on, name, textX, height * 0.45, 9.5, room, Sheet.Align.LEFT);
    sheet.fitted(
        face,
        on,
        "Department of " + chance.pick("Cardiology", "Surgery", "Neurology", "Radiology"),
        textX,
        height * 0.68,
        5,
        room,
        Sheet.Align.LEFT);
    sheet.fitted(
        face,
        on,
        madeUp.street() + ", " + madeUp.town(),
        textX,
        height * 0.88,
        4,
        room,
        Sheet.Align.LEFT);
    if (!band) {
      sheet.line(house, chance.between(1, 3), margin, height + 4, w - margin, height + 4);
    }
    return height + 14;
  }

  /** A cross, alone, in a disc or in a shield, or a heart-beat line. */
  private void crest(double x, double y, double r, Color on, Color under) {
    switch (chance.integer(0, 3)) {
      case 0 -> cross(x, y, r, on);
      case 1 -> {
        sheet.circle(on, x, y, r);
        cross(x, y, r * 0.65, under);
      }
      case 2 -> {
        sheet.polygon(
            on, x - r, y - r, x + r, y - r, x + r, y + r * 0.3, x, y + r * 1.1, x - r, y + r * 0.3);
        cross(x, y - r * 0.1, r * 0.6, under);
      }
      default -> {
        sheet.ring(on, 2.5, x, y, r);
        sheet.polyline(
            on,
            2,
            x - r,
            y,
            x - r * 0.4,
            y,
            x - r * 0.15,
            y - r * 0.6,
            x + r * 0.15,
            y + r * 0.6,
            x + r * 0.4,
            y,
            x + r,
            y);
      }
    }
  }

  private void cross(double x, double y, double r, Color c) {
    sheet.rect(c, x - r * 0.33, y - r, r * 0.66, 2 * r);
    sheet.rect(c, x - r, y - r * 0.33, 2 * r, r * 0.66);
  }

  private double patient(double top) {
    double w = sheet.width - 2 * margin;
    String[][] rows = {
      {"Patient:", madeUp.name(), "Born:", madeUp.date(1930, 2015)},
      {"Insurance no.:", madeUp.code(10), "Case:", madeUp.digits(7)},
      {"Address:", madeUp.street(), "Date:", madeUp.date(2022, 2025)},
    };
    int style = chance.weighted(80, 15, 5);
    double height = rows.length * 11.0 + 8;
    if (style == 0) {
      sheet.rect(Sheet.mix(house, Color.WHITE, 0.65), margin, top, w, height);
    } else if (style == 1) {
      sheet.box(house, 1, margin, top, w, height);
      sheet.line(house, 0.8, margin + w * 0.58, top, margin + w * 0.58, top + height);
    } else {
      sheet.line(house, 0.8, margin, top + height, margin + w, top + height);
    }
    double y = top + 11;
    for (String[] row : rows) {
      sheet.text(face, house.darker(), row[0], margin + 4, y, 4.6);
      sheet.fitted(face.bold(), ink, row[1], margin + w * 0.23, y, 5, w * 0.33, Sheet.Align.LEFT);
      sheet.text(face, house.darker(), row[2], margin + w * 0.61, y, 4.6);
      sheet.fitted(face.bold(), ink, row[3], margin + w * 0.74, y, 5, w * 0.24, Sheet.Align.LEFT);
      y += 11;
    }
    return top + height + 15;
  }

  private double findings(double top) {
    double w = sheet.width - 2 * margin;
    double lead = chance.between(1.65, 2);
    double cap = chance.between(4.2, 4.8);
    Sheet.Column column = new Sheet.Column(margin, w, sheet.height - 66, lead);
    sheet.text(face, ink, "Dear colleague " + madeUp.family() + ",", margin, top, cap);
    double y = top + 13;
    String[] headings = {"Diagnosis", "History", "Findings", "Medication", "Assessment"};
    int sections = chance.integer(2, 4);
    int first = chance.integer(0, headings.length - sections);
    for (int s = 0; s < sections && y < column.bottom() - 10; s++) {
      String heading = headings[first + s];
      sheet.text(face.bold(), house.darker(), heading + ":", margin, y, cap + 0.6);
      y += cap * lead + 1;
      if (heading.equals("Medication")) {
        y = medication(y, cap, lead);
      } else {
        y = sheet.paragraph(face, ink, madeUp.clinical(chance.integer(14, 42)), column, y, cap);
      }
      y += 4;
    }
    return y;
  }

  private double medication(double top, double cap, double lead) {
    double y = top;
    for (int i = 0; i < chance.integer(2, 4) && y < sheet.height - 70; i++) {
      String drug = chance.pick("Relamol", "Cardioxin", "Nervolan", "Pulmexa", "Dolorid");
      String dose = chance.pick("5", "10", "20", "100") + " mg   1-0-" + chance.integer(0, 1);
      sheet.circle(ink, margin + 4, y - cap / 2, 1);
      sheet.text(face, ink, drug + " " + dose, margin + 9, y, cap);
      y += cap * lead;
    }
    return y;
  }

  private void closing(double after) {
    double y = Math.min(Math.max(after + 8, sheet.height - 84), sheet.height - 58);
    sheet.text(face, ink, "Yours sincerely,", margin, y, 4.6);
    Scribble.signature(sheet, chance, new Color(20, 30, 110), margin + 4, y + 22, 62);
    sheet.text(face, ink, "Dr. " + madeUp.name(), margin, y + 34, 4.6);
    if (chance.flip(0.95)) {
      double x = sheet.width - margin - chance.between(24, 50);
      double angle = chance.between(-0.5, 0.5);
      sheet.turned(angle, x, y + 14, () -> stamp(x, y + 14));
    }
    Color pale = Sheet.mix(ink, Color.WHITE, 0.45);
    sheet.line(pale, 0.6, margin, sheet.height - 18, sheet.width - margin, sheet.height - 18);
    sheet.fitted(
        face,
        pale,
        "Tel. " + madeUp.digits(9) + "   " + madeUp.account() + "   clinic no. " + madeUp.digits(6),
        sheet.width / 2.0,
        sheet.height - 9,
        3.6,
        sheet.width - 2 * margin,
        Sheet.Align.CENTRE);
  }

  private void stamp(double x, double y) {
    Color blue = Sheet.alpha(chance.pick(new Color(40, 60, 170), new Color(150, 30, 60)), 0.75);
    if (chance.flip(0.6)) {
      sheet.ring(blue, 1.6, x, y, 21);
      sheet.draw(blue, 0.8, new Ellipse2D.Double(x - 15, y - 15, 30, 30));
      cross(x, y, 7, blue);
    } else {
      sheet.box(blue, 1.5, x - 30, y - 14, 60, 28);
      String name = "DR " + madeUp.family().toUpperCase(Locale.ROOT);
      sheet.fitted(face.bold(), blue, name, x, y - 1, 7, 50, Sheet.Align.CENTRE);
      sheet.text(face, blue, madeUp.digits(8), x, y + 9, 5, Sheet.Align.CENTRE);
    }
  }
}
