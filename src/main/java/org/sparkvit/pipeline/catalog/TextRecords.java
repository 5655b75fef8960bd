package org.sparkvit.pipeline.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.sparkvit.core.UserException;

/** The records of a text that is a table, read one ahead. Blank ones are passed over. */
abstract class TextRecords implements Iterator<TextRecord> {
  private final String name;
  private TextRecord next;

  /**
   * The constructors of what extends this end with {@link #advance}.
   *
   * @param name what is read, for messages
   */
  TextRecords(String name) {
    this.name = name;
  }

  /** Returns the next record of the text, blank or not; null at its end. */
  abstract TextRecord read() throws IOException;

  /** What {@link #next} gives, without taking it; null at the end. */
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
   * @throws UserException when the one after it is none; the message has the line
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
