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

/**
 * Takes typed values out of a configuration object. The values that are left over were not
 * interpreted.
 */
public final class JsonFields {
  private final String source;
  private final ObjectNode object;

  public JsonFields(String source, ObjectNode object) {
    this.source = source;
    this.object = object;
  }

  /** Returns the name of the file, or of the part of it, that holds the fields. */
  String source() {
    return source;
  }

  /** Returns the fields of an object under a key of this one. */
  JsonFields within(String key, ObjectNode child) {
    return new JsonFields(source + ": " + key, child);
  }

  /** Takes the value of a key. It is null where the key is absent or its value is JSON's null. */
  public JsonNode take(String key) {
    JsonNode node = object.remove(key);
    return node == null || node.isNull() ? null : node;
  }

  int takeInt(String key, int defaultValue) {
    JsonNode node = take(key);
    return node == null ? defaultValue : asInt(key, node);
  }

  /** Takes a side in pixels, given as a number or as equal height and width. */
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

  /** Takes a number in the form in which it is written. */
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

  /** Takes whether a step is done. JSON's null turns a step off, as Python treats it as false. */
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

  /**
   * Takes a list of numbers. A single number stands for a list that repeats it.
   *
   * @param count the length of the list
   */
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

  /** Returns the fields that were not taken. */
  Map<String, JsonNode> rest() {
    Map<String, JsonNode> rest = new LinkedHashMap<>();
    object.fields().forEachRemaining(e -> rest.put(e.getKey(), e.getValue()));
    return rest;
  }

  public UserException bad(String key, Object value, String due) {
    return new UserException(source + ": " + key + " is " + value + "; it must be " + due);
  }
}
