package org.sparkvit.tracking;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.sparkvit.core.StableHash;

/** Makes names and values that every MLflow server accepts. */
final class MlflowText {
  /** The longest name in bytes, by the REST API's reference. */
  static final int LONGEST_KEY = 250;

  /**
   * The longest value of a parameter in bytes. Newer servers take 6000; those before 2.0 refuse
   * more than 500.
   */
  static final int LONGEST_PARAM = 500;

  /** The longest value of a tag in bytes, by the REST API's reference. */
  static final int LONGEST_TAG = 5000;

  private static final String CUT = "...";

  /**
   * Matches the characters that names must not have. Python's servers take letters beyond ASCII,
   * too, but others do not.
   */
  private static final Pattern FOREIGN = Pattern.compile("[^A-Za-z0-9_\\-. /]");

  /** Matches the parts of paths that name something else, and that servers refuse. */
  private static final Pattern PATH = Pattern.compile("(^|/)(\\.{0,2})(?=/|$)");

  private static final int HASH = 8;

  private MlflowText() {}

  /**
   * Returns a name that servers accept: letters, digits, {@code _ - .}, blanks and slashes, 250
   * bytes at most. A name that has to be changed ends with a hash of what it was, so that two names
   * stay two.
   */
  static String key(String name) {
    String plain = FOREIGN.matcher(name).replaceAll("_");
    plain = PATH.matcher(plain).replaceAll("$1_");
    if (plain.equals(name) && plain.length() <= LONGEST_KEY) {
      return name;
    }
    String hash = StableHash.sha256(name.getBytes(StandardCharsets.UTF_8)).substring(0, HASH);
    int most = LONGEST_KEY - HASH - 1;
    return (plain.length() > most ? plain.substring(0, most) : plain) + "_" + hash;
  }

  /** Returns a part of a name, such as a class, in which a slash is no separator. */
  static String part(String name) {
    // A class may be named a/b, beside a class a: one would be a file and a folder to some servers.
    return name.indexOf('/') < 0 ? name : name.replace("/", "\u2215");
  }

  /** Returns a text that is cut to a number of bytes in UTF-8, between two characters. */
  static String value(String text, int bytes) {
    if (text.getBytes(StandardCharsets.UTF_8).length <= bytes) {
      return text;
    }
    StringBuilder cut = new StringBuilder();
    int left = bytes - CUT.length();
    for (int i = 0; i < text.length(); ) {
      String each = Character.toString(text.codePointAt(i));
      left -= each.getBytes(StandardCharsets.UTF_8).length;
      if (left < 0) {
        break;
      }
      cut.append(each);
      i += each.length();
    }
    return cut.append(CUT).toString();
  }
}
