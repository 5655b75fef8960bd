package org.sparkvit.tools.demo;

import java.util.Locale;

/** What a picture shows, how often within its class, and from which source it comes how often. */
enum Kind {
  IDENTITY_CARD(true, 26, 75, 20, 5),
  PAYMENT_CARD(true, 24, 85, 10, 5),
  MEDICAL_LETTER(true, 25, 50, 40, 10),
  BANK_STATEMENT(true, 25, 45, 35, 20),

  LANDSCAPE(false, 14, 92, 0, 8),
  STREET(false, 11, 92, 0, 8),
  PATTERN(false, 13, 50, 20, 30),
  CHART(false, 14, 25, 20, 55),
  MENU(false, 12, 55, 35, 10),
  POSTER(false, 12, 70, 10, 20),
  BOOK_COVER(false, 11, 75, 20, 5),
  TEXT_PAGE(false, 13, 50, 40, 10);

  /** Longer side of a drawn subject in pixels: a little more than the picture it ends up in. */
  static final int SHEET = 320;

  private final boolean sensitive;
  private final int share;
  private final int camera;
  private final int scan;
  private final int screenshot;

  Kind(boolean sensitive, int share, int camera, int scan, int screenshot) {
    this.sensitive = sensitive;
    this.share = share;
    this.camera = camera;
    this.scan = scan;
    this.screenshot = screenshot;
  }

  boolean sensitive() {
    return sensitive;
  }

  /** Percent of the kind's class. */
  int share() {
    return share;
  }

  String label() {
    return sensitive ? SampleDataset.SENSITIVE : SampleDataset.ORDINARY;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Whether the subject is the view itself, rather than a flat thing lying in front of the camera.
   */
  boolean isView() {
    return this == LANDSCAPE || this == STREET || this == PATTERN;
  }

  Capture source(Chance chance) {
    return switch (chance.weighted(camera, scan, screenshot)) {
      case 0 -> Capture.CAMERA;
      case 1 -> Capture.SCAN;
      default -> Capture.SCREENSHOT;
    };
  }

  /** Draws the flat subject; its sheet's longer side has {@link #SHEET} pixels or fewer. */
  Sheet draw(Chance chance, MadeUp madeUp) {
    return switch (this) {
      case IDENTITY_CARD -> IdentityCard.draw(chance, madeUp);
      case PAYMENT_CARD -> PaymentCard.draw(chance, madeUp);
      case MEDICAL_LETTER -> MedicalLetter.draw(chance, madeUp);
      case BANK_STATEMENT -> BankStatement.draw(chance, madeUp);
      case LANDSCAPE -> Scenes.landscape(chance);
      case STREET -> Scenes.street(chance);
      case PATTERN -> Patterns.draw(chance);
      case CHART -> Charts.draw(chance, madeUp);
      case MENU -> Menu.draw(chance, madeUp);
      case POSTER -> Poster.draw(chance, madeUp);
      case BOOK_COVER -> BookCover.draw(chance, madeUp);
      case TEXT_PAGE -> TextPage.draw(chance, madeUp);
    };
  }
}
