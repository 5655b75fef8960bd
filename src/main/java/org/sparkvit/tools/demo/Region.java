package org.sparkvit.tools.demo;

import java.util.Locale;

/** Where a picture comes from: a metadata column, and how dates and amounts are written there. */
enum Region {
  NORTH("EUR", true) {
    @Override
    String date(String day, String month, int year) {
      return day + "." + month + "." + year;
    }
  },
  SOUTH("EUR", true) {
    @Override
    String date(String day, String month, int year) {
      return day + "/" + month + "/" + year;
    }
  },
  EAST("JPY", false) {
    @Override
    String date(String day, String month, int year) {
      return year + "-" + month + "-" + day;
    }
  },
  WEST("USD", false) {
    @Override
    String date(String day, String month, int year) {
      return month + "/" + day + "/" + year;
    }
  };

  private final String currency;
  private final boolean decimalComma;

  Region(String currency, boolean decimalComma) {
    this.currency = currency;
    this.decimalComma = decimalComma;
  }

  abstract String date(String day, String month, int year);

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  String currency() {
    return currency;
  }

  boolean decimalComma() {
    return decimalComma;
  }
}
