package org.sparkvit.pipeline.catalog;

import java.util.List;

/**
 * A record of a table that is text.
 *
 * @param line the line of the file in which it begins, from 1
 * @param cells of CSV, its cells; of JSON lines, one: the line
 */
record TextRecord(long line, List<String> cells) {
  /** What a record may take in memory, in characters: no table has such a row. */
  static final int MAX_LENGTH = 16 << 20;

  /**
   * Returns whether there is nothing in it: an empty line, or one of separators as Excel leaves
   * them.
   */
  boolean isBlank() {
    return cells.stream().allMatch(String::isBlank);
  }
}
