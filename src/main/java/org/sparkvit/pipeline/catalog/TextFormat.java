package org.sparkvit.pipeline.catalog;

import java.io.Serializable;
import org.sparkvit.core.UserException;

/**
 * How a person says that a table of text is written.
 *
 * @param encoding Java's name of the encoding of a text without a byte order mark
 * @param separator between the cells of a CSV; null to go by its header
 */
record TextFormat(String encoding, Character separator) implements Serializable {
  /**
   * From the options' values.
   *
   * @param encoding null for UTF-8
   * @param separator a character, or {@code tab}; null to go by the header
   * @throws UserException when one of them cannot be used
   */
  static TextFormat of(String encoding, String separator) {
    return new TextFormat(
        encoding == null ? "UTF-8" : TextReader.charset(encoding).name(),
        separator == null ? null : separator(separator));
  }

  private static char separator(String given) {
    if (given.equalsIgnoreCase("tab") || given.equals("\\t")) {
      return '\t';
    }
    UserException.require(
        given.length() == 1
            && !Character.isLetterOrDigit(given.charAt(0))
            && "\"\n\r\0./_-".indexOf(given.charAt(0)) < 0,
        "--delimiter",
        given,
        "one character such as ; or | or tab");
    return given.charAt(0);
  }
}
