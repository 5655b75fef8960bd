package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.core.ImageStatus;

/** Damage that leaves all pixels there is worth a note; damage that takes some is a status. */
class DamagedFilesTest {
  private static final ImageDecoder DECODER = new ImageDecoder(DecodeLimits.DEFAULT);
  private static final String NO_END = "the end marker is missing, all pixels are there";
  private static final String ZEROS = "zeros in place of the end marker, all pixels are there";

  private static BufferedImage picture(int type) {
    BufferedImage image = new BufferedImage(90, 70, type);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < 12; i++) {
      graphics.setColor(new Color(i * 20, 255 - i * 9, (i * 77) % 256));
      graphics.fillOval(i * 6, (i * 31) % 50, 40, 30);
    }
    graphics.dispose();
    return image;
  }

  private static byte[] jpeg(boolean progressive, int type) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      if (progressive) {
        options.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      }
      writer.setOutput(out);
      writer.write(null, new IIOImage(picture(type), null, null), options);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static void assertWhole(byte[] damaged, byte[] sound, String note) {
    DecodedImage image = DECODER.decode(damaged, "a");
    assertThat(image.status()).as(image.reason()).isEqualTo(ImageStatus.OK);
    assertThat(image.reason()).isEqualTo(note);
    assertThat(image.pixels().rgb()).isEqualTo(DECODER.decode(sound, "a").pixels().rgb());
  }

  private static void assertStatus(byte[] damaged, ImageStatus status) {
    DecodedImage image = DECODER.decode(damaged, "a");
    assertThat(image.status()).as(image.reason()).isEqualTo(status);
    assertThat(image.reason()).isNotBlank();
    assertThat(image.pixels()).isNull();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void jpegWithoutItsEndMarkerIsWhole(boolean progressive) throws IOException {
    for (int type : new int[] {BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_BYTE_GRAY}) {
      byte[] sound = jpeg(progressive, type);
      int data = sound.length - 2;
      assertWhole(sound, sound, "");
      assertWhole(Arrays.copyOf(sound, data), sound, NO_END);
      assertWhole(Arrays.copyOf(sound, data + 1), sound, NO_END);
      assertWhole(Arrays.copyOf(Arrays.copyOf(sound, data), data + 2), sound, ZEROS);
      assertWhole(Arrays.copyOf(Arrays.copyOf(sound, data), data + 5000), sound, ZEROS);
      assertThat(DECODER.decode(Arrays.copyOf(sound, data), "a.png").reason())
          .isEqualTo("JPEG content in a file named as PNG; " + NO_END);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void jpegThatEndsEarlyIsTruncatedHoweverItIsFilledUp(boolean progressive) throws IOException {
    byte[] sound = jpeg(progressive, BufferedImage.TYPE_INT_RGB);
    for (int missing = 8; missing < sound.length - 700; missing += 61) {
      byte[] cut = Arrays.copyOf(sound, sound.length - missing);
      assertStatus(cut, ImageStatus.TRUNCATED);
      assertStatus(Arrays.copyOf(cut, sound.length + 3000), ImageStatus.TRUNCATED);
    }
  }

  private static byte[] png(int type) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture(type), "png", bytes);
    return bytes.toByteArray();
  }

  private static int indexOf(byte[] content, String chunk) {
    return new String(content, StandardCharsets.ISO_8859_1).indexOf(chunk) - 4;
  }

  private static byte[] chunk(String type, byte[] body) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + body.length).putInt(body.length);
    chunk.put(type.getBytes(StandardCharsets.ISO_8859_1)).put(body);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, body.length + 4);
    return chunk.putInt((int) crc.getValue()).array();
  }

  private static byte[] insert(byte[] content, int at, byte[] piece) {
    ByteBuffer all = ByteBuffer.allocate(content.length + piece.length);
    return all.put(content, 0, at).put(piece).put(content, at, content.length - at).array();
  }

  @Test
  void pngThatIsCutBehindItsPixelsIsWhole() throws IOException {
    byte[] sound = png(BufferedImage.TYPE_INT_RGB);
    int end = indexOf(sound, "IEND");
    assertWhole(Arrays.copyOf(sound, end), sound, "the end chunk is missing");
    assertWhole(Arrays.copyOf(sound, end + 5), sound, "the end chunk is missing");
    byte[] text = insert(sound, end, chunk("tEXt", new byte[50]));
    assertWhole(text, sound, "");
    assertWhole(
        Arrays.copyOf(text, end + 30),
        sound,
        "ends after " + (end + 30) + " bytes, inside of a chunk behind the pixels");
    for (int missing = 1; missing <= 4; missing++) { // the checksum of the last chunk of pixels
      DecodedImage image = DECODER.decode(Arrays.copyOf(sound, end - missing), "a");
      assertThat(image.status()).isEqualTo(ImageStatus.OK);
      assertThat(image.reason()).endsWith("inside of a chunk, all pixels are there");
    }
  }

  @Test
  void pngWithoutSomeOfItsPixelsIsTruncated() throws IOException {
    byte[] sound = png(BufferedImage.TYPE_INT_RGB);
    int end = indexOf(sound, "IEND");
    for (int length = indexOf(sound, "IDAT"); length < end - 30; length += 17) {
      assertStatus(Arrays.copyOf(sound, length), ImageStatus.TRUNCATED);
    }
    // Each chunk is whole and its checksum right, but they hold too few rows.
    byte[] header = Arrays.copyOf(sound, indexOf(sound, "IDAT"));
    byte[] few = insert(header, header.length, chunk("IDAT", deflate(new byte[271 * 40])));
    assertStatus(insert(few, few.length, chunk("IEND", new byte[0])), ImageStatus.TRUNCATED);
  }

  private static byte[] deflate(byte[] bytes) {
    Deflater deflater = new Deflater();
    deflater.setInput(bytes);
    deflater.finish();
    byte[] out = new byte[bytes.length + 100];
    int length = deflater.deflate(out);
    deflater.end();
    return Arrays.copyOf(out, length);
  }

  @Test
  void pngWithAWrongChecksumIsReadIfItsPixelsHaveTheirOwn() throws IOException {
    byte[] sound = png(BufferedImage.TYPE_INT_RGB);
    byte[] checksum = sound.clone();
    checksum[indexOf(sound, "IEND") - 1] ^= 1;
    DecodedImage image = DECODER.decode(checksum, "a");
    assertThat(image.status()).isEqualTo(ImageStatus.OK);
    assertThat(image.reason()).matches("wrong checksum in .* byte \\d+, all pixels are there");
    byte[] pixels = sound.clone();
    pixels[indexOf(sound, "IDAT") + 60] ^= 4;
    assertStatus(pixels, ImageStatus.DECODE_ERROR);
    byte[] size = sound.clone();
    size[SIZE_AT] ^= 1;
    assertStatus(size, ImageStatus.DECODE_ERROR);
  }

  /** The last byte of the height. */
  private static final int SIZE_AT = 23;

  @Test
  void profilesTextAndExifThatAreBrokenDoNotMatter() throws IOException {
    byte[] sound = png(BufferedImage.TYPE_INT_RGB);
    int at = indexOf(sound, "IDAT");
    byte[] nonsense = "nonsense\0\0\1\2\3".getBytes(StandardCharsets.ISO_8859_1);
    for (String type :
        new String[] {"iCCP", "zTXt", "iTXt", "tEXt", "eXIf", "pHYs", "tRNS", "bKGD"}) {
      assertWhole(insert(sound, at, chunk(type, nonsense)), sound, "");
      assertWhole(insert(sound, at, chunk(type, new byte[0])), sound, "");
    }
    byte[] jpeg = jpeg(false, BufferedImage.TYPE_INT_RGB);
    for (int marker : new int[] {0xE1, 0xE2, 0xED}) {
      for (String kind :
          new String[] {"Exif\0\0", "ICC_PROFILE\0\1\1", "http://ns.adobe.com/xap/1.0/\0"}) {
        byte[] body = (kind + "nonsense").getBytes(StandardCharsets.ISO_8859_1);
        ByteBuffer segment = ByteBuffer.allocate(4 + body.length);
        segment.putShort((short) (0xFF00 | marker)).putShort((short) (2 + body.length)).put(body);
        assertWhole(insert(jpeg, 2, segment.array()), jpeg, "");
      }
    }
  }
}
