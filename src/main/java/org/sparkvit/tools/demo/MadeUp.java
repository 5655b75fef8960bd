package org.sparkvit.tools.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Made-up names, numbers and prose. Nothing here belongs to anybody: countries do not exist, card
 * numbers carry a wrong check digit and account numbers a country code that is not assigned.
 */
final class MadeUp {
  private static final List<String> GIVEN =
      List.of(
          "Ada", "Bruno", "Carla", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ines", "Jonas",
          "Kaya", "Lena", "Milo", "Nadia", "Oskar", "Petra", "Quentin", "Rosa", "Sven", "Tilda",
          "Umar", "Vera", "Wim", "Xenia", "Yusuf", "Zoe", "Marta", "Tomas", "Aiko", "Kofi");
  private static final List<String> FAMILY =
      List.of(
          "Almeida",
          "Berg",
          "Castell",
          "Dorn",
          "Eklund",
          "Fontaine",
          "Gruber",
          "Hallan",
          "Ivers",
          "Jansky",
          "Kellner",
          "Lindqvist",
          "Moreau",
          "Novak",
          "Okafor",
          "Petrov",
          "Quist",
          "Rasmus",
          "Santori",
          "Tanaka",
          "Ulrich",
          "Varga",
          "Wendel",
          "Ximenes",
          "Yilmaz",
          "Zander");
  private static final List<String> WORDS =
      List.of(
          "the",
          "river",
          "of",
          "and",
          "a",
          "morning",
          "under",
          "light",
          "over",
          "stone",
          "wind",
          "was",
          "quiet",
          "when",
          "they",
          "walked",
          "along",
          "old",
          "road",
          "to",
          "town",
          "where",
          "an",
          "orchard",
          "grew",
          "in",
          "long",
          "rows",
          "it",
          "seemed",
          "as",
          "though",
          "nothing",
          "had",
          "changed",
          "since",
          "summer",
          "birds",
          "crossed",
          "above",
          "with",
          "slow",
          "wings",
          "garden",
          "kept",
          "its",
          "secret",
          "from",
          "all",
          "who",
          "asked",
          "but",
          "not",
          "for",
          "long",
          "window",
          "opened",
          "after",
          "rain",
          "children",
          "laughed",
          "near",
          "harbour");
  private static final List<String> CLINICAL =
      List.of(
          "patient",
          "was",
          "seen",
          "in",
          "our",
          "clinic",
          "with",
          "chronic",
          "pain",
          "of",
          "the",
          "left",
          "knee",
          "and",
          "mild",
          "hypertension",
          "examination",
          "showed",
          "no",
          "acute",
          "findings",
          "blood",
          "pressure",
          "135/85",
          "we",
          "recommend",
          "therapy",
          "for",
          "6",
          "weeks",
          "follow-up",
          "after",
          "laboratory",
          "results",
          "were",
          "within",
          "normal",
          "range",
          "ECG",
          "sinus",
          "rhythm",
          "medication",
          "continued",
          "dose",
          "adjusted",
          "to",
          "20",
          "mg",
          "daily",
          "allergy",
          "penicillin",
          "referral",
          "cardiology");
  private static final List<String> MERCHANTS =
      List.of(
          "Rent",
          "Salary",
          "Grocer",
          "Tram pass",
          "Power and gas",
          "Insurance",
          "Pharmacy",
          "Card payment",
          "Cash machine",
          "Transfer",
          "Bookshop",
          "Standing order",
          "Fuel",
          "Phone",
          "Interest",
          "School fees",
          "Refund",
          "Water");
  private static final List<String> DISHES =
      List.of(
          "Onion soup",
          "Tomato salad",
          "Grilled trout",
          "Lamb stew",
          "Mushroom risotto",
          "Roast chicken",
          "Potato dumplings",
          "Lentil curry",
          "Apple tart",
          "Lemon sorbet",
          "Cheese board",
          "Fish cakes",
          "Noodles",
          "Bean burger",
          "Rice pudding",
          "Garlic bread",
          "Beetroot carpaccio",
          "Pear cake",
          "Iced tea",
          "House lemonade",
          "Espresso");
  private static final List<String> TITLES =
      List.of(
          "Summer",
          "Night",
          "Jazz",
          "Harvest",
          "Ocean",
          "Winter",
          "Garden",
          "Theatre",
          "Festival",
          "Mountain",
          "Silence",
          "Island",
          "Letters",
          "Shadows",
          "Voyage",
          "Moon",
          "Circus",
          "Cinema",
          "Forest",
          "River",
          "Market",
          "Spring",
          "Stars",
          "Dance",
          "Echo");
  private static final List<String> COUNTRIES =
      List.of("Norland", "Utopia", "Westmark", "San Verde", "Ostania", "Halvia");

