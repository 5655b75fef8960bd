package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.UserException;

class CsvTableTest {
  private static final List<String> PATHS = List.of("path", "file_name", "image");
  private static final String PLAIN = "path,label\na.jpg,cat\nb.jpg,dog\n";
  private static final String ROWS = "[path, label] [a.jpg, cat] [b.jpg, dog]";

  private static String read(String file, byte[] bytes, TextFormat format) {
    try (TextReader text =
        new TextReader(
            "manifest '" + file + "'",
            new ByteArrayInputStream(bytes),
            Charset.forName(format.encoding()))) {
      CsvTable csv = new CsvTable("manifest '" + file + "'", file, text, format, PATHS);
      List<String> rows = new ArrayList<>();
      rows.add(csv.header().toString());
      csv.forEachRemaining(row -> rows.add(row.cells().toString()));
      return String.join(" ", rows);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String read(String text) {
    return read(
        "a.csv",
        text.getBytes(StandardCharsets.UTF_8),
        TextFormat.of(Optional.empty(), Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\r\n", "\r"})
  void everyLineEnd(String end) {
    assertThat(read(PLAIN.replace("\n", end))).isEqualTo(ROWS);
  }

  @Test
  void headerWithCrlfAndRowsWithLf() {
    assertThat(read(PLAIN.replaceFirst("\n", "\r\n"))).isEqualTo(ROWS);
  }

  @Test
  void lineEndBetweenTwoBuffers() {
    String note = "x".repeat((1 << 16) - "path,label\na.jpg,".length() - 1);
    assertThat(read("path,label\na.jpg," + note + "\r\nb.jpg,dog\r\n"))
        .isEqualTo("[path, label] [a.jpg, " + note + "] [b.jpg, dog]");
  }

  @Test
  void blankLinesAndLinesOfSeparatorsAreNoRows() {
    assertThat(read("\n" + PLAIN + "\n  \n,\n")).isEqualTo(ROWS);
  }

  @ParameterizedTest
  @CsvSource({
    "UTF-8,    efbbbf",
    "UTF-16LE, fffe",
    "UTF-16BE, feff",
    "UTF-32LE, fffe0000",
    "UTF-32BE, 0000feff"
  })
  void byteOrderMarksSayTheEncoding(String encoding, String mark) {
    byte[] start = java.util.HexFormat.of().parseHex(mark);
    byte[] text = "path,label\na.jpg,café\n".getBytes(Charset.forName(encoding));
    byte[] all = new byte[start.length + text.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(text, 0, all, start.length, text.length);
    assertThat(read("a.csv", all, TextFormat.of(Optional.of("latin-1"), Optional.empty())))
        .isEqualTo("[path, label] [a.jpg, café]");
  }

  @ParameterizedTest
  @CsvSource({"latin-1", "latin1", "ISO-8859-1", "windows-1252", "cp1252"})
  void encodingOnRequest(String encoding) {
    byte[] text = "path,label\na.jpg,café\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThat(read("a.csv", text, TextFormat.of(Optional.of(encoding), Optional.empty())))
        .isEqualTo("[path, label] [a.jpg, café]");
  }

  @Test
  void bytesThatAreNotUtf8AreAnErrorWithLineAndByte() {
    byte[] text = "path,label\na.jpg,cat\nb.jpg,caf\u00e9\n".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> read("a.csv", text, TextFormat.of(Optional.empty(), Optional.empty())))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("manifest 'a.csv' line 3, byte 31, is not UTF-8 (E9)")
        .hasMessageContaining("--encoding");
  }

  @Test
  void charactersCutOffAtTheEndAreAnError() {
    byte[] text = "path,label\na.jpg,caf\u00c3".getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> read("a.csv", text, TextFormat.of(Optional.empty(), Optional.empty())))
        .hasMessageContaining("line 2, byte 21, is not UTF-8 (C3)");
  }

  @Test
  void utf16WithoutMarkIsNotTakenForUtf8() {
    byte[] text = PLAIN.getBytes(StandardCharsets.UTF_16LE);
    assertThatThrownBy(() -> read("a.csv", text, TextFormat.of(Optional.empty(), Optional.empty())))
        .hasMessageContaining("line 1 has a zero character")
        .hasMessageContaining("--encoding");
    assertThat(read("a.csv", text, TextFormat.of(Optional.of("utf-16le"), Optional.empty())))
        .isEqualTo(ROWS);
  }

  @Test
  void unknownEncodingOrDelimiterIsNamed() {
    assertThatThrownBy(() -> TextFormat.of(Optional.of("klingon"), Optional.empty()))
        .hasMessageContaining("--encoding is 'klingon'");
    assertThatThrownBy(() -> TextFormat.of(Optional.empty(), Optional.of("ab")))
        .hasMessageContaining("--delimiter is 'ab'");
    assertThatThrownBy(() -> TextFormat.of(Optional.empty(), Optional.of("\"")))
        .hasMessageContaining("--delimiter");
  }

  @ParameterizedTest
  @ValueSource(strings = {";", "\t", "|"})
  void separatorIsFoundFromTheHeader(String separator) {
    assertThat(read(PLAIN.replace(",", separator))).isEqualTo(ROWS);
  }

  @Test
  void separatorIsTheOneThatGivesAColumnOfPaths() {
    assertThat(read("path;label, of the vet, or so\na.jpg;cat\n"))
        .isEqualTo("[path, label, of the vet, or so] [a.jpg, cat]");
  }

  @Test
  void tsvIsKnownByItsName() {
    byte[] text = "file\tkind, or so, or more\na.jpg\tcat\n".getBytes(StandardCharsets.UTF_8);
    assertThat(read("a.tsv", text, TextFormat.of(Optional.empty(), Optional.empty())))
        .isEqualTo("[file, kind, or so, or more] [a.jpg, cat]");
  }

  @ParameterizedTest
  @ValueSource(strings = {";", ",", "|", "\t"})
  void aFirstLineForExcelSaysTheSeparator(String separator) {
    String text = "sep=" + separator + "\r\n" + PLAIN.replace(",", separator);
    assertThat(read(text)).isEqualTo(ROWS);
    assertThatThrownBy(() -> read(text + "c.jpg\n"))
        .hasMessageContaining("line 5 cannot be read: it has 1 cell");
  }

  @Test
  void delimiterOnRequest() {
    byte[] text = PLAIN.replace(",", ":").getBytes(StandardCharsets.UTF_8);
    assertThat(read("a.csv", text, TextFormat.of(Optional.empty(), Optional.of(":"))))
        .isEqualTo(ROWS);
  }

  @Test
  void quotedCellsWithQuotesSeparatorsAndLineEnds() {
    assertThat(read("path,label,note\n\"a, b.jpg\",cat,\"said \"\"so\"\", then\r\nmore\"\n"))
        .isEqualTo("[path, label, note] [a, b.jpg, cat, said \"so\", then\nmore]");
  }

  @Test
  void quotesWithinACellThatHasNoneAroundItAreText() {
    assertThat(read("path,label\na.jpg,5\" disk\n")).isEqualTo("[path, label] [a.jpg, 5\" disk]");
  }

  @Test
  void spaceBeforeAQuoteIsNoPartOfTheCell() {
    assertThat(read("path, \"label\"\na.jpg, \"cat, or so\" \n"))
        .isEqualTo("[path, label] [a.jpg, cat, or so]");
  }

  @Test
  void indexOfPandasIsAColumnWithoutAName() {
    assertThat(read(",path,label\n0,a.jpg,cat\n")).isEqualTo("[, path, label] [0, a.jpg, cat]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "path,label;a.jpg,cat;b.jpg,\"dog;c.jpg,cat | line 3 cannot be read: it opens a quote that"
            + " is never closed",
        "path,label;a.jpg,\"cat\"s;b.jpg,dog       | line 2 cannot be read: it has text behind a"
            + " closing quote",
        "path,label;a.jpg,cat;b.jpg                | line 3 cannot be read: it has 1 cell, and the"
            + " header has 2",
        "path,label;a.jpg,cat,x;b.jpg,dog          | line 2 cannot be read: it has 3 cells, and the"
            + " header has 2",
        "path,label,label;a.jpg,cat,dog            | has two columns named 'label'",
        "a.jpg,cat;b.jpg,dog                       | has no header: its first line is 'a.jpg,cat'",
        "''                                        | is empty",
      })
  void mistakesNameTheirLine(String lines, String message) {
    assertThatThrownBy(() -> read(lines.replace(';', '\n')))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aRecordWithoutEndIsBounded() {
    byte[] start = "path,label\na.jpg,\"".getBytes(StandardCharsets.UTF_8);
    byte[] text = java.util.Arrays.copyOf(start, TextRecord.MAX_LENGTH + 100);
    java.util.Arrays.fill(text, start.length, text.length, (byte) 'x');
    assertThatThrownBy(() -> read("a.csv", text, TextFormat.of(Optional.empty(), Optional.empty())))
        .hasMessageContaining("line 2 cannot be read: it is longer than 16 Mi characters");
  }
}
