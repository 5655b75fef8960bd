package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.ImageStatus;

/** Small files that would cost a decoder far more than their size and pixels tell. */
class DecodeWorkTest {
  private static final ImageDecoder DECODER = new ImageDecoder(DecodeLimits.DEFAULT);

  private static byte[] progressive(int side) throws IOException {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < side; i++) {
      image.setRGB(i, i, 0xFFFFFF);
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (ImageOutputStream stream = ImageIO.createImageOutputStream(out)) {
      writer.setOutput(stream);
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setProgressiveMode(ImageWriteParam.MODE_DEFAULT);
      writer.write(null, new IIOImage(image, null, null), param);
    } finally {
      writer.dispose();
    }
    return out.toByteArray();
  }

  /** The last scan once more, and again. */
  private static byte[] withScans(byte[] jpeg, int more) {
    int end = jpeg.length - 2;
    int last = end;
    while (!((jpeg[last] & 0xFF) == 0xFF && (jpeg[last + 1] & 0xFF) == 0xDA)) {
      last--;
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(jpeg, 0, end);
    for (int i = 0; i < more; i++) {
      out.write(jpeg, last, end - last);
    }
    out.write(jpeg, end, 2);
    return out.toByteArray();
  }

  @Test
  void aJpegOfThousandsOfScansIsRefusedByTheirNumberBeforeItIsDecoded() throws IOException {
    byte[] sound = progressive(64);
    assertThat(DECODER.decode(sound, "a.jpg").status()).isEqualTo(ImageStatus.OK);
    DecodedImage image = DECODER.decode(withScans(sound, 5000), "a.jpg");
    assertThat(image.status()).isEqualTo(ImageStatus.TOO_LARGE);
    assertThat(image.reason()).matches("50\\d\\d scans; the limit is 500");
  }

  @Test
  void scansOfALargeJpegCountByItsPixels() throws IOException {
    DecodeLimits small = new DecodeLimits(1 << 20, 64 * 64, Duration.ofSeconds(5));
    ImageDecoder decoder = new ImageDecoder(small);
    assertThat(decoder.decode(progressive(64), "a.jpg").status()).isEqualTo(ImageStatus.OK);
    DecodedImage image = decoder.decode(withScans(progressive(64), 20), "a.jpg");
    assertThat(image.status()).isEqualTo(ImageStatus.TOO_LARGE);
    assertThat(image.reason())
        .matches("\\d+ pixels in all passes of decoding; the limit is " + 20 * 64 * 64);
  }

  private static byte[] chunk(String kind, byte[] body) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + body.length);
    chunk.putInt(body.length).put(kind.getBytes(StandardCharsets.US_ASCII)).put(body);
    CRC32 crc = new CRC32();
    crc.update(chunk.array(), 4, 4 + body.length);
    return chunk.putInt((int) crc.getValue()).array();
  }

  /** So many zeros, deflated. */
  private static byte[] bomb(int megabytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (DeflaterOutputStream deflater =
        new DeflaterOutputStream(out, new Deflater(Deflater.BEST_COMPRESSION))) {
      for (int i = 0; i < megabytes; i++) {
        deflater.write(new byte[1 << 20]);
      }
    }
    return out.toByteArray();
  }

  @Test
  void compressedTextAndProfilesOfAPngAreNotUnpacked() throws IOException {
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB), "png", plain);
    byte[] png = plain.toByteArray();
    byte[] bomb = bomb(1024);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(png, 0, 33);
    for (String kind : new String[] {"iCCP", "zTXt"}) {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      body.write("name\0\0".getBytes(StandardCharsets.ISO_8859_1));
      body.write(bomb);
      out.write(chunk(kind, body.toByteArray()));
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    text.write("XML:com.adobe.xmp\0\1\0\0\0".getBytes(StandardCharsets.ISO_8859_1));
    text.write(bomb);
    out.write(chunk("iTXt", text.toByteArray()));
    out.write(png, 33, png.length - 33);
    long begun = System.nanoTime();
    DecodedImage image = DECODER.decode(out.toByteArray(), "a.png");
    assertThat(image.status()).as(image.reason()).isEqualTo(ImageStatus.OK);
    // Unpacking 3 GB takes a quarter of a minute.
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(5));
  }

  /** A gray TIFF of 4 x 4 pixels whose further directories go round in a circle. */
  private static byte[] circularTiff(boolean exifToo) {
    ByteBuffer file = ByteBuffer.allocate(200).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(8);
    int entries = exifToo ? 9 : 8;
    file.putShort((short) entries);
    int[][] tags = {
      {256, 4}, {257, 4}, {258, 8}, {259, 1}, {262, 1}, {273, 150}, {278, 4}, {279, 16}, {34665, 8}
    };
    for (int i = 0; i < entries; i++) {
      file.putShort((short) tags[i][0]).putShort((short) 4).putInt(1).putInt(tags[i][1]);
    }
    file.putInt(8); // the next directory is this one
    byte[] gray = new byte[16];
    Arrays.fill(gray, (byte) 77);
    file.put(150, gray);
    return file.array();
  }

  @Test
  void directoriesOfATiffThatGoRoundInACircleAreNotFollowed() {
    for (boolean exif : new boolean[] {false, true}) {
      DecodedImage image = DECODER.decode(circularTiff(exif), "a.tif");
      assertThat(image.status()).as(image.reason()).isEqualTo(ImageStatus.OK);
      assertThat(image.pixels().rgb()).containsOnly(77);
    }
  }

  @Test
  void theFrameOfAWebpCountsNotTheCanvasThatItClaims() {
    ByteBuffer file = ByteBuffer.allocate(12 + 18 + 8 + 10).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(file.capacity() - 8);
    file.put("WEBPVP8X".getBytes(StandardCharsets.US_ASCII)).putInt(10);
    file.put(new byte[10]); // a canvas of one pixel
    file.put("VP8 ".getBytes(StandardCharsets.US_ASCII)).putInt(10);
    file.put(new byte[] {0x30, 1, 0, (byte) 0x9D, 1, 0x2A});
    file.putShort((short) 16383).putShort((short) 16383);
    DecodeLimits limits = new DecodeLimits(1 << 20, 1_000_000, Duration.ofSeconds(5));
    DecodedImage image = new ImageDecoder(limits).decode(file.array(), "a.webp");
    assertThat(image.status()).isEqualTo(ImageStatus.TOO_LARGE);
    assertThat(image.reason())
        .isEqualTo("268402689 pixels in all passes of decoding; the limit is 20000000");
  }
}
