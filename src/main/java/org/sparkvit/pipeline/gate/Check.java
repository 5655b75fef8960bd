package org.sparkvit.pipeline.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkvit.core.Numbers;
import org.sparkvit.core.UserException;

/**
 * A check of one metric against a bound.
 *
 * @param metric its name
 * @param outcome {@code WARN} or {@code FAIL}, when it is so
 * @param above whether above {@code bound}, or below
 */
record Check(String metric, String outcome, boolean above, double bound) {
  private static final Pattern TERM =
      Pattern.compile(
          "(warn|fail)\\s*([<>])\\s*([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)", Pattern.CASE_INSENSITIVE);

  /**
   * Reads lines such as {@code duplicate_share = warn > 0.01, fail > 0.1}; empty lines and those
   * that begin with # count for nothing.
   *
   * @param source for messages
   * @throws UserException for a line that is none
   */
  static List<Check> parse(String text, String source) {
    List<Check> limits = new ArrayList<>();
    int number = 0;
    for (String raw : text.lines().toList()) {
      number++;
      String line = raw.strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      int equals = line.indexOf('=');
      String name = equals < 0 ? "" : line.substring(0, equals).strip();
      for (String term : equals < 0 ? new String[] {""} : line.substring(equals + 1).split(",")) {
        Matcher matcher = TERM.matcher(term.strip());
        if (name.isEmpty() || !matcher.matches()) {
          throw new UserException(
              source
                  + ": line "
                  + number
                  + " is '"
                  + line
                  + "'; write 'METRIC = warn > 0.01, fail > 0.1', with < or >");
        }
        limits.add(
            new Check(
                name,
                matcher.group(1).toUpperCase(Locale.ROOT),
                matcher.group(2).equals(">"),
                number(matcher.group(3), source, number)));
      }
    }
    return limits;
  }

  private static double number(String text, String source, int line) {
    try {
      return Numbers.real(text);
    } catch (IllegalArgumentException e) {
      throw new UserException(
          source + ": line " + line + " has '" + text + "', which " + e.getMessage(), e);
    }
  }

  boolean isBroken(double value) {
    return above ? value > bound : value < bound;
  }

  /** As people write it. */
  String text() {
    return outcome.toLowerCase(Locale.ROOT) + (above ? " > " : " < ") + bound;
  }
}
