package org.sparkvit.image.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.RealImages;
import org.sparkvit.image.PillowCases;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.Pixels;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.image.resample.ResampleFilter;
import org.w3c.dom.NodeList;

/** What libjpeg-turbo decodes has the very pixels that the JDK gives. */
class TurboJpegTest {
  @BeforeEach
  void needsTheLibrary() {
    NeedsTurboJpeg.assume();
  }

  private static BufferedImage picture(int width, int height, int type, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    BufferedImage image = new BufferedImage(width, height, type);
    Graphics2D graphics = image.createGraphics();
    graphics.setPaint(new GradientPaint(0, 0, Color.ORANGE, width, height, Color.BLUE));
    graphics.fillRect(0, 0, width, height);
    for (int i = 0; i < 40; i++) {
      graphics.setColor(new Color(random.nextInt(1 << 24)));
      graphics.fillOval(
          random.nextInt(width),
          random.nextInt(height),
          random.nextInt(1 + width / 3),
          random.nextInt(1 + height / 3));
    }
    graphics.dispose();
    return image;
  }

  /**
   * A JPEG file.
   *
   * @param sampling horizontal and vertical factors of the luminance, e.g. 22 for 4:2:0
   */
  private static byte[] jpeg(BufferedImage image, float quality, int sampling) throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (MemoryCacheImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      options.setCompressionQuality(quality);
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(
              ImageTypeSpecifier.createFromRenderedImage(image), options);
      String format = metadata.getNativeMetadataFormatName();
      IIOMetadataNode tree = (IIOMetadataNode) metadata.getAsTree(format);
      NodeList components = tree.getElementsByTagName("componentSpec");
      IIOMetadataNode luminance = (IIOMetadataNode) components.item(0);
      luminance.setAttribute("HsamplingFactor", Integer.toString(sampling / 10));
      luminance.setAttribute("VsamplingFactor", Integer.toString(sampling % 10));
      metadata.setFromTree(format, tree);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, metadata), options);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /** Decodes both ways; whether the library took it. Where it did, the JDK must say the same. */
  private static boolean agrees(byte[] content, String what) throws IOException {
    JpegImage image = new JpegImage(content);
    Pixels fast;
    try {
      image.readHeader();
      image.checkComplete();
      fast = image.decodeByTurbo(1);
    } catch (BadImageException e) {
      return false; // before either decoder saw it
    }
    if (fast == null) {
      return false;
    }
    try (fast) {
      PixelImage exact = image.decodeByJdk(new DecodeClock()).toImage();
      assertThat(fast.toImage().rgb()).as(what).isEqualTo(exact.rgb());
    } catch (BadImageException e) {
      // The one kind of damage that the library passes over in silence.
      assertThat(e).as(what).hasMessage("Corrupt JPEG data: bad Huffman code");
    }
    return true;
  }

  @Test
  void drawnPicturesOfAllCommonKinds() throws IOException {
    for (int[] size :
        new int[][] {
          {1, 1}, {2, 1}, {1, 9}, {7, 7}, {8, 8}, {17, 3}, {16, 16}, {33, 50}, {301, 227}
        }) {
      for (int sampling : new int[] {11, 21, 22}) {
        for (float quality : new float[] {0.2f, 0.75f, 0.95f, 1}) {
          BufferedImage picture =
              picture(size[0], size[1], BufferedImage.TYPE_3BYTE_BGR, size[0] + sampling);
          String what = size[0] + "x" + size[1] + " sampling " + sampling + " quality " + quality;
          assertThat(agrees(jpeg(picture, quality, sampling), what)).as(what).isTrue();
        }
      }
      BufferedImage gray = picture(size[0], size[1], BufferedImage.TYPE_BYTE_GRAY, size[0]);
      assertThat(agrees(jpeg(gray, 0.75f, 11), "gray")).isTrue();
    }
  }

  @Test
  void whatIsBrokenAndStillAcceptedIsTheSame() throws IOException {
    SplittableRandom random = new SplittableRandom(7);
    int accepted = 0;
    for (int sampling : new int[] {11, 21, 22}) {
      byte[] whole =
          jpeg(picture(150, 110, BufferedImage.TYPE_3BYTE_BGR, sampling), 0.8f, sampling);
      for (int i = 0; i < 1000; i++) {
        byte[] broken = whole.clone();
        int bytes = 1 + random.nextInt(3);
        for (int k = 0; k < bytes; k++) {
          broken[random.nextInt(20, broken.length - 2)] = (byte) random.nextInt(256);
        }
        if (agrees(broken, "broken " + i + " of sampling " + sampling)) {
          accepted++;
        }
      }
    }
    assertThat(accepted).isPositive();
  }

  @Test
  void filesThatEndEarlyAreNotTaken() throws IOException {
    byte[] whole = jpeg(picture(150, 110, BufferedImage.TYPE_3BYTE_BGR, 1), 0.8f, 22);
    for (int length = whole.length - 3; length > whole.length / 2; length -= 97) {
      byte[] cut = java.util.Arrays.copyOf(whole, length);
      cut[length - 2] = (byte) 0xFF;
      cut[length - 1] = (byte) 0xD9;
      agrees(cut, "cut at " + length);
      assertThat(new ImageDecoder(DecodeLimits.DEFAULT).decode(cut, "x.jpg").isUsable())
          .as("cut at " + length)
          .isFalse();
    }
  }

  @Test
  void aPartOfTheSizeHasThePixelsOfPillowsDraftMode() throws IOException {
    List<String[]> cases = PillowCases.read("scaled.tsv");
    assertThat(cases).hasSize(12);
    for (String[] c : cases) {
      JpegImage image = new JpegImage(Base64.getDecoder().decode(c[4]));
      image.readHeader();
      try (Pixels reduced = image.decodeByTurbo(Integer.parseInt(c[1]))) {
        PixelImage pixels = reduced.toImage();
        assertThat(pixels.width()).isEqualTo(Integer.parseInt(c[2]));
        assertThat(pixels.height()).isEqualTo(Integer.parseInt(c[3]));
        assertThat(PillowCases.crc32(pixels.rgb()))
            .as(c[0] + " at 1/" + c[1])
            .isEqualTo(Long.parseLong(c[5]));
      }
    }
  }

  @Test
  void scaledDecodingIsNearlyTheSameWhereItIsAllowed() throws IOException {
    byte[] file = jpeg(picture(960, 720, BufferedImage.TYPE_3BYTE_BGR, 5), 0.9f, 22);
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    PreprocessSpec exact = PreprocessSpec.squash(64, 64, ResampleFilter.BILINEAR);
    byte[] whole = decoder.decode(file, "x.jpg", exact).pixels().rgb();
    DecodedImage scaled = decoder.decode(file, "x.jpg", exact.withScaledDecoding());
    assertThat(scaled.width()).as("what is said of the file").isEqualTo(960);
    byte[] part = scaled.pixels().rgb();
    assertThat(part).isNotEqualTo(whole);
    double difference = 0;
    for (int i = 0; i < whole.length; i++) {
      difference += Math.abs((whole[i] & 0xFF) - (part[i] & 0xFF));
    }
    assertThat(difference / whole.length).isLessThan(1);
    // Less than four times the model's side is decoded as ever.
    PreprocessSpec large = PreprocessSpec.squash(224, 224, ResampleFilter.BILINEAR);
    assertThat(decoder.decode(file, "x.jpg", large.withScaledDecoding()).pixels().rgb())
        .isEqualTo(decoder.decode(file, "x.jpg", large).pixels().rgb());
  }

  @Test
  void realPhotographs(@TempDir Path folder) throws IOException {
    RealImages.unpack("photos", folder);
    List<Path> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(folder)) {
      all.filter(file -> file.toString().matches("(?i).*\\.jpe?g")).sorted().forEach(files::add);
    }
    int taken = 0;
    for (Path file : files) {
      taken += agrees(Files.readAllBytes(file), file.toString()) ? 1 : 0;
    }
    assertThat(taken).isGreaterThan(files.size() / 2);
  }
}
