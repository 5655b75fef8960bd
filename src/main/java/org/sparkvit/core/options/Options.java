package org.sparkvit.core.options;

import java.lang.annotation.Annotation;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;

/**
 * Reads records of options. It lists the options of a record, creates a record from the texts that
 * people gave, and returns the values of a record by the options' names. Every component of such a
 * record is an {@link Option}, or a record of options that several commands share.
 */
public final class Options {
  private Options() {}

  /** Returns the options of a record and of the records in it, in the order of the components. */
  public static List<OptionSpec> list(Class<? extends Record> type) {
    List<OptionSpec> options = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      Optional<Option> declaration = declaration(component);
      if (declaration.isPresent()) {
        options.add(new OptionSpec(declaration.get(), component));
      } else {
        options.addAll(list(group(component)));
      }
    }
    return List.copyOf(options);
  }

  /**
   * Creates a record from the given texts, with defaults for all other options.
   *
   * @param given the texts by the options' names, one for each time that an option was given
   * @throws UserException when a value is missing, cannot be read or is out of its range, or there
   *     is no option of a name
   */
  public static <C extends Record> C read(Class<C> type, Map<String, List<String>> given) {
    Map<String, OptionSpec> known = new LinkedHashMap<>();
    list(type).forEach(option -> known.put(option.name(), option));
    for (String name : given.keySet()) {
      if (!known.containsKey(name)) {
        throw new UserException(
            "'" + name + "' is no option here; there are " + String.join(", ", names(known)));
      }
    }
    return build(type, known, given);
  }

  private static Collection<String> names(Map<String, OptionSpec> known) {
    return new TreeSet<>(known.keySet());
  }

  /**
   * Creates a record from single values, for programs and tests.
   *
   * @param values the names and the values in turn, such as {@code "batch-size", 16}
   * @throws UserException as {@link #read} does
   */
  public static <C extends Record> C with(Class<C> type, Object... values) {
    Map<String, List<String>> given = new LinkedHashMap<>();
    for (int i = 0; i < values.length; i += 2) {
      given.put(values[i].toString(), List.of(values[i + 1].toString()));
    }
    return read(type, given);
  }

  private static <C extends Record> C build(
      Class<C> type, Map<String, OptionSpec> known, Map<String, List<String>> given) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      Optional<Option> declaration = declaration(components[i]);
      if (declaration.isPresent()) {
        OptionSpec option = new OptionSpec(declaration.get(), components[i]);
        values[i] = OptionValues.read(option, given.getOrDefault(option.name(), List.of()));
      } else {
        values[i] = build(group(components[i]), known, given);
      }
    }
    try {
      Constructor<C> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException mistake) {
        throw mistake;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Checks the ranges and choices of a record that was made without {@link #read}.
   *
   * @throws UserException when a value is out of its range
   */
  public static void check(Record values) {
    each(values, (option, value) -> checkEach(option, value));
  }

  private static void checkEach(OptionSpec option, Object value) {
    if (value instanceof Optional<?> optional) {
      optional.ifPresent(inner -> checkEach(option, inner));
    } else if (value instanceof List<?> list) {
      list.forEach(option::check);
    } else if (value instanceof Map<?, ?> map) {
      map.values().forEach(option::check);
    } else {
      option.check(value);
    }
  }

  /**
   * Returns the values by the options' names, for the record of a run. Values that are absent are
   * left out.
   */
  public static Map<String, Object> values(Record values) {
    Map<String, Object> map = new LinkedHashMap<>();
    each(
        values,
        (option, value) -> {
          Object shown = OptionValues.shown(option, value);
          if (shown != null) {
            map.put(option.name(), shown);
          }
        });
    return map;
  }

  /**
   * Returns the values by the options' names, as a person would write them and {@link #read} reads
   * them. Values that are absent are left out.
   */
  public static Map<String, String> texts(Record values) {
    Map<String, String> map = new LinkedHashMap<>();
    values(values).forEach((name, value) -> map.put(name, OptionValues.text(value)));
    return map;
  }

  /** Returns the value of one option, if there is an option of this name. */
  public static Optional<Object> value(Record values, String name) {
    return Optional.ofNullable(values(values).get(name));
  }

  private interface Visitor {
    void visit(OptionSpec option, Object value);
  }

  private static void each(Record values, Visitor visitor) {
    for (RecordComponent component : values.getClass().getRecordComponents()) {
      Object value;
      try {
        component.getAccessor().setAccessible(true);
        value = component.getAccessor().invoke(values);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
      Optional<Option> declaration = declaration(component);
      if (declaration.isPresent()) {
        visitor.visit(new OptionSpec(declaration.get(), component), value);
      } else {
        each((Record) value, visitor);
      }
    }
  }

  private static Optional<Option> declaration(RecordComponent component) {
    Option own = component.getAnnotation(Option.class);
    return own != null
        ? Optional.of(own)
        : Stream.of(component.getAnnotations())
            .map(Annotation::annotationType)
            .filter(type -> type.isAnnotationPresent(Option.class))
            .map(type -> type.getAnnotation(Option.class))
            .findFirst();
  }

  private static Class<? extends Record> group(RecordComponent component) {
    if (!component.getType().isRecord()) {
      throw new IllegalStateException(
          component.getDeclaringRecord().getSimpleName()
              + "."
              + component.getName()
              + " is neither an @Option nor a record of options");
    }
    return component.getType().asSubclass(Record.class);
  }
}
