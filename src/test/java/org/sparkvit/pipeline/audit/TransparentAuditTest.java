package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.catalog.CatalogConfig;
import org.sparkvit.pipeline.catalog.CatalogStage;

/** Drawings whose form is in their alpha alone, of one colour under it. */
class TransparentAuditTest extends SparkTest {
  private static final int SIDE = 96;
  private static final int DRAWINGS = 12;
  private static final int RGB = BufferedImage.TYPE_3BYTE_BGR;

  @TempDir private Path folder;

  /** Lines of a seed, opaque on nothing. */
  private static BufferedImage drawing(long seed, Color color) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_ARGB);
    for (int y = 0; y < SIDE; y++) {
      for (int x = 0; x < SIDE; x++) {
        image.setRGB(x, y, color.getRGB() & 0xFFFFFF);
      }
    }
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.setStroke(new BasicStroke(4));
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 10; i++) {
      graphics.drawLine(
          random.nextInt(SIDE), random.nextInt(SIDE), random.nextInt(SIDE), random.nextInt(SIDE));
    }
    graphics.dispose();
    return image;
  }

  private static BufferedImage onto(BufferedImage image, int type, Color background) {
    BufferedImage flat = new BufferedImage(SIDE, SIDE, type);
    Graphics2D graphics = flat.createGraphics();
    graphics.drawImage(image, 0, 0, background, null);
    graphics.dispose();
    return flat;
  }

  private void write(String name, BufferedImage image, String format) throws IOException {
    Path file = folder.resolve("images").resolve(name);
    Files.createDirectories(file.getParent());
    ImageIO.write(image, format, file.toFile());
  }

  private Workspace catalog(String background) {
    String workspace = folder.resolve("workspace").toString();
    CatalogConfig config =
        Options.with(
            CatalogConfig.class,
            "workspace",
            workspace,
            "input",
            folder.resolve("images"),
            "format",
            "folder",
            "background",
            background,
            "max-error-rate",
            1,
            "overwrite",
            true);
    new CatalogStage().run(spark, config, Progress.SILENT);
    return Workspace.at(spark, workspace);
  }

  private static List<String> audit(Workspace workspace) {
    List<String> lines = new ArrayList<>();
    new AuditStage()
        .run(spark, Options.with(AuditConfig.class, "workspace", workspace.uri()), lines::add);
    return lines;
  }

  private static List<Row> transparent(Workspace workspace) {
    return workspace
        .read(FindingsTable.SPEC)
        .where(col(FindingsTable.FINDING).equalTo("TRANSPARENT"))
        .orderBy(FindingsTable.PATH)
        .collectAsList();
  }

  /** File names of images that repeat another one, with how. */
  private static List<String> repeats(Workspace workspace) {
    return workspace
        .read(DuplicatesTable.SPEC)
        .where(col(DuplicatesTable.GROUP_SIZE).gt(1))
        .collectAsList()
        .stream()
        .map(
            row ->
                row.<String>getAs(DuplicatesTable.PATH).replaceAll(".*/", "")
                    + " "
                    + row.getAs(DuplicatesTable.KIND))
        .sorted()
        .toList();
  }

  private static String pixelHash(Workspace workspace, String file) {
    return workspace
        .read(PixelsTable.SPEC)
        .join(workspace.read(ImagesTable.SPEC).select("id", "path"), "id")
        .where(col("path").endsWith("/" + file))
        .head()
        .getAs(PixelsTable.PIXEL_SHA256);
  }

  /** One data set, since audits take their time: on nothing, by the former rule, and on white. */
  @Test
  @Tag("slow")
  void blackDrawingsOnTransparencyAreFoundAndAreNoDuplicates() throws IOException {
    for (int i = 0; i < DRAWINGS; i++) {
      write((i < 6 ? "signature/" : "stamp/") + i + ".png", drawing(i, Color.BLACK), "png");
      BufferedImage photo = onto(drawing(100 + i, Color.RED), RGB, Color.GREEN);
      write("photo/" + i + ".jpg", photo, "jpg");
    }
    BufferedImage first = drawing(0, Color.BLACK);
    write("other/again.tif", first, "tif");
    write("other/opaque-alpha.png", onto(first, BufferedImage.TYPE_INT_ARGB, Color.WHITE), "png");
    write("other/no-alpha.bmp", onto(first, RGB, Color.WHITE), "bmp");

    Workspace workspace = catalog("none");
    audit(workspace);
    assertThat(transparent(workspace)).hasSize(DRAWINGS + 1);
    assertThat(transparent(workspace).get(0).<String>getAs(FindingsTable.DETAIL))
        .matches("a model sees black in \\d\\d % of the pixels, where the image is transparent");
    // The same pixels need the same alpha; who looks like it on white, looks like it.
    assertThat(pixelHash(workspace, "0.png"))
        .isEqualTo(pixelHash(workspace, "again.tif"))
        .isNotEqualTo(pixelHash(workspace, "1.png"))
        .isNotEqualTo(pixelHash(workspace, "no-alpha.bmp"));
    // Alpha that is opaque everywhere is none.
    assertThat(pixelHash(workspace, "opaque-alpha.png"))
        .isEqualTo(pixelHash(workspace, "no-alpha.bmp"));
    assertThat(repeats(workspace)).hasSize(4).noneMatch(line -> line.matches("[1-9].*"));

    // Rows of the former rule are measured again, unless their format knows no alpha.
    Dataset<Row> former =
        workspace
            .read(PixelsTable.SPEC)
            .withColumn(PixelsTable.PIXEL_SHA256, lit("by the former rule"))
            .withColumn(PixelsTable.BACKGROUND, lit(null).cast("string"));
    rewrite(workspace, PixelsTable.SPEC, former);
    assertThat(audit(workspace))
        .anyMatch(line -> line.contains(DRAWINGS + 2 + " images are to be measured"));
    assertThat(pixelHash(workspace, "1.png")).hasSize(64);
    assertThat(pixelHash(workspace, "no-alpha.bmp")).isEqualTo("by the former rule");

    // On white a model sees what a viewer sees; what is opaque is not measured again.
    workspace = catalog("white");
    assertThat(audit(workspace))
        .anyMatch(line -> line.contains(DRAWINGS + 1 + " images are to be measured"));
    assertThat(transparent(workspace)).isEmpty();
    assertThat(pixelHash(workspace, "0.png")).isEqualTo(pixelHash(workspace, "opaque-alpha.png"));
    assertThat(
            workspace
                .read(PixelsTable.SPEC)
                .where(col(PixelsTable.BACKGROUND).equalTo("#ffffff"))
                .where(col(PixelsTable.BRIGHTNESS).gt(0.9)) // the median
                .count())
        .isEqualTo(DRAWINGS + 1);
  }

  private static void rewrite(Workspace workspace, TableSpec table, Dataset<Row> rows) {
    List<Row> kept = rows.collectAsList();
    workspace.replace(
        table, spark.createDataFrame(kept, table.schema()), RunRecord.start("test", Map.of()));
  }
}
