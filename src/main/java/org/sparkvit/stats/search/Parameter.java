package org.sparkvit.stats.search;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.sparkvit.core.Numbers;
import org.sparkvit.core.UserException;

/** A parameter that is searched. Its values are texts in the form that the option takes. */
public sealed interface Parameter {

  /** Returns the name of the option without leading dashes. */
  String name();

  /** Draws a value uniformly, on a logarithmic scale where the parameter has one. */
  String sample(RandomGenerator random);

  /**
   * Returns values that cover the range, for a grid.
   *
   * @param steps the number of values; a choice has all of its values, and a whole number never
   *     more than its range holds
   */
  List<String> grid(int steps);

  /** Returns the line of the search space that {@link #parse} reads. */
  String text();

  /**
   * Returns the lowest and the highest value, or all choices. These are the values that the option
   * must accept.
   */
  List<String> edges();

  /**
   * Reads a line of a search space.
   *
   * @param text {@code float LOW HIGH}, {@code log-float LOW HIGH}, {@code int LOW HIGH} or {@code
   *     categorical VALUE VALUE ...}
   * @throws UserException when it is none of these
   */
  static Parameter parse(String name, String text) {
    List<String> words = Arrays.asList(text.strip().split("\\s+"));
    List<String> values = words.subList(1, words.size());
    try {
      switch (words.get(0)) {
        case "float", "log-float" -> {
          if (values.size() == 2) {
            return new Real(
                name,
                Numbers.real(values.get(0)),
                Numbers.real(values.get(1)),
                words.get(0).equals("log-float"));
          }
        }
        case "int" -> {
          if (values.size() == 2) {
            return new Whole(name, whole(values.get(0)), whole(values.get(1)));
          }
        }
        case "categorical" -> {
          if (!values.isEmpty()) {
            return new Choice(name, values);
          }
        }
        default -> {
          // the exception below says so
        }
      }
    } catch (IllegalArgumentException e) {
      throw new UserException(
          "the search space says '" + name + " = " + text + "', of which one " + e.getMessage(), e);
    }
    throw new UserException(
        "the search space says '"
            + name
            + " = "
            + text
            + "'; write 'float LOW HIGH', 'log-float LOW HIGH', 'int LOW HIGH' or 'categorical"
            + " VALUE VALUE ...'");
  }

  private static long whole(String text) {
    return Numbers.whole(text, (long) -Numbers.LARGEST, (long) Numbers.LARGEST);
  }

  /** A parameter whose values are numbers on a line. */
  sealed interface Numeric extends Parameter {
    /** Returns the position of a value on the line, which is logarithmic where the parameter is. */
    double position(String value);

    /** Returns the value at a position, rounded to the nearest valid one. */
    String value(double position);

    /** Returns the lower end of the line. */
    double low();

    /** Returns the upper end of the line. */
    double high();

    /**
     * Returns the distance between neighbouring values on the line, or 0 where the parameter is
     * continuous.
     */
    double step();
  }

  /**
   * A real number.
   *
   * @param from the least value
   * @param to the greatest value
   * @param log whether the scale is logarithmic
   */
  record Real(String name, double from, double to, boolean log) implements Numeric {
    public Real {
      requireOrder(name, from, to);
      if (log && !(from > 0)) {
        throw new UserException(
            "the search space gives '" + name + "' a log-float from " + from + "; begin above 0");
      }
    }

    @Override
    public String text() {
      return (log ? "log-float " : "float ") + from + " " + to;
    }

    @Override
    public double position(String value) {
      double number = Double.parseDouble(value);
      return log ? Math.log(number) : number;
    }

    @Override
    public String value(double position) {
      double number = log ? Math.exp(position) : position;
      // Six digits are more than anyone can distinguish, and are easy to read.
      double rounded = Double.parseDouble(String.format(Locale.ROOT, "%.5e", number));
      return Double.toString(Math.min(to, Math.max(from, rounded)));
    }

    @Override
    public double low() {
      return log ? Math.log(from) : from;
    }

    @Override
    public double high() {
      return log ? Math.log(to) : to;
    }

    @Override
    public double step() {
      return 0;
    }

    @Override
    public String sample(RandomGenerator random) {
      return value(low() + (high() - low()) * random.nextDouble());
    }

    @Override
    public List<String> grid(int steps) {
      return steps == 1
          ? List.of(value((low() + high()) / 2))
          : IntStream.range(0, steps)
              .mapToObj(i -> value(low() + (high() - low()) * i / (steps - 1)))
              .distinct()
              .toList();
    }

    @Override
    public List<String> edges() {
      return List.of(value(low()), value(high()));
    }
  }

  /**
   * A whole number.
   *
   * @param from the least value
   * @param to the greatest value
   */
  record Whole(String name, long from, long to) implements Numeric {
    public Whole {
      requireOrder(name, (double) from, (double) to);
    }

    @Override
    public String text() {
      return "int " + from + " " + to;
    }

    @Override
    public double position(String value) {
      return Long.parseLong(value);
    }

    @Override
    public String value(double position) {
      return Long.toString(Math.min(to, Math.max(from, Math.round(position))));
    }

    @Override
    public double low() {
      return from - 0.5;
    }

    @Override
    public double high() {
      return to + 0.5;
    }

    @Override
    public double step() {
      return 1;
    }

    @Override
    public String sample(RandomGenerator random) {
      return Long.toString(random.nextLong(from, to + 1));
    }

    @Override
    public List<String> grid(int steps) {
      long number = Math.min(steps, to - from + 1);
      return number == 1
          ? List.of(value((from + to) / 2.0))
          : IntStream.range(0, (int) number)
              .mapToObj(i -> value(from + (to - from) * (double) i / (number - 1)))
              .toList();
    }

    @Override
    public List<String> edges() {
      return List.of(Long.toString(from), Long.toString(to));
    }
  }

  /**
   * One of several values without an order.
   *
   * @param values the values, all different
   */
  record Choice(String name, List<String> values) implements Parameter {
    public Choice {
      values = List.copyOf(values);
      if (new LinkedHashSet<>(values).size() < values.size()) {
        throw new UserException("the search space gives '" + name + "' one value twice: " + values);
      }
    }

    @Override
    public String text() {
      return "categorical " + String.join(" ", values);
    }

    @Override
    public String sample(RandomGenerator random) {
      return values.get(random.nextInt(values.size()));
    }

    @Override
    public List<String> grid(int steps) {
      return values;
    }

    @Override
    public List<String> edges() {
      return values;
    }
  }

  private static void requireOrder(String name, double from, double to) {
    if (!(from < to && Double.isFinite(from) && Double.isFinite(to))) {
      throw new UserException(
          "the search space gives '"
              + name
              + "' the range "
              + from
              + " to "
              + to
              + "; the first has to be the smaller one");
    }
  }
}
