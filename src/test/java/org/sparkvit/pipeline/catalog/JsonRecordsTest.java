package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.core.UserException;

class JsonRecordsTest {
  private static List<String> read(String text) {
    List<String> lines = new ArrayList<>();
    new JsonRecords("manifest 'a.jsonl'", new StringReader(text))
        .forEachRemaining(record -> lines.add(record.line() + " " + record.cells().get(0)));
    return lines;
  }

  @Test
  void blankLinesAreNoRowsAndLinesKeepTheirNumbers() {
    assertThat(read("\n{\"a\":1}\n  \n{\"a\":NaN}\n"))
        .containsExactly("2 {\"a\":1}", "4 {\"a\":NaN}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "[{'a':1}]              | is a JSON array: one object a line is wanted (`jq -c '.[]'`",
        "{'a':1};[;             | line 2 is a JSON array",
        "{'a':1};{;'a':2}       | line 2 cannot be read: it is not JSON: {",
        "{'a':1}{'a':2}         | line 1 cannot be read: it has more than one object",
        "{'a':1,'a':2}          | line 1 cannot be read: it is not JSON: {'a':1,'a':2} (Duplicate"
            + " field",
        "{'a':1};7              | line 2 cannot be read: it is not JSON: one object a line is"
            + " wanted: 7",
        "{'a':1};{'a':          | line 2 cannot be read: it is not JSON",
      })
  void mistakesNameTheirLine(String lines, String message) {
    assertThatThrownBy(() -> read(lines.replace(';', '\n').replace('\'', '"')))
        .isInstanceOf(UserException.class)
        .satisfies(
            e ->
                assertThat(e.getMessage().replace('"', '\'')).contains(message.replace('"', '\'')));
  }

  @Test
  void nestedTwoThousandDeepIsRefusedInOneLine() {
    for (String open : List.of("{\"a\":", "[")) {
      String deep = "{\"a\":" + open.repeat(2_000);
      assertThatThrownBy(() -> read("{\"a\":1}\n" + deep))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("line 2 cannot be read: it is nested more than 50 deep");
    }
  }

  @Test
  void aLineWithoutEndIsBounded() {
    String line = "{\"a\":\"" + "x".repeat(TextRecord.MAX_LENGTH) + "\"}";
    assertThatThrownBy(() -> read(line))
        .hasMessageContaining("line 1 cannot be read: it is longer than 16 Mi characters");
  }

  @Test
  void aKeyForEachImageIsRefused() {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i <= 10_000; i++) {
      lines.append("{\"labels\":{\"img").append(i).append("\":1}}\n");
    }
    assertThatThrownBy(() -> read(lines.toString()))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has yet another key, 'labels.img")
        .hasMessageContaining("put what differs from image to image into one value");
  }
}
