package org.sparkvit.pipeline.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.sparkvit.core.UserException;

/**
 * Reads the lines of a JSON lines text and checks that each is one object that can become a row.
 * Blank lines are skipped. {@code NaN} and {@code Infinity}, which Python writes and JSON does not
 * have, are accepted.
 */
final class JsonRecords extends TextRecords {
  /** The largest depth of values. Deeper ones would be columns that no table of Spark can hold. */
  private static final int MAX_DEPTH = 50;

  /** The largest number of keys, as each is a column, or a field of one. */
  private static final int MAX_KEYS = 10_000;

  private static final int MAX_KEY_LENGTH = 1_000;

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(TextRecord.MAX_LENGTH)
                  .build())
          .build();

  private final String name;
  private final BufferedReader text;
  private final Set<String> keys = new HashSet<>();
  private long line;

  /**
   * Reads the first line.
   *
   * @param name the name of the text, for messages
   * @param text the text, with LF at the end of lines
   */
  JsonRecords(String name, Reader text) {
    super(name);
    this.name = name;
    this.text = new BufferedReader(text);
    advance();
  }

  @Override
  TextRecord read() throws IOException {
    String read = readLine();
    if (read == null) {
      return null;
    }
    TextRecord record = new TextRecord(line, List.of(read));
    if (!record.isBlank()) {
      check(read);
    }
    return record;
  }

  /**
   * Reads a line of bounded length. {@code BufferedReader.readLine} would take a line of any length
   * into memory.
   */
  private String readLine() throws IOException {
    StringBuilder read = new StringBuilder();
    line++;
    int c = text.read();
    if (c < 0) {
      return null;
    }
    while (c >= 0 && c != '\n') {
      read.append((char) c);
      if (read.length() > TextRecord.MAX_LENGTH) {
        throw mistake("is longer than " + (TextRecord.MAX_LENGTH >> 20) + " Mi characters");
      }
      c = text.read();
    }
    return read.toString();
  }

  private void check(String read) throws IOException {
    String start = read.stripLeading();
    if (start.startsWith("[")) {
      throw new UserException(
          name
              + (line == 1 ? " is" : " line " + line + " is")
              + " a JSON array: one object a line is wanted (`jq -c '.[]'` makes that of it)");
    }
    if (!start.startsWith("{")) {
      throw mistake("is not JSON: one object a line is wanted: " + shortened(start));
    }
    try (JsonParser parser = JSON.createParser(read)) {
      Deque<String> objects = new ArrayDeque<>();
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.START_OBJECT) {
          String key = parser.currentName();
          objects.push(objects.isEmpty() ? "" : objects.peek() + (key == null ? "" : key + "."));
        } else if (token == JsonToken.FIELD_NAME) {
          addKey(objects.getFirst() + parser.currentName());
        } else if (token == JsonToken.END_OBJECT) {
          objects.pop();
          if (objects.isEmpty() && parser.nextToken() != null) {
            throw mistake("has more than one object: " + shortened(read));
          }
        }
      }
    } catch (JsonProcessingException e) {
      throw mistake(
          e.getOriginalMessage().contains("nesting depth")
              ? "is nested more than " + MAX_DEPTH + " deep: " + shortened(read)
              : "is not JSON: "
                  + shortened(read)
                  + " ("
                  + shortened(e.getOriginalMessage().lines().findFirst().orElse(""))
                  + "); one object a line is wanted");
    }
  }

  private void addKey(String key) {
    if (key.length() > MAX_KEY_LENGTH) {
      throw mistake("has a key of more than " + MAX_KEY_LENGTH + " letters: " + shortened(key));
    }
    if (keys.add(key) && keys.size() > MAX_KEYS) {
      throw mistake(
          "has yet another key, '"
              + shortened(key)
              + "', after "
              + MAX_KEYS
              + " different ones, each of which would be a column; put what differs from image to"
              + " image into one value");
    }
  }

  private UserException mistake(String what) {
    return mistake(line, what);
  }

  private static String shortened(String text) {
    return text.length() <= 120 ? text : text.substring(0, 120) + "...";
  }
}
