package org.sparkvit.tools.demo;

import java.util.Locale;
import org.sparkvit.dataset.schema.Finding;

/** What a sound picture of the sample data set was drawn as, and the audit may rightly flag. */
enum Look {
  /** Without colours, as by a scanner of one channel. */
  GRAY("drawn_gray", Finding.GRAYSCALE),
  /** A view by night. */
  DARK("drawn_at_night", Finding.DARK);

  private final String detail;
  private final Finding finding;

  Look(String detail, Finding finding) {
    this.detail = detail;
    this.finding = finding;
  }

  /** The family the ground truth counts it under. */
  String type() {
    return name().toLowerCase(Locale.ROOT);
  }

  String detail() {
    return detail;
  }

  /** What the audit calls it where it is pronounced. */
  Finding finding() {
    return finding;
  }
}
