package org.sparkvit.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.sparkvit.core.UserException;

/**
 * The records of a CSV text, as RFC 4180 has them: a quote within quotes is doubled, and a quoted
 * cell may hold separators and line ends. Blank records are passed over.
 *
 * <p>Not the parser that comes with Spark: of a quote that is never closed it makes one cell of all
 * the rows that follow, and of text behind a closed quote a part of the cell, both without a word.
 */
final class CsvRecords implements Iterator<TextRecord> {
  private static final int MAX_CELLS = 10_000;
  private static final int END = -1;

  private final String name;
  private final Reader text;
  private final char separator;
  private long line;
  private TextRecord next;
  private int ahead = -2;

  /**
   * Reads the first record.
   *
   * @param name what is read, for messages
   * @param text with LF at the end of lines
   */
  CsvRecords(String name, Reader text, char separator) {
    this(name, text, separator, 1);
  }

  /** As {@link #CsvRecords(String, Reader, char)}, from a later line on. */
  CsvRecords(String name, Reader text, char separator, long line) {
    this.line = line;
    this.name = name;
    this.text = text instanceof BufferedReader ? text : new BufferedReader(text);
    this.separator = separator;
    advance();
  }

  /** What {@link #next} gives, without taking it; null at the end. */
  TextRecord peek() {
    return next;
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  /**
   * The next record.
   *
   * @throws UserException when the one after it is no CSV; the message has the line
   */
  @Override
  public TextRecord next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    TextRecord current = next;
    advance();
    return current;
  }

  private void advance() {
    try {
      do {
        next = record();
      } while (next != null && next.isBlank());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TextRecord record() throws IOException {
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
      int end = read();
      if (end != separator) {
        return new TextRecord(start, cells);
      }
    }
  }

  /** A cell; what ends it is not taken yet. */
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
      cell.append((char) read());
      requireBounded(start, before + cell.length());
    }
  }

  private String quoted(long start, int before) throws IOException {
    long opened = line;
    read();
    StringBuilder cell = new StringBuilder();
    while (true) {
      int c = read();
      if (c == END) {
        throw mistake(opened, "opens a quote that is never closed");
      }
      if (c != '"') {
        cell.append((char) c);
        requireBounded(opened, before + cell.length());
      } else if (ahead() == '"') {
        cell.append((char) read());
      } else {
        break;
      }
    }
    while (ahead() != separator && ahead() != '\n' && ahead() != END) {
      if (!Character.isWhitespace(read())) {
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

  private UserException mistake(long at, String what) {
    return new UserException(name + " line " + at + " cannot be read: it " + what);
  }

  private int ahead() throws IOException {
    if (ahead == -2) {
      ahead = text.read();
    }
    return ahead;
  }

  private int read() throws IOException {
    int c = ahead();
    ahead = -2;
    if (c == '\n') {
      line++;
    }
    return c;
  }
}
