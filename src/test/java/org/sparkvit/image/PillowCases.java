package org.sparkvit.image;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;

/** Tables that scripts in src/test/python made with Pillow, and the pixels that they start from. */
public final class PillowCases {
  private PillowCases() {}

  /** Lines of a table in src/test/resources/image, comments left out, as fields. */
  public static List<String[]> read(String table) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                PillowCases.class.getResourceAsStream("/image/" + table),
                StandardCharsets.UTF_8))) {
      Stream<String> lines = reader.lines().filter(line -> !line.startsWith("#"));
      return lines.map(line -> line.split("\t", -1)).toList();
    }
  }

  /** The generator of make_resample_fixtures.py. */
  public static PixelImage pixels(int width, int height, int seed) {
    byte[] rgb = new byte[3 * width * height];
    long state = seed;
    for (int i = 0; i < rgb.length; i++) {
      state = (state * 1103515245 + 12345) & 0x7FFFFFFF;
      int noise = (int) (state >> 16 & 0xFF);
      int[] steps = {0, 255, noise};
      rgb[i] = (byte) (seed % 2 == 1 ? i / 3 * 5 + noise / 8 : steps[noise % 3]);
    }
    return new PixelImage(width, height, rgb);
  }

  public static long crc32(byte[] bytes) {
    CRC32 crc = new CRC32();
    crc.update(bytes);
    return crc.getValue();
  }
}
