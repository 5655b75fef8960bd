package org.sparkvit.pipeline.relabel;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.ImageIO;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.catalog.CatalogConfig;
import org.sparkvit.pipeline.catalog.CatalogStage;

/** The export, read back by the very command that the stage prints. */
class LabelExportTest extends SparkTest {
  @TempDir private Path folder;

  private final List<String> said = new ArrayList<>();

  @Test
  void aFolderWithAManifestComesBackWithItsIdsAndItsColumns() throws IOException {
    Path data = folder.resolve("in/pets");
    StringBuilder lines = new StringBuilder();
    String[] names = {"a 1.png", "b#2.png", "c%203.png", "d,4.png", " e\"5.png", "f:6.png"};
    for (int i = 0; i < names.length; i++) {
      image(data.resolve("cat/" + names[i]), i);
      lines.append(
          "{\"file_name\":\"cat/"
              + names[i].replace("\"", "\\\"")
              + "\",\"label\":\"cat\",\"year\":"
              + (2000 + i)
              + ",\"note\":\"\",\"ratio\":0."
              + i
              + (i == 0 ? ",\"split\":\"test\"" : "")
              + "}\n");
    }
    lines.append("{\"file_name\":\"cat/gone.png\",\"label\":\"cat\",\"year\":1}\n");
    Files.writeString(data.resolve("metadata.jsonl"), lines);
    Dataset<Row> before = catalog("w", "--input", data.toUri().toString());
    Dataset<Row> after = roundTrip(before, "b#2.png", "e\"5.png", "a 1.png");
    assertThat(after.schema()).isEqualTo(before.schema());
    assertThat(rows(after.drop("label"))).isEqualTo(rows(before.drop("label")));
    assertThat(labels(after))
        .containsEntry("b#2.png", "dog")
        .containsEntry(" e\"5.png", "dog")
        // Of the test split.
        .containsEntry("a 1.png", "cat")
        .containsEntry("gone.png", "cat");
  }

  @Test
  void imagesWithoutALabelStayWithoutOne() throws IOException {
    Path data = folder.resolve("pets");
    for (int i = 0; i < 4; i++) {
      image(data.resolve(i + ".png"), i);
    }
    Dataset<Row> before = catalog("w", "--input", data.toString());
    Dataset<Row> after = roundTrip(before, "1.png");
    assertThat(command()).contains("--empty-label unlabelled");
    assertThat(rows(after.drop("label"))).isEqualTo(rows(before.drop("label")));
    assertThat(labels(after)).containsEntry("1.png", "dog").containsEntry("2.png", null);
  }

  @Test
  void imagesInTarFilesComeBackToo() throws IOException {
    Path data = Files.createDirectories(folder.resolve("shards"));
    for (int shard = 0; shard < 2; shard++) {
      try (TarArchiveOutputStream tar =
          new TarArchiveOutputStream(Files.newOutputStream(data.resolve(shard + ".tar")))) {
        for (int i = 0; i < 3; i++) {
          byte[] png = png(3 * shard + i);
          TarArchiveEntry entry = new TarArchiveEntry("cat/" + shard + i + ".png");
          entry.setSize(png.length);
          tar.putArchiveEntry(entry);
          tar.write(png);
          tar.closeArchiveEntry();
        }
      }
    }
    Dataset<Row> before = catalog("w", "--input", data.toString());
    assertThat(before.where(ImagesTable.usable()).count()).isEqualTo(6);
    Dataset<Row> after = roundTrip(before, "01.png", "12.png");
    assertThat(after.schema()).isEqualTo(before.schema());
    assertThat(rows(after.drop("label", "modified")))
        .isEqualTo(rows(before.drop("label", "modified")));
    assertThat(labels(after)).containsEntry("12.png", "dog").containsEntry("00.png", "cat");
  }

