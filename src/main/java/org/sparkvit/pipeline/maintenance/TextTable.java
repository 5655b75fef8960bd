package org.sparkvit.pipeline.maintenance;

import java.util.ArrayList;
import java.util.List;

/** Cells in columns that are as wide as what is in them, to be read in a terminal. */
final class TextTable {
  private TextTable() {}

  /**
   * The lines of a table.
   *
   * @param rows with as many cells each, the first being the header
   */
  static List<String> lines(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    List<String> lines = new ArrayList<>();
    for (List<String> row : rows) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        text.append(row.get(i)).append(" ".repeat(widths[i] + 2 - row.get(i).length()));
      }
      lines.add(text.toString().stripTrailing());
    }
    return lines;
  }
}
