package org.sparkvit.core.options;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;

/**
 * One option, as described by its {@linkplain Option declaration} and the type of its component.
 */
public final class OptionSpec {
  private final Option declaration;
  private final RecordComponent component;
  private final String name;

  OptionSpec(Option declaration, RecordComponent component) {
    this.declaration = declaration;
    this.component = component;
    this.name =
        declaration.name().isEmpty()
            ? component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT)
            : declaration.name();
  }

  /** Returns the name without dashes, such as {@code batch-size}. */
  public String name() {
    return name;
  }

  /** Returns the flag, such as {@code --batch-size}, or the label of an option that has no flag. */
  public String flag() {
    return isPositional() ? label() : "--" + name;
  }

  /** Returns the flag of one letter, such as {@code -w}, if there is one. */
  public Optional<String> shortFlag() {
    return declaration.letter().isEmpty()
        ? Optional.empty()
        : Optional.of("-" + declaration.letter());
  }

  /** Returns sentences on what the option does. */
  public String help() {
    return declaration.help();
  }

  /** Returns the default value, as a person would write it, or empty where there is none. */
  public Optional<String> standard() {
    if (declaration.standard().isEmpty()) {
      return isFlag() ? Optional.of("false") : Optional.empty();
    }
    return Optional.of(declaration.standard());
  }

  /** Returns the placeholder of the value in the help. */
  public String label() {
    if (!declaration.label().isEmpty()) {
      return declaration.label();
    }
    List<String> choices = choices();
    if (!choices.isEmpty()) {
      return String.join("|", choices);
    }
    return isNumber() ? "N" : name.toUpperCase(Locale.ROOT);
  }

  /** Returns whether its values are numbers. */
  public boolean isNumber() {
    Class<?> type = OptionValues.valueType(component.getGenericType());
    return Number.class.isAssignableFrom(OptionValues.boxed(type));
  }

  /** Returns the texts that are allowed, or an empty list where all are. */
  public List<String> choices() {
    if (declaration.choices().length > 0) {
      return List.of(declaration.choices());
    }
    Class<?> type = OptionValues.valueType(component.getGenericType());
    return type.isEnum()
        ? Stream.of(type.getEnumConstants()).map(OptionValues::spelling).toList()
        : List.of();
  }

  /** Returns whether a command cannot run without the option. */
  public boolean isRequired() {
    Class<?> type = component.getType();
    return declaration.standard().isEmpty()
        && type != Optional.class
        && type != boolean.class
        && !isRepeatable();
  }

  /** Returns whether the option is a flag that needs no value. */
  public boolean isFlag() {
    return component.getType() == boolean.class;
  }

  /**
   * Returns whether the flag is on by default, so that only {@code --no-NAME} changes something.
   */
  public boolean isOn() {
    return declaration.standard().equals("true");
  }

  /**
   * Returns whether the option can take several values. They are given by several flags or, unless
   * values may contain commas, with commas between them.
   */
  public boolean isRepeatable() {
    return List.class.isAssignableFrom(OptionValues.rawType(OptionValues.inOptional(component)))
        || Map.class.isAssignableFrom(component.getType());
  }

  /** Returns whether the value stands on the command line without the option's name. */
  public boolean isPositional() {
    return declaration.positional();
  }

  /** Returns whether only {@code --help-all} shows the option. */
  public boolean isAdvanced() {
    return declaration.advanced();
  }

  RecordComponent component() {
    return component;
  }

  boolean splitsAtCommas() {
    return declaration.splitsAtCommas();
  }

  boolean isInverted() {
    return declaration.inverted();
  }

  /** Checks one value against the range and the choices of the declaration. */
  void check(Object value) {
    if (value instanceof Number number) {
      double real = number.doubleValue();
      boolean holds =
          (declaration.aboveLeast() ? real > declaration.least() : real >= declaration.least())
              && (declaration.belowGreatest()
                  ? real < declaration.greatest()
                  : real <= declaration.greatest());
      UserException.require(holds, flag(), value, range());
    } else if (value instanceof String text && declaration.choices().length > 0) {
      UserException.require(choices().contains(text), flag(), text, words(choices()));
    }
  }

  /** Joins choices in words, such as {@code auto, cpu or gpu}. */
  static String words(List<String> choices) {
    int last = choices.size() - 1;
    return last < 1
        ? String.join("", choices)
        : String.join(", ", choices.subList(0, last)) + " or " + choices.get(last);
  }

  private String range() {
    String least = number(declaration.least());
    String greatest = number(declaration.greatest());
    if (Double.isInfinite(declaration.greatest())) {
      return declaration.aboveLeast() ? "more than " + least : least + " or more";
    }
    String upper = declaration.belowGreatest() ? "less than " + greatest : greatest + " at most";
    if (Double.isInfinite(declaration.least())) {
      return upper;
    }
    if (declaration.aboveLeast() || declaration.belowGreatest()) {
      return (declaration.aboveLeast() ? "more than " + least : least + " or more")
          + " and "
          + upper;
    }
    return "from " + least + " to " + greatest;
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
