package org.sparkvit.pipeline.evaluate;

import java.util.Iterator;
import java.util.NoSuchElementException;

/**
 * An iterator whose next element can be looked at first, to see where a run of equal elements ends.
 */
final class PeekingIterator<T> implements Iterator<T> {
  private final Iterator<T> source;
  private T head;

  PeekingIterator(Iterator<T> source) {
    this.source = source;
    advance();
  }

  private void advance() {
    head = source.hasNext() ? source.next() : null;
  }

  @Override
  public boolean hasNext() {
    return head != null;
  }

  /** Returns the next element without consuming it. */
  T peek() {
    if (head == null) {
      throw new NoSuchElementException();
    }
    return head;
  }

  @Override
  public T next() {
    T element = peek();
    advance();
    return element;
  }
}