  private final Chance chance;
  private final Region region;

  MadeUp(Chance chance, Region region) {
    this.chance = chance;
    this.region = region;
  }

  Region region() {
    return region;
  }

  String given() {
    return chance.pick(GIVEN);
  }

  String family() {
    return chance.pick(FAMILY);
  }

  String name() {
    return given() + " " + family();
  }

  String country() {
    return chance.pick(COUNTRIES);
  }

  String title() {
    return chance.pick(TITLES);
  }

  String dish() {
    return chance.pick(DISHES);
  }

  String merchant() {
    return chance.pick(MERCHANTS);
  }

  String street() {
    return family() + chance.pick(" Street ", " Road ", " Lane ", " Square ") + digits(2);
  }

  String town() {
    return digits(5) + " " + chance.pick("Port ", "New ", "Upper ", "") + family();
  }

  String digits(int n) {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < n; i++) {
      s.append((char) ('0' + chance.integer(i == 0 ? 1 : 0, 9)));
    }
    return s.toString();
  }

  /** Letters and digits as on a document number. */
  String code(int n) {
    StringBuilder s = new StringBuilder();
    for (int i = 0; i < n; i++) {
      s.append(chance.flip(0.3) ? (char) ('A' + chance.integer(0, 25)) : digits(1).charAt(0));
    }
    return s.toString();
  }

  String date(int firstYear, int lastYear) {
    String day = two(chance.integer(1, 28));
    String month = two(chance.integer(1, 12));
    int year = chance.integer(firstYear, lastYear);
    return region.date(day, month, year);
  }

  String monthAndYear() {
    return two(chance.integer(1, 12)) + "/" + chance.integer(27, 33);
  }

  static String two(int v) {
    return v < 10 ? "0" + v : Integer.toString(v);
  }

  /** An amount of money with two decimals, below {@code most}. */
  String amount(int most) {
    int whole = chance.integer(1, most);
    String s = String.format(Locale.ROOT, "%,d.%02d", whole, chance.integer(0, 99));
    return region.decimalComma() ? s.replace(',', ' ').replace('.', ',') : s;
  }

  /** Sixteen digits in fours whose Luhn check digit is wrong on purpose. */
  String cardNumber() {
    String body = chance.pick("4", "5", "2") + digits(14);
    int wrong = (luhn(body) + chance.integer(1, 9)) % 10;
    String all = body + wrong;
    return String.join(
        " ", all.substring(0, 4), all.substring(4, 8), all.substring(8, 12), all.substring(12));
  }

  /** The check digit of ISO/IEC 7812 for the digits before it. */
  static int luhn(String digits) {
    int sum = 0;
    for (int i = 0; i < digits.length(); i++) {
      int d = digits.charAt(digits.length() - 1 - i) - '0';
      if (i % 2 == 0) {
        d = d > 4 ? 2 * d - 9 : 2 * d;
      }
      sum += d;
    }
    return (10 - sum % 10) % 10;
  }

  /** An account number in the layout of an IBAN; no country has the code XX. */
  String account() {
    return "XX" + digits(2) + " " + digits(4) + " " + digits(4) + " " + digits(4) + " " + digits(2);
  }

  /** Lines in the layout of the machine-readable zone of ICAO 9303, issued by Utopia (UTO). */
  List<String> machineReadable(String given, String family, int lines, int length) {
    List<String> zone = new ArrayList<>();
    String name = (family + "<<" + given).toUpperCase(Locale.ROOT).replace(' ', '<');
    zone.add(filled((lines == 2 ? "I<UTO" + name : "I<UTO" + code(9) + "<" + digits(6)), length));
    zone.add(filled(digits(7) + chance.pick("F", "M") + digits(7) + "UTO" + digits(4), length));
    if (lines == 3) {
      zone.add(filled(name, length));
    }
    return zone;
  }

  private static String filled(String s, int length) {
    return s.length() >= length ? s.substring(0, length) : s + "<".repeat(length - s.length());
  }

  /** Prose of the given number of words, in sentences. */
  List<String> prose(int words) {
    return sentences(WORDS, words);
  }

  List<String> clinical(int words) {
    return sentences(CLINICAL, words);
  }

  private List<String> sentences(List<String> from, int words) {
    List<String> prose = new ArrayList<>(words);
    int left = 0;
    for (int i = 0; i < words; i++) {
      String word = chance.pick(from);
      if (left == 0) {
        left = chance.integer(5, 12);
        word = word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
      }
      left--;
      prose.add(left == 0 || i == words - 1 ? word + "." : word);
    }
    return prose;
  }
}
