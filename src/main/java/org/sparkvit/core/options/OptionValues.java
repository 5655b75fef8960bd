package org.sparkvit.core.options;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.sparkvit.core.Numbers;
import org.sparkvit.core.UserException;

/**
 * Converts values of options from the text that people write to the type of a component, and back.
 */
final class OptionValues {
  private OptionValues() {}

  /** Returns a constant as people write it: {@code OVERSAMPLE} is {@code oversample}. */
  static String spelling(Object constant) {
    return ((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Class<?> rawType(Type type) {
    return type instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) type;
  }

  /** Returns the type of a component, or the type within where it is optional. */
  static Type inOptional(RecordComponent component) {
    return component.getType() == Optional.class
        ? argument(component.getGenericType(), 0)
        : component.getGenericType();
  }

  /**
   * Returns the type of one value. For a list it is the type of the elements, for a map that of the
   * values.
   */
  static Class<?> valueType(Type type) {
    Class<?> raw = rawType(type);
    if (raw == Optional.class || raw == List.class) {
      return valueType(argument(type, 0));
    }
    return raw == Map.class ? valueType(argument(type, 1)) : raw;
  }

  static Class<?> boxed(Class<?> type) {
    if (type == int.class) {
      return Integer.class;
    }
    if (type == long.class) {
      return Long.class;
    }
    return type == double.class ? Double.class : type;
  }

  private static Type argument(Type type, int index) {
    return ((ParameterizedType) type).getActualTypeArguments()[index];
  }

  /**
   * Reads the value of an option.
   *
   * @param texts the texts that were given, one for each time that the option was given, or none
   */
  static Object read(OptionSpec option, List<String> texts) {
    Class<?> type = option.component().getType();
    if (texts.isEmpty() && option.standard().isEmpty()) {
      if (option.isRequired()) {
        throw new UserException(option.flag() + " is missing; " + option.help());
      }
      return type == Optional.class ? Optional.empty() : type == Map.class ? Map.of() : List.of();
    }
    List<String> given = texts.isEmpty() ? List.of(option.standard().orElseThrow()) : texts;
    Type inner = inOptional(option.component());
    Object value =
        option.isRepeatable()
            ? several(option, inner, given)
            : one(option, rawType(inner), given.get(given.size() - 1));
    if (option.isFlag() && option.isInverted()) {
      value = !(Boolean) value;
    }
    return type == Optional.class ? Optional.of(value) : value;
  }

  private static Object several(OptionSpec option, Type type, List<String> texts) {
    List<String> items =
        option.splitsAtCommas()
            ? texts.stream()
                .flatMap(text -> Stream.of(text.split(",", -1)))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList()
            : texts;
    if (rawType(type) == List.class) {
      List<Object> values = new ArrayList<>();
      items.forEach(item -> values.add(one(option, valueType(type), item)));
      return List.copyOf(values);
    }
    Map<Object, Object> values = new LinkedHashMap<>();
    for (String item : items) {
      int equals = item.lastIndexOf('=');
      UserException.require(equals > 0, option.flag(), item, option.label());
      Object earlier =
          values.put(
              item.substring(0, equals), one(option, valueType(type), item.substring(equals + 1)));
      UserException.require(
          earlier == null, option.flag(), item, "each name once, it has two values");
    }
    return Collections.unmodifiableMap(values);
  }

  private static Object one(OptionSpec option, Class<?> type, String text) {
    Object value = parse(option, boxed(type), text);
    option.check(value);
    return value;
  }

  private static Object parse(OptionSpec option, Class<?> type, String text) {
    try {
      if (type == String.class) {
        return text;
      } else if (type == Integer.class) {
        return (int) Numbers.whole(text, Integer.MIN_VALUE, Integer.MAX_VALUE);
      } else if (type == Long.class) {
        return Numbers.whole(text, Long.MIN_VALUE, Long.MAX_VALUE);
      } else if (type == Double.class) {
        return Numbers.real(text);
      } else if (type == BigDecimal.class) {
        return Numbers.decimal(text);
      } else if (type == Path.class) {
        return Path.of(text);
      } else if (type == boolean.class) {
        return flag(option, text);
      } else if (type.isEnum()) {
        return constant(option, type, text);
      }
      return type.cast(parser(type).invoke(null, text));
    } catch (IllegalArgumentException e) {
      throw new UserException(option.flag() + ": '" + text + "' " + e.getMessage(), e);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof IllegalArgumentException) {
        throw new UserException(
            option.flag() + ": '" + text + "' " + e.getCause().getMessage(), e.getCause());
      }
      if (e.getCause() instanceof RuntimeException mistake) {
        throw mistake;
      }
      throw new IllegalStateException(e);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean flag(OptionSpec option, String text) {
    String word = text.strip().toLowerCase(Locale.ROOT);
    UserException.require(
        word.equals("true") || word.equals("false"), option.flag(), text, "true or false");
    return word.equals("true");
  }

  private static Object constant(OptionSpec option, Class<?> type, String text) {
    String wanted = text.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    for (Object constant : type.getEnumConstants()) {
      if (spelling(constant).equals(wanted)) {
        return constant;
      }
    }
    throw new UserException(
        option.flag() + " is '" + text + "'; use " + OptionSpec.words(option.choices()));
  }

  /**
   * Returns the static method {@code parse} by which a type of this program reads its texts. Where
   * a text cannot be read, it throws an {@link IllegalArgumentException} whose message goes on from
   * the text: "is no size".
   */
  static Method parser(Class<?> type) {
    try {
      Method method = type.getMethod("parse", String.class);
      if (Modifier.isStatic(method.getModifiers())) {
        return method;
      }
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException(type + " has no static parse(String) for options", e);
    }
    throw new IllegalStateException(type + " has no static parse(String) for options");
  }

  /** Returns a shown value as a person would write it, with commas in lists and maps. */
  static String text(Object shown) {
    if (shown instanceof List<?> list) {
      return list.stream().map(Object::toString).collect(Collectors.joining(","));
    } else if (shown instanceof Map<?, ?> map) {
      return map.entrySet().stream()
          .map(entry -> entry.getKey() + "=" + entry.getValue())
          .collect(Collectors.joining(","));
    }
    return shown.toString();
  }

  /**
   * Returns a value in the form for a run record: as itself where JSON has its type, otherwise as a
   * person would write it.
   */
  static Object shown(OptionSpec option, Object value) {
    if (value instanceof Optional<?> optional) {
      return optional.map(inner -> shown(option, inner)).orElse(null);
    } else if (value instanceof Boolean flag) {
      return option.isInverted() != flag;
    } else if (value instanceof Enum<?>) {
      return spelling(value);
    } else if (value instanceof List<?> list) {
      return list.stream().map(item -> shown(option, item)).toList();
    } else if (value instanceof Map<?, ?> map) {
      Map<String, Object> shown = new LinkedHashMap<>();
      map.forEach((key, item) -> shown.put(key.toString(), shown(option, item)));
      return shown;
    } else if (value instanceof Number || value instanceof String) {
      return value;
    }
    return value.toString();
  }
}
