package org.sparkvit.pipeline.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.catalog.CatalogConfig;
import org.sparkvit.pipeline.catalog.CatalogStage;

/** One picture as gray, 16-bit, CMYK and animated files: measured as what people see of it. */
class OddFormatsAuditTest extends SparkTest {
  private static final int WIDTH = 96;
  private static final int HEIGHT = 64;

  @TempDir private Path folder;

  /** Colours that go over into one another, with a little noise; 8 bits. */
  private static int sample(int x, int y, int channel) {
    double wave = Math.sin(x / (9.0 + 4 * channel)) + Math.cos(y / (7.0 + 3 * channel));
    int noise = new SplittableRandom(((long) y * WIDTH + x) * 3 + channel).nextInt(9);
    return (int) Math.round(118 + 45 * wave) + noise;
  }

  private static int gray(int x, int y) {
    return sample(x, y, 1);
  }

  private void write(String name, int bits, boolean isGray) throws IOException {
    int type = bits == 8 ? DataBuffer.TYPE_BYTE : DataBuffer.TYPE_USHORT;
    int bands = isGray ? 1 : 3;
    ComponentColorModel model =
        new ComponentColorModel(
            ColorSpace.getInstance(isGray ? ColorSpace.CS_GRAY : ColorSpace.CS_sRGB),
            false,
            false,
            Transparency.OPAQUE,
            type);
    WritableRaster raster = model.createCompatibleWritableRaster(WIDTH, HEIGHT);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        for (int band = 0; band < bands; band++) {
          int value = isGray ? gray(x, y) : sample(x, y, band);
          // The low byte is of no account.
          raster.setSample(x, y, band, bits == 8 ? value : value * 256 + (x * 7 + y) % 256);
        }
      }
    }
    BufferedImage image = new BufferedImage(model, raster, false, null);
    assertThat(ImageIO.write(image, "png", folder.resolve("images").resolve(name).toFile()))
        .isTrue();
  }

  private void writeCmyk(String name) throws IOException {
    WritableRaster raster =
        Raster.createInterleavedRaster(DataBuffer.TYPE_BYTE, WIDTH, HEIGHT, 4, null);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        for (int ink = 0; ink < 3; ink++) {
          // JPEG files hold 255 less the ink, which is the light.
          raster.setSample(x, y, ink, sample(x, y, ink));
        }
        raster.setSample(x, y, 3, 255);
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try (ImageOutputStream out =
        ImageIO.createImageOutputStream(folder.resolve("images").resolve(name).toFile())) {
      ImageWriteParam best = writer.getDefaultWriteParam();
      best.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      best.setCompressionQuality(1);
      writer.setOutput(out);
      writer.write(null, new IIOImage(raster, null, null), best);
    } finally {
      writer.dispose();
    }
  }

  private void writeGif(String name, boolean animated) throws IOException {
    BufferedImage first = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_INDEXED);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        first.setRGB(
            x, y, sample(x, y, 0) << 16 | sample(x, y, 1) << 8 | sample(x, y, 2) | 0xff << 24);
      }
    }
    BufferedImage black = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_BYTE_INDEXED);
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (ImageOutputStream out =
        ImageIO.createImageOutputStream(folder.resolve("images").resolve(name).toFile())) {
      writer.setOutput(out);
      writer.prepareWriteSequence(null);
      for (BufferedImage frame : animated ? List.of(first, black, black) : List.of(first)) {
        writer.writeToSequence(
            new IIOImage(
                frame, null, writer.getDefaultImageMetadata(new ImageTypeSpecifier(frame), null)),
            null);
      }
      writer.endWriteSequence();
    } finally {
      writer.dispose();
    }
  }

  @Test
  void eachIsMeasuredAsTheEightBitPictureThatPeopleSee() throws IOException {
    Files.createDirectories(folder.resolve("images"));
    write("rgb8.png", 8, false);
    write("rgb16.png", 16, false);
    write("gray8.png", 8, true);
    write("gray16.png", 16, true);
    writeCmyk("cmyk.jpg");
    writeGif("still.gif", false);
    writeGif("animated.gif", true);
    Workspace workspace = Workspace.at(spark, folder.resolve("w").toString());
    CatalogConfig catalog =
        Options.with(
            CatalogConfig.class,
            "workspace",
            workspace.uri(),
            "input",
            folder.resolve("images"),
            "format",
            "folder",
            "max-error-rate",
            1);
    new CatalogStage().run(spark, catalog, Progress.SILENT);
    new AuditStage()
        .run(spark, Options.with(AuditConfig.class, "workspace", workspace.uri()), Progress.SILENT);

    Map<String, Row> measured = new HashMap<>();
    workspace
        .read(PixelsTable.SPEC)
        .join(workspace.read(ImagesTable.SPEC).select("id", "path"), "id")
        .collectAsList()
        .forEach(row -> measured.put(row.<String>getAs("path").replaceAll(".*/", ""), row));
    assertThat(measured).hasSize(7);
    assertThat(measured.values()).allMatch(row -> row.getAs(PixelsTable.STATUS).equals("OK"));
    assertThat(pixels(measured, "rgb16.png")).isEqualTo(pixels(measured, "rgb8.png"));
    assertThat(pixels(measured, "gray16.png")).isEqualTo(pixels(measured, "gray8.png"));
    assertThat(pixels(measured, "animated.gif")).isEqualTo(pixels(measured, "still.gif"));
    Row plain = measured.get("rgb8.png");
    Row cmyk = measured.get("cmyk.jpg");
    for (String column :
        List.of(
            PixelsTable.DARK, PixelsTable.LIGHT, PixelsTable.INFORMATION, PixelsTable.BRIGHTNESS)) {
      assertThat(((Number) cmyk.getAs(column)).doubleValue())
          .as(column)
          .isCloseTo(((Number) plain.getAs(column)).doubleValue(), within(0.01));
    }
    List<String> gray = new ArrayList<>();
    measured.forEach(
        (name, row) -> {
          if (row.<Boolean>getAs(PixelsTable.GRAY)) {
            gray.add(name);
          }
        });
    assertThat(gray).containsExactlyInAnyOrder("gray8.png", "gray16.png");
    assertThat(workspace.read(FindingsTable.SPEC).where("finding = 'GRAYSCALE'").count())
        .isEqualTo(2);
  }

  private static String pixels(Map<String, Row> measured, String name) {
    return measured.get(name).getAs(PixelsTable.PIXEL_SHA256);
  }
}
