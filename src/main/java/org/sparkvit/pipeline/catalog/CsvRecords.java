package org.sparkvit.pipeline.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the records of a CSV text according to RFC 4180: a quote within quotes is doubled, and a
 * quoted cell may hold separators and line ends. Blank records are skipped.
 *
 * <p>Spark's own parser is not used. It turns everything behind a quote that is never closed into
 * one cell, and text behind a closed quote into a part of the cell, both without a word.
 */
final class CsvRecords extends TextRecords {
  private static final int MAX_CELLS = 10_000;
  private static final int END = -1;

  private final Reader text;
  private final char separator;
  private long line;
  private int ahead = -2;

  /**
   * Reads the first record.
   *
   * @param name the name of the text, for messages
   * @param text the text, with LF at the end of lines
   * @param separator the separator of cells
   */
  CsvRecords(String name, Reader text, char separator) {
    this(name, text, separator, 1);
  }

  /**
   * Reads the first record of a text that begins at a later line.
   *
   * @param line the number of the first line, for messages
   */
  CsvRecords(String name, Reader text, char separator, long line) {
    super(name);
    this.line = line;
    this.text = text instanceof BufferedReader ? text : new BufferedReader(text);
    this.separator = separator;
    advance();
  }

  @Override
  TextRecord read() throws IOException {
    if (ahead() == END) {
      return null;
    }
    long start = line;
    List<String> cells = new ArrayList<>();
    int length = 0;
    while (true) {
      String cell = cell(start, length);
      length += cell.length() + 1;
      cells.add(cell);
      if (cells.size() > MAX_CELLS) {
        throw mistake(start, "has more than " + MAX_CELLS + " cells");
      }
      int end = taken();
      if (end != separator) {
        return new TextRecord(start, cells);
      }
    }
  }

  /** Reads a cell. The separator or line end behind it is not consumed. */
  private String cell(long start, int before) throws IOException {
    StringBuilder cell = new StringBuilder();
    while (true) {
      int c = ahead();
      if (c == separator || c == '\n' || c == END) {
        return cell.toString();
      }
      if (c == '"' && cell.toString().isBlank()) {
        return quoted(start, before);
      }
      cell.append((char) taken());
      requireBounded(start, before + cell.length());
    }
  }

  private String quoted(long start, int before) throws IOException {
    long opened = line;
    taken();
    StringBuilder cell = new StringBuilder();
    while (true) {
      int c = taken();
      if (c == END) {
        throw mistake(opened, "opens a quote that is never closed");
      }
      if (c != '"') {
        cell.append((char) c);
        requireBounded(opened, before + cell.length());
      } else if (ahead() == '"') {
        cell.append((char) taken());
      } else {
        break;
      }
    }
    while (ahead() != separator && ahead() != '\n' && ahead() != END) {
      if (!Character.isWhitespace(taken())) {
        throw mistake(
            start, "has text behind a closing quote; a quote inside a quoted cell is doubled");
      }
    }
    return cell.toString();
  }

  private void requireBounded(long start, int length) {
    if (length > TextRecord.MAX_LENGTH) {
      throw mistake(
          start,
          "is longer than "
              + (TextRecord.MAX_LENGTH >> 20)
              + " Mi characters, or opens a quote that is not closed");
    }
  }

  private int ahead() throws IOException {
    if (ahead == -2) {
      ahead = text.read();
    }
    return ahead;
  }

  private int taken() throws IOException {
    int c = ahead();
    ahead = -2;
    if (c == '\n') {
      line++;
    }
    return c;
  }
}
