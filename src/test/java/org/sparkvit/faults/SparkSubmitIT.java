package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.BuildFolder;
import org.sparkvit.SparkTest;
import org.sparkvit.cli.Main;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * The cluster jar behind Spark's own libraries, of which several are older copies of those that we
 * need: shards (Commons Compress, IO, Lang, Codec), TIFF and WebP files (ImageIO plug-ins, found
 * through META-INF/services), PyTorch (Gson), options (picocli), the report (FreeMarker).
 */
class SparkSubmitIT extends SparkTest {
  private static final int DRAWN = 100;

  /** 24 x 16 pixels, drawn for this test; lossless and lossy. */
  private static final List<String> WEBP =
      List.of(
          "UklGRmoAAABXRUJQVlA4TF4AAAAvF8ADABcgEEiM4pt9ErFgIjj2gLoEAol2OMMMNv/xaglc1batKl/v"
              + "If8vBLR4DbCJRTg90BRuO3FE/wN0oAcrUg3vZME/0y3JtUhuRcYp8kgx+WXPIVkzS9GBHqwA",
          "UklGRgIBAABXRUJQVlA4IPYAAAAwBgCdASoYABAAPrVInkmnJCKhMAgA4BaJbACdMoRwF2Apir9sf2AI"
              + "8/SAP1mHbnUKCUtv9MS5I2lAAP65EhCXo3PH7mGQmQh4MvnpygIilFH5/mO2xKqk6HVVe8h6d/d9whYj"
              + "f/BPsCi8lgv0Jthdi3q3qmygJrVPHZo2/vCziZ3p/S5tL+luptDG3AUK2550okkX5srrTiqTx9bozcP6"
              + "8CuZwCsniob9lR48yT/Dh7efN0cXC0yH0YiWXbFqqehwwFNSIYb57jgxIgmR+KopGfz/oeeb//3pcz7+"
              + "ylxQP/bURxnq7+xj/fT+8/+v/BkONR/bQAA=");

  @TempDir private Path folder;

  @Test
  void stagesGiveTheRowsOfALocalRun() throws Exception {
    Path shards = shards();
    String local = folder.resolve("local").toString();
    Scoring.catalog(local, shards);
    Path model = Scoring.smallModel(folder.resolve("model"), 1);
    Scoring.score(local, model);

    String workspace = folder.resolve("workspace").toString();
    Path clusters = BuildFolder.path().resolve(Path.of("clusters", "submit"));
    try (StandaloneCluster cluster = StandaloneCluster.start(clusters)) {
      submit(cluster, "catalog", "-w", workspace, "--input", shards.toString());
      List<Row> images = images(workspace);
      assertThat(images).isEqualTo(images(local)).hasSize(DRAWN + 4);
      assertThat(formats(images, "TIFF")).containsOnly("OK").hasSize(2);
      assertThat(formats(images, "WEBP")).containsOnly("OK").hasSize(2);

      submit(cluster, Scoring.command(workspace, model).toArray(new String[0]));
      assertThat(Scoring.rows(spark, workspace))
          .hasSize(DRAWN + 4)
          .isEqualTo(Scoring.rows(spark, local));

      Main.main(new String[] {"split", "-w", workspace});
      Main.main(new String[] {"balance", "-w", workspace});
      Main.main(new String[] {"evaluate", "-w", workspace});
      submit(cluster, "report", "-w", workspace);
    }
    assertThat(folder.resolve(Path.of("workspace", "reports", "latest", "index.html")))
        .content()
        .contains("<html")
        .endsWith("</html>\n");
  }

  private static void submit(StandaloneCluster cluster, String... command) throws Exception {
    var run = cluster.submit(command[0], List.of(command));
    assertThat(run.await()).as(run.log().toString()).isZero();
  }

  private static List<Row> images(String workspace) {
    return Workspace.at(spark, workspace)
        .read(ImagesTable.SPEC)
        .orderBy(ImagesTable.ID)
        .collectAsList();
  }

  private static List<String> formats(List<Row> images, String format) {
    return images.stream()
        .filter(row -> format.equals(row.getAs(ImagesTable.FORMAT)))
        .map(row -> row.<String>getAs(ImagesTable.STATUS))
        .toList();
  }

  /** Two tar files of class folders: what the demo draws, and files of formats it does not draw. */
  private Path shards() throws IOException {
    DrawnImages images = DrawnImages.sound(folder.resolve("data"), DRAWN);
    Path shards = Files.createDirectory(folder.resolve("shards"));
    try (TarArchiveOutputStream tar = tar(shards.resolve("drawn.tar"))) {
      for (Path file : DrawnImages.files(images.folder())) {
        put(tar, images.folder().relativize(file).toString(), Files.readAllBytes(file));
      }
    }
    try (TarArchiveOutputStream tar = tar(shards.resolve("formats.tar"))) {
      put(tar, "ordinary/lossless.webp", Base64.getDecoder().decode(WEBP.get(0)));
      put(tar, "sensitive/lossy.webp", Base64.getDecoder().decode(WEBP.get(1)));
      put(tar, "ordinary/lzw.tif", tiff("LZW"));
      put(tar, "sensitive/deflate.tiff", tiff("Deflate"));
    }
    return shards;
  }

  private static TarArchiveOutputStream tar(Path file) throws IOException {
    OutputStream out = Files.newOutputStream(file);
    return new TarArchiveOutputStream(out);
  }

  private static void put(TarArchiveOutputStream tar, String name, byte[] content)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(content.length);
    tar.putArchiveEntry(entry);
    tar.write(content);
    tar.closeArchiveEntry();
  }

  private static byte[] tiff(String compression) throws IOException {
    BufferedImage image = new BufferedImage(40, 30, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x++) {
      for (int y = 0; y < 30; y++) {
        image.setRGB(x, y, new Color(6 * x, 8 * y, compression.length() * 20).getRGB());
      }
    }
    ImageWriter writer = ImageIO.getImageWritersByFormatName("tiff").next();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
      ImageWriteParam options = writer.getDefaultWriteParam();
      options.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      options.setCompressionType(compression);
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), options);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