  @Test
  void namesFromSeveralFoldersCannotBeKept() throws IOException {
    image(folder.resolve("a/cat/1.png"), 1);
    image(folder.resolve("b/cat/1.png"), 2);
    Dataset<Row> before =
        catalog(
            "w",
            "--input",
            folder.resolve("a").toString(),
            "--input",
            folder.resolve("b").toString());
    Dataset<Row> after = roundTrip(before, "b/cat/1.png");
    assertThat(said).anyMatch(line -> line.contains("new ids"));
    assertThat(after.where(ImagesTable.usable()).count()).isEqualTo(2);
    assertThat(after.join(before, "id").count()).isZero();
  }

  /** Relabels those whose path ends so as dogs, and reads the export into another workspace. */
  private Dataset<Row> roundTrip(Dataset<Row> images, String... dogs) {
    Workspace workspace = Workspace.at(spark, folder.resolve("w").toString());
    RunRecord record = RunRecord.start("test", Map.of());
    Column dog = lit(false);
    for (String name : dogs) {
      dog = dog.or(col("path").endsWith(name));
    }
    Timestamp now = Timestamp.from(Instant.EPOCH);
    workspace.replace(
        ModelsTable.SPEC,
        spark.createDataFrame(
            List.of(RowFactory.create("m", "file:/m", List.of("cat", "dog"), now)),
            ModelsTable.SPEC.schema()),
        record);
    workspace.replace(
        PredictionsTable.SPEC,
        images.select(
            col("id"),
            col("path"),
            col("label"),
            col("sha256"),
            when(dog, array(lit(0f), lit(1f)))
                .otherwise(array(lit(0.6f), lit(0.4f)))
                .as("probabilities"),
            when(dog, "dog").otherwise("cat").as("predicted"),
            lit(1f).as("confidence"),
            lit("OK").as("status"),
            lit(null).cast("string").as("reason"),
            lit("m").as("model"),
            lit("fp32").as("precision"),
            lit(false).as("scaled_decoding"),
            lit(now).as("scored_at")),
        record);
    RelabelConfig config =
        Options.with(
            RelabelConfig.class,
            "workspace",
            workspace.uri(),
            "min-confidence",
            0.9,
            "protect-splits",
            "test",
            "max-change-rate",
            1,
            "export",
            true);
    new RelabelStage().run(spark, config, said::add);
    List<String> arguments =
        new ArrayList<>(List.of(command().replaceAll(".*(?=--input)", "").split(" ")));
    return catalog("again", arguments.toArray(new String[0]));
  }

  private String command() {
    return said.stream()
        .filter(line -> line.contains("a manifest of all"))
        .findFirst()
        .orElseThrow();
  }

  private Dataset<Row> catalog(String name, String... options) {
    String workspace = folder.resolve(name).toString();
    Map<String, List<String>> given = new TreeMap<>();
    given.put("workspace", List.of(workspace));
    given.put("partitions", List.of("2"));
    given.put("max-error-rate", List.of("0.9"));
    for (int i = 0; i < options.length; i += 2) {
      given.computeIfAbsent(options[i].substring(2), flag -> new ArrayList<>()).add(options[i + 1]);
    }
    CatalogConfig config = Options.read(CatalogConfig.class, given);
    new CatalogStage().run(spark, config, Progress.SILENT);
    return Workspace.at(spark, workspace).read(ImagesTable.SPEC);
  }

  private static List<String> rows(Dataset<Row> rows) {
    return rows.orderBy("id").collectAsList().stream().map(Row::toString).toList();
  }

  private static Map<String, String> labels(Dataset<Row> images) {
    Map<String, String> labels = new TreeMap<>();
    for (Row row : images.select("path", "label").collectAsList()) {
      labels.put(row.getString(0).replaceFirst(".*/", ""), row.getString(1));
    }
    return labels;
  }

  private static void image(Path file, int number) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, png(number));
  }

  private static byte[] png(int number) throws IOException {
    BufferedImage image = new BufferedImage(8, 8, BufferedImage.TYPE_INT_RGB);
    image.setRGB(number, number, 0xFFFFFF);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(image, "png", out);
    return out.toByteArray();
  }
}
