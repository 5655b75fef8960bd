package org.sparkvit.pipeline.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sparkvit.core.UserException;
import org.sparkvit.image.codec.ImageFormat;

/**
 * Reads a CSV file with a header. All rows must have the header's columns.
 *
 * <p>The separator is a comma, semicolon, tab or bar. The one with which the header has a column of
 * paths is taken, otherwise the one with the most columns. A first line {@code sep=;} sets it, as
 * in Excel. A column without a name is skipped, such as the index that pandas writes first.
 */
final class CsvTable implements Iterator<TextRecord> {
  /** The separators that programs write, the usual one first. */
  private static final String SEPARATORS = ",;\t|";

  /** Matches the line in front of the header that tells Excel the separator. */
  private static final Pattern SAID =
      Pattern.compile("\"?sep=([^\\w\\s\"]|\\t)\"?\\n", Pattern.CASE_INSENSITIVE);

  /** The number of characters within which a header ends. */
  private static final int HEADER = 1 << 16;

  private final String name;
  private final char separator;
  private final List<String> header;
  private final CsvRecords records;
  private final List<String> decisions = new ArrayList<>();

  /**
   * Reads the header.
   *
   * @param name the name of the table, for messages
   * @param file the name of the file
   * @param paths the names that the column of paths may have
   * @throws UserException when there is no header, or two columns have the same name
   */
  CsvTable(String name, String file, Reader text, TextFormat format, List<String> paths)
      throws IOException {
    this.name = name;
    BufferedReader ahead = new BufferedReader(text, HEADER);
    boolean tabs = file.toLowerCase(Locale.ROOT).matches(".*\\.tsv(\\.gz)?");
    String start = start(ahead);
    Matcher said = SAID.matcher(start);
    boolean saysIt = said.lookingAt();
    if (saysIt) {
      ahead.skip(said.end());
    }
    char usual = saysIt ? said.group(1).charAt(0) : tabs ? '\t' : ',';
    this.separator =
        format.separator() != null
            ? format.separator()
            : saysIt ? usual : separator(start, usual, paths);
    this.records = new CsvRecords(name, ahead, separator, saysIt ? 2 : 1);
    TextRecord first = records.peek();
    if (first == null) {
      throw new UserException(name + " is empty; its first line has to name the columns");
    }
    this.header = first.cells().stream().map(String::strip).toList();
    requireHeader(paths);
    records.next();
    if (separator != (tabs ? '\t' : ',')) {
      decisions.add("cells are apart by " + (separator == '\t' ? "tabs" : "'" + separator + "'"));
    }
    if (header.get(0).isEmpty()) {
      decisions.add("the first column has no name, as an index of pandas, and is left out");
    }
  }

  /** Returns the columns' names, which are empty for skipped columns. */
  List<String> header() {
    return header;
  }

  /** Returns sentences on what was decided about the file. */
  List<String> decisions() {
    return decisions;
  }

  @Override
  public boolean hasNext() {
    return records.hasNext();
  }

  /**
   * Returns the next row.
   *
   * @throws UserException when it does not have the header's columns; the message has the line
   */
  @Override
  public TextRecord next() {
    TextRecord record = records.peek();
    if (record == null) {
      throw new NoSuchElementException();
    }
    if (record.cells().size() != header.size()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s line %d cannot be read: it has %d cell%s, and the header has %d %s: '%s'",
              name,
              record.line(),
              record.cells().size(),
              record.cells().size() == 1 ? "" : "s",
              header.size(),
              header,
              shortened(String.join(String.valueOf(separator), record.cells()))));
    }
    return records.next();
  }

  private void requireHeader(List<String> paths) {
    if (header.stream().noneMatch(cell -> ManifestColumns.isNamed(cell, paths))
        && header.stream().anyMatch(cell -> ImageFormat.ofName(cell).isPresent())) {
      throw new UserException(
          name
              + " has no header: its first line is '"
              + shortened(String.join(String.valueOf(separator), header))
              + "'; put a line with the columns' names before it, such as path,label");
    }
    for (int i = 0; i < header.size(); i++) {
      if (!header.get(i).isEmpty() && header.indexOf(header.get(i)) < i) {
        throw new UserException(
            name + " has two columns named '" + header.get(i) + "'; rename one of them");
      }
    }
  }

  /** Returns the first characters without consuming them. */
  private static String start(BufferedReader text) throws IOException {
    char[] start = new char[HEADER];
    int length = 0;
    text.mark(HEADER);
    for (int read = 0; read >= 0 && length < HEADER; length += Math.max(0, read)) {
      read = text.read(start, length, HEADER - length);
    }
    text.reset();
    return new String(start, 0, length);
  }

  /**
   * Returns the separator with which the header has a column of paths. Otherwise it is the usual
   * one of such files if it separates anything, or the one with which there are the most columns.
   */
  private static char separator(String start, char usual, List<String> paths) {
    char best = usual;
    int most = 1;
    for (int i = 0; i < SEPARATORS.length(); i++) {
      char candidate = SEPARATORS.charAt(i);
      List<String> cells = header(start, candidate);
      boolean named = cells.stream().anyMatch(cell -> ManifestColumns.isNamed(cell.strip(), paths));
      int rank =
          cells.size()
              + (named ? 2 * HEADER : 0)
              + (candidate == usual && cells.size() > 1 ? HEADER : 0);
      if (rank > most) {
        most = rank;
        best = candidate;
      }
    }
    return best;
  }

  /** Returns the cells of the header, or none where the text is no CSV with that separator. */
  private static List<String> header(String start, char separator) {
    try {
      TextRecord header = new CsvRecords("", new StringReader(start), separator).peek();
      return header == null ? List.of() : header.cells();
    } catch (UserException e) {
      return List.of();
    }
  }

  private static String shortened(String text) {
    return text.length() <= 120 ? text : text.substring(0, 120) + "...";
  }
}
