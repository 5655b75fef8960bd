package org.sparkvit.image.codec;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.PixelImage;

/**
 * Decodes all files of a folder and writes a table for {@code src/test/python/compare_statuses.py}:
 * path below the folder, status, reason, width and height of the upright image, and the file's RGB
 * bytes beside it (in the second folder, under the number of the row).
 *
 * <p>Run: {@code DecodeTable FOLDER OUT}.
 */
final class DecodeTable {
  private DecodeTable() {}

  public static void main(String[] args) throws IOException {
    write(Path.of(args[0]), Path.of(args[1]));
  }

  /** Writes {@code table.tsv} and the pixels into {@code out}. */
  static void write(Path folder, Path out) throws IOException {
    Files.createDirectories(out);
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    try (PrintWriter table =
        new PrintWriter(
            Files.newBufferedWriter(out.resolve("table.tsv"), StandardCharsets.UTF_8))) {
      for (int row = 0; row < files.size(); row++) {
        Path file = files.get(row);
        DecodedImage image = decoder.decode(Files.readAllBytes(file), file.toString());
        ImageStatus status = image.status();
        PixelImage pixels = image.pixels();
        table.printf(
            "%s\t%s\t%s\t%d\t%d%n",
            folder.relativize(file),
            status,
            image.reason(),
            pixels == null ? 0 : pixels.width(),
            pixels == null ? 0 : pixels.height());
        if (pixels != null) {
          Files.write(out.resolve(row + ".rgb"), pixels.rgb());
        }
      }
    }
  }
}
