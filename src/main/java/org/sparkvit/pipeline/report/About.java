package org.sparkvit.pipeline.report;

import java.io.IOException;
import java.io.StringReader;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.sparkvit.core.UserException;

/**
 * Statements about a data set that cannot be measured, from a file of properties.
 *
 * @param values the statements by key of {@link #KEYS}
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
   * Parses a file.
   *
   * @param text lines of {@code KEY = TEXT}
   * @param file the name of the file, for messages
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

  /** Returns the statement of a key, or null where there is none. */
  String get(String key) {
    return values.get(key);
  }
}
