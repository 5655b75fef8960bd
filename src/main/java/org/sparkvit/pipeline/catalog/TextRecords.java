package org.sparkvit.pipeline.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.sparkvit.core.UserException;

/** Iterates over the records of a text table, and reads one ahead. Blank records are skipped. */
abstract class TextRecords implements Iterator<TextRecord> {
  private final String name;
  private TextRecord next;

  /**
   * Creates an iterator. The constructors of subclasses must end with {@link #advance}.
   *
   * @param name the name of the text, for messages
   */
  TextRecords(String name) {
    this.name = name;
  }

  /** Returns the next record of the text, blank or not, or null at its end. */
  abstract TextRecord read() throws IOException;

  /** Returns the next record without consuming it, or null at the end. */
  final TextRecord peek() {
    return next;
  }

  @Override
  public final boolean hasNext() {
    return next != null;
  }

  /**
   * Returns the next record.
   *
   * @throws UserException when the record after it is malformed; the message has the line
   */
  @Override
  public final TextRecord next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    TextRecord current = next;
    advance();
    return current;
  }

  final void advance() {
    try {
      do {
        next = read();
      } while (next != null && next.isBlank());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  final UserException mistake(long line, String what) {
    return new UserException(name + " line " + line + " cannot be read: it " + what);
  }
}
