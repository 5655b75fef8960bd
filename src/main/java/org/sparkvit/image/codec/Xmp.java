package org.sparkvit.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one thing that is read from XMP (ISO 16684-1): how the picture is to be turned. */
final class Xmp {
  /** Pillow's, which takes either spelling of the property wherever it stands. */
  private static final Pattern ORIENTATION = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

  private Xmp() {}

  /** Orientation 1 to 8 by the packet in these bytes; 0 where it names none. */
  static int orientation(byte[] block, int begin, int end) {
    Matcher found =
        ORIENTATION.matcher(new String(block, begin, end - begin, StandardCharsets.ISO_8859_1));
    if (!found.find()) {
      return 0;
    }
    int value = Integer.parseInt(found.group(1));
    return value >= 1 && value <= 8 ? value : 1;
  }
}
