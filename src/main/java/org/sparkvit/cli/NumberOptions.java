package org.sparkvit.cli;

import java.math.BigDecimal;
import java.util.Map;
import java.util.function.Function;
import org.sparkvit.core.Numbers;
import org.sparkvit.core.UserException;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/**
 * The one place where numbers of options are read, whether they come from a flag or a file: all are
 * finite, and what a number makes the program hold or start is bounded. Ranges that follow from
 * what an option means are its stage's.
 */
final class NumberOptions {
  /** Options of which a large number would only exhaust the machine, with the largest allowed. */
  private static final Map<String, Long> LARGEST =
      Map.ofEntries(
          Map.entry("--decode-threads", 1_024L),
          Map.entry("--read-threads", 1_024L),
          Map.entry("--partitions", 100_000L),
          Map.entry("--batch-size", 65_536L),
          Map.entry("--resamples", 10_000L),
          Map.entry("--folds", 1_000L),
          Map.entry("--max-side", 65_535L),
          Map.entry("--agreement-sample", 10_000_000L),
          Map.entry("--rounds", 1_000L),
          Map.entry("--seconds", 86_400L));

  private NumberOptions() {}

  /** Makes a command line read numbers as described above. */
  static void register(CommandLine line) {
    register(line, double.class, Double.class, Numbers::real);
    register(line, long.class, Long.class, text -> whole(text, Long.MIN_VALUE, Long.MAX_VALUE));
    register(
        line,
        int.class,
        Integer.class,
        text -> (int) whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE));
    line.registerConverter(BigDecimal.class, text -> converted(text, Numbers::decimal));
  }

  private static long whole(String text, long least, long greatest) {
    return Numbers.whole(text, least, greatest);
  }

  private static <T> void register(
      CommandLine line, Class<T> primitive, Class<T> boxed, Function<String, T> reader) {
    line.registerConverter(primitive, text -> converted(text, reader));
    line.registerConverter(boxed, text -> converted(text, reader));
  }

  /** Picocli puts the option's name in front of the message. */
  private static <T> T converted(String text, Function<String, T> reader) {
    try {
      return reader.apply(text);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' " + e.getMessage());
    }
  }

  /**
   * Checks what a command was given.
   *
   * @throws UserException when a number is so large that it would only exhaust the machine
   */
  static void requireBounded(CommandSpec command) {
    for (OptionSpec option : command.options()) {
      Long largest = LARGEST.get(option.longestName());
      if (largest != null
          && option.getValue() instanceof Number value
          && value.longValue() > largest) {
        throw new UserException(
            option.longestName() + " is " + value + "; use " + largest + " at most");
      }
    }
  }
}
