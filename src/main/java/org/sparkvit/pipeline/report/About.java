package org.sparkvit.pipeline.report;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.sparkvit.core.UserException;

/**
 * What people say of a data set that cannot be measured, from a file of properties.
 *
 * @param values by key, of {@link #KEYS}
 */
record About(Map<String, String> values) {
  static final List<String> KEYS =
      List.of(
          "name",
          "description",
          "license",
          "url",
          "creator",
          "version",
          "collection",
          "annotation",
          "sensitive-information",
          "use-cases",
          "social-impact",
          "maintenance");

  About {
    values = Map.copyOf(values);
  }

  /**
   * Reads a file.
   *
   * @param text {@code KEY = TEXT}, one a line
   * @param file its name, for messages
   */
  static About parse(String text, String file) {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(text));
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException("--about " + file + " cannot be read: " + e.getMessage(), e);
    }
    Map<String, String> values = new TreeMap<>();
    for (String key : properties.stringPropertyNames()) {
      if (!KEYS.contains(key)) {
        throw new UserException("--about " + file + ": there is no '" + key + "'; use " + KEYS);
      }
      values.put(key, properties.getProperty(key).strip());
    }
    return new About(values);
  }

  /** Returns a value, or null. */
  String get(String key) {
    return values.get(key);
  }
}
