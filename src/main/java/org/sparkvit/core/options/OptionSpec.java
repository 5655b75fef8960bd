package org.sparkvit.core.options;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;

/** One option, as its {@linkplain Option declaration} and the type of its component say. */
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

  /** The name without dashes, such as {@code batch-size}. */
  public String name() {
    return name;
  }

  /** The flag, such as {@code --batch-size}; the label of an option that has no flag. */
  public String flag() {
    return isPositional() ? label() : "--" + name;
  }

  /** The flag of one letter, such as {@code -w}, if there is one. */
  public Optional<String> shortFlag() {
    return declaration.letter().isEmpty()
        ? Optional.empty()
        : Optional.of("-" + declaration.letter());
  }

  /** What the option does, in sentences. */
  public String help() {
    return declaration.help();
  }

  /** The value where none is given, as a person would write it; empty where there is none. */
  public Optional<String> standard() {
    if (declaration.standard().isEmpty()) {
      return isFlag() ? Optional.of("false") : Optional.empty();
    }
    return Optional.of(declaration.standard());
  }

  /** What the help shows in place of the value. */
  public String label() {
    if (!declaration.label().isEmpty()) {
      return declaration.label();
    }
    List<String> choices = choices();
    if (!choices.isEmpty()) {
      return String.join("|", choices);
    }
    Class<?> type = OptionValues.valueType(component.getGenericType());
    return Number.class.isAssignableFrom(OptionValues.boxed(type))
        ? "N"
        : name.toUpperCase(Locale.ROOT);
  }

  /** The texts that are allowed; empty where all are. */
  public List<String> choices() {
    if (declaration.choices().length > 0) {
      return List.of(declaration.choices());
    }
    Class<?> type = OptionValues.valueType(component.getGenericType());
    return type.isEnum()
        ? Stream.of(type.getEnumConstants()).map(OptionValues::spelling).toList()
        : List.of();
  }

  /** Whether a command cannot run without it. */
  public boolean isRequired() {
    Class<?> type = component.getType();
    return declaration.standard().isEmpty()
        && type != Optional.class
        && type != boolean.class
        && !isRepeatable();
  }

  /** Whether it is a flag that needs no value. */
  public boolean isFlag() {
    return component.getType() == boolean.class;
  }

  /** Whether the flag is on by default, so that {@code --no-NAME} is what changes something. */
  public boolean isOn() {
    return declaration.standard().equals("true");
  }

  /** Whether it can be given several times, or with commas between several values. */
  public boolean isRepeatable() {
    return List.class.isAssignableFrom(OptionValues.rawType(OptionValues.inOptional(component)))
        || Map.class.isAssignableFrom(component.getType());
  }

  /** Whether the value stands on the command line without the option's name. */
  public boolean isPositional() {
    return declaration.positional();
  }

  /** Whether only {@code --help-all} shows it. */
  public boolean isAdvanced() {
    return declaration.advanced();
  }

  RecordComponent component() {
    return component;
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

  /** {@code auto, cpu or gpu}. */
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
