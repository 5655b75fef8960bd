package org.sparkvit.pipeline.catalog;

import java.util.List;

/**
 * A record of a text table.
 *
 * @param line the line of the file in which it begins, from 1
 * @param cells the cells of a CSV record, or the only line of a JSON lines record
 */
record TextRecord(long line, List<String> cells) {
  /** The largest length of a record in characters. No table has such a row. */
  static final int MAX_LENGTH = 16 << 20;

  /**
   * Returns whether the record is empty: an empty line, or one of separators only, as Excel writes
   * them.
   */
  boolean isBlank() {
    return cells.stream().allMatch(String::isBlank);
  }
}
