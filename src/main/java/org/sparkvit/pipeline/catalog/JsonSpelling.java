package org.sparkvit.pipeline.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.sparkvit.core.UserException;

/**
 * Reads a scalar of a JSON object as it is spelled in the text. Spark's tables and Jackson's trees
 * hold floating-point numbers instead: where one number of a column has a point, all become such,
 * so that 0 is written as 0.0, and 9007199254740993 as another number.
 */
final class JsonSpelling {
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private JsonSpelling() {}

  /**
   * Returns the text of a string, a number or a truth value, or null where the key is missing, or
   * its value is null or Python's {@code NaN}.
   *
   * @param object the text of a valid object
   * @throws UserException when the value is a list or an object
   */
  static String of(String object, String key) {
    try (JsonParser parser = JSON.createParser(object)) {
      String text = null;
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        boolean asked = parser.currentName().equals(key);
        JsonToken value = parser.nextToken();
        // The last of several counts, as in a tree.
        text = asked ? text(parser, value) : text;
        parser.skipChildren();
      }
      return text;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(JsonParser parser, JsonToken value) throws IOException {
    if (value.isStructStart()) {
      throw new UserException(
          "the label is "
              + (value == JsonToken.START_ARRAY ? "a list" : "an object")
              + ", but an image has one label; choose with --label-column");
    }
    String text = parser.getText();
    boolean none =
        value == JsonToken.VALUE_NULL
            || (value == JsonToken.VALUE_NUMBER_FLOAT && text.equals("NaN"));
    return none ? null : text;
  }
}
