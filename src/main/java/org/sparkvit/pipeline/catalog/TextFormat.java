package org.sparkvit.pipeline.catalog;

import java.io.Serializable;
import java.util.Optional;
import org.sparkvit.core.UserException;

/**
 * The format of a text table according to the user.
 *
 * @param encoding Java's name of the encoding of a text without a byte order mark
 * @param separator the separator of the cells of a CSV, or null where the header decides
 */
record TextFormat(String encoding, Character separator) implements Serializable {
  /**
   * Parses the values of the options.
   *
   * @param encoding the name of an encoding; without it UTF-8
   * @param separator a character, or {@code tab}; without it the header decides
   * @throws UserException when one of them cannot be used
   */
  static TextFormat of(Optional<String> encoding, Optional<String> separator) {
    return new TextFormat(
        encoding.map(name -> TextReader.charset(name).name()).orElse("UTF-8"),
        separator.map(TextFormat::separator).orElse(null));
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
