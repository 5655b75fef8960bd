package org.sparkvit.faults;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.sparkvit.core.ImageStatus;

/** The ways in which an image file is broken, and what has to become of it. */
enum Breakage {
  NO_BYTES("jpg", ImageStatus.EMPTY),
  NO_IMAGE("png", ImageStatus.BAD_MAGIC),
  CUT_IN_HALF("jpg", ImageStatus.TRUNCATED),
  WRONG_CHECKSUM("png", ImageStatus.DECODE_ERROR),
  BOMB("png", ImageStatus.TOO_LARGE),
  ODD_VARIANT("bmp", ImageStatus.UNSUPPORTED),
  /** Readable all the same. */
  WRONG_NAME("jpg", ImageStatus.EXT_MISMATCH),
  /** Sound when the catalog is made, cut afterwards. */
  SHORTENED_LATER("jpg", ImageStatus.TRUNCATED),
  /** Sound when the catalog is made, deleted afterwards. */
  DELETED_LATER("png", ImageStatus.MISSING);

  /** Where IHDR's body begins in a PNG file. */
  private static final int IHDR = 16;

  private final String extension;
  final ImageStatus status;

  Breakage(String extension, ImageStatus status) {
    this.extension = extension;
    this.status = status;
  }

  /** Puts a file of this kind where {@code image} is, with the extension it needs. */
  Path replace(Path image) throws IOException {
    Files.delete(image);
    String name = image.getFileName().toString();
    Path file = image.resolveSibling(name.replaceFirst("[^.]*$", extension));
    return Files.write(file, content());
  }

  /** What happens to the file once the catalog has seen it. */
  void afterCatalog(Path file) throws IOException {
    if (this == SHORTENED_LATER) {
      byte[] content = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(content, content.length - 100));
    } else if (this == DELETED_LATER) {
      Files.delete(file);
    }
  }

  private byte[] content() throws IOException {
    return switch (this) {
      case NO_BYTES -> new byte[0];
      case NO_IMAGE -> "<html><body>404</body></html>".getBytes(StandardCharsets.UTF_8);
      case CUT_IN_HALF -> {
        byte[] jpeg = picture("jpg");
        yield Arrays.copyOf(jpeg, jpeg.length / 2);
      }
      case WRONG_CHECKSUM -> {
        byte[] png = picture("png");
        png[png.length / 2] ^= 0x55;
        yield png;
      }
      case BOMB -> {
        ByteBuffer png = ByteBuffer.wrap(picture("png"));
        png.putInt(IHDR, 60_000).putInt(IHDR + 4, 60_000);
        CRC32 crc = new CRC32();
        crc.update(png.array(), IHDR - 4, 17);
        yield png.putInt(IHDR + 13, (int) crc.getValue()).array();
      }
      case ODD_VARIANT -> {
        byte[] bmp = picture("bmp");
        bmp[28] = 2; // bits per pixel
        yield bmp;
      }
      case WRONG_NAME, DELETED_LATER -> picture("png");
      case SHORTENED_LATER -> picture("jpg");
    };
  }

  private byte[] picture(String format) throws IOException {
    BufferedImage image = new BufferedImage(120, 90, BufferedImage.TYPE_3BYTE_BGR);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 40; i++) {
      graphics.setColor(
          new Color((53 * i + 7 * name().length()) % 256, (97 * i) % 256, (31 * i) % 256));
      graphics.fillOval(17 * i % 120, 29 * i % 90, 40, 25);
    }
    graphics.dispose();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(image, format, bytes);
    return bytes.toByteArray();
  }
}
