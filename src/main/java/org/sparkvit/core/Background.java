package org.sparkvit.core;

import java.io.Serializable;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The colour that transparent images are put on before anything looks at them. It is chosen for a
 * data set when it is cataloged, and a model that was trained on the data set keeps it.
 *
 * @param rgb the colour as 0xRRGGBB, or -1 for none. With none alpha is ignored and the colours
 *     under it show, as Pillow's {@code convert("RGB")} does
 */
public record Background(int rgb) implements Serializable {
  /** The background that is none: alpha is ignored. */
  public static final Background NONE = new Background(-1);

  private static final Pattern COLOUR = Pattern.compile("#[0-9a-f]{6}");
  private static final int WHITE = 0xFFFFFF;

  public Background {
    if (rgb < -1 || rgb > WHITE) {
      throw new IllegalArgumentException("no colour: " + rgb);
    }
  }

  /**
   * Reads a background from an option or a field.
   *
   * @param source the name of the option or field, for the message
   * @param text {@code none}, {@code white}, {@code black} or {@code #rrggbb}, in any case
   * @throws UserException when the text is none of these
   */
  public static Background parse(String source, String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    return switch (lower) {
      case "none" -> NONE;
      case "white" -> new Background(WHITE);
      case "black" -> new Background(0);
      default -> {
        UserException.require(
            COLOUR.matcher(lower).matches(),
            source,
            text,
            "none, white, black or a colour such as #f0f0f0");
        yield new Background(Integer.parseInt(lower.substring(1), 16));
      }
    };
  }

  /** Parses the value of the option {@code --background}, as {@link #parse(String, String)}. */
  public static Background parse(String text) {
    return parse("--background", text);
  }

  /** Returns whether there is no background, so that alpha is ignored. */
  public boolean isNone() {
    return rgb < 0;
  }

  /** Returns {@code none} or {@code #rrggbb}, which {@link #parse} reads. */
  @Override
  public String toString() {
    return isNone() ? "none" : String.format(Locale.ROOT, "#%06x", rgb);
  }
}
