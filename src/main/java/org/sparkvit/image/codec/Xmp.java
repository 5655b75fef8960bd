package org.sparkvit.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads how the picture is to be turned, the only thing taken from XMP (ISO 16684-1). */
final class Xmp {
  /** Pillow's pattern, which accepts either spelling of the property wherever it stands. */
  private static final Pattern ORIENTATION = Pattern.compile("tiff:Orientation(?:=\"|>)([0-9])");

  private Xmp() {}

  /**
   * Returns the orientation, 1 to 8, that the packet in these bytes names, or 0 where it names
   * none.
   */
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
