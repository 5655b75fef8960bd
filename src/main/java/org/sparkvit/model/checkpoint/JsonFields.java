package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.core.UserException;

/** Takes typed values out of a configuration object; what is left over was not interpreted. */
public final class JsonFields {
  private final String source;
  private final ObjectNode object;

  public JsonFields(String source, ObjectNode object) {
    this.source = source;
    this.object = object;
  }

  /** The file, or the part of it, that the fields are of. */
  String source() {
    return source;
  }

  /** The fields of an object under a key of this one. */
  JsonFields within(String key, ObjectNode child) {
    return new JsonFields(source + ": " + key, child);
  }

  /** The value of a key, or null where it is absent or JSON's null. */
  public JsonNode take(String key) {
    JsonNode node = object.remove(key);
    return node == null || node.isNull() ? null : node;
  }

  int takeInt(String key, int defaultValue) {
    JsonNode node = take(key);
    return node == null ? defaultValue : asInt(key, node);
  }

  /** A side in pixels, given as a number or as height and width that are the same. */
  int takeSquare(String key, int defaultValue) {
    JsonNode node = take(key);
    if (node == null) {
      return defaultValue;
    }
    if (node.isArray() && node.size() == 2) {
      int height = asInt(key, node.get(0));
      if (height != asInt(key, node.get(1))) {
        throw bad(key, node, "a square; " + ForeignModel.AS_TORCHSCRIPT);
      }
      return height;
    }
    return asInt(key, node);
  }

  int asInt(String key, JsonNode node) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw bad(key, node, "a whole number");
    }
    return node.intValue();
  }

  double takeDouble(String key, double defaultValue) {
    JsonNode node = take(key);
    if (node == null) {
      return defaultValue;
    }
    if (!node.isNumber()) {
      throw bad(key, node, "a number");
    }
    return node.doubleValue();
  }

  /** A number as it is written. */
  JsonNode takeNumber(String key, int defaultValue) {
    JsonNode node = take(key);
    if (node == null) {
      return IntNode.valueOf(defaultValue);
    }
    if (!node.isNumber()) {
      throw bad(key, node, "a number");
    }
    return node;
  }

  boolean takeBoolean(String key, boolean defaultValue) {
    JsonNode node = take(key);
    if (node == null) {
      return defaultValue;
    }
    if (!node.isBoolean()) {
      throw bad(key, node, "true or false");
    }
    return node.booleanValue();
  }

  /** Whether a step is done, which null turns off, as what tests a value for truth has it. */
  boolean takeStep(String key, boolean defaultValue) {
    return !object.path(key).isNull() && takeBoolean(key, defaultValue);
  }

  public String takeString(String key, String defaultValue) {
    JsonNode node = take(key);
    if (node == null) {
      return defaultValue;
    }
    if (!node.isTextual()) {
      throw bad(key, node, "a string");
    }
    return node.textValue();
  }

  /** A list of numbers; a number alone is each of them. */
  List<Double> takeDoubles(String key, int count, List<Double> defaultValue) {
    JsonNode node = take(key);
    if (node == null) {
      return defaultValue;
    }
    if (node.isNumber()) {
      return Collections.nCopies(count, node.doubleValue());
    }
    List<Double> values = new ArrayList<>();
    for (JsonNode element : node) {
      if (!element.isNumber()) {
        throw bad(key, node, "a list of numbers");
      }
      values.add(element.doubleValue());
    }
    if (!node.isArray() || values.size() != count) {
      throw bad(key, node, "a number or a list of " + count + " numbers");
    }
    return values;
  }

  /** The keys that nobody took. */
  Map<String, JsonNode> rest() {
    Map<String, JsonNode> rest = new LinkedHashMap<>();
    object.fields().forEachRemaining(e -> rest.put(e.getKey(), e.getValue()));
    return rest;
  }

  public UserException bad(String key, Object value, String due) {
    return new UserException(source + ": " + key + " is " + value + "; it must be " + due);
  }
}
