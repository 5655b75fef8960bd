package org.sparkvit.pipeline.maintenance;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.hadoop.conf.Configuration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.cli.Main;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PackedTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.pipeline.catalog.ImageTables;
import org.sparkvit.pipeline.pack.PackConfig;
import org.sparkvit.pipeline.pack.PackStage;

/** Images go from Parquet through all stages and back, and nothing about them changes. */
class HuggingFaceExportTest extends SparkTest {
  @TempDir private Path folder;
  private Path hub;
  private Path model;

  @BeforeEach
  void draw() throws IOException {
    hub = ImageTables.threeSplits(folder.resolve("hub"), "cat", "dog", "owl");
    model = folder.resolve("model");
    ModelDirectory.write(
        model,
        Checkpoint.random(
            ViTConfig.of(16, 2, 2, 32, 16, 4, List.of("cat", "dog", "owl")),
            PreprocessorConfig.squash(16),
            1));
  }

  private Workspace catalog(String name, Object input) {
    String workspace = folder.resolve(name).toString();
    Main.main(new String[] {"catalog", "-w", workspace, "--input", input.toString()});
    return Workspace.at(spark, workspace);
  }

  private static void run(String command, Workspace workspace, String... options) {
    Main.main(
        Stream.concat(Stream.of(command, "-w", workspace.uri()), Stream.of(options))
            .toArray(String[]::new));
  }

  private Path export(Workspace workspace, String name) {
    Path to = folder.resolve(name);
    Main.main(
        new String[] {
          "export",
          "images",
          "-w",
          workspace.uri(),
          "--to",
          to.toString(),
          "--format",
          "huggingface"
        });
    return to;
  }

  /** What the model says of each content, which is the same wherever the content lies. */
  private List<String> score(Workspace workspace, int partitions) {
    run(
        "score",
        workspace,
        "--model=" + model.toUri(),
        "--device=cpu",
        "--precision=fp32",
        "--partitions=" + partitions);
    return workspace
        .read(PredictionsTable.SPEC)
        .select(PredictionsTable.SHA256, PredictionsTable.STATUS, PredictionsTable.PROBABILITIES)
        .collectAsList()
        .stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  private static Map<String, String> contents(Workspace workspace) {
    Map<String, String> contents = new TreeMap<>();
    for (Row row : workspace.read(ImagesTable.SPEC).collectAsList()) {
      contents.put(
          row.<String>getAs("file_name"),
          row.<String>getAs(ImagesTable.SHA256)
              + " "
              + row.<String>getAs(ImagesTable.LABEL)
              + " "
              + row.<String>getAs(ImagesTable.GIVEN_SPLIT));
    }
    return contents;
  }

  private static ParquetFileReader open(Path file) throws IOException {
    return ParquetFileReader.open(
        HadoopInputFile.fromPath(
            new org.apache.hadoop.fs.Path(file.toUri()), new Configuration(false)));
  }

  @Test
  void whatIsExportedIsReadBackWithTheSameContentsLabelsAndSplits() throws IOException {
    Workspace first = catalog("first", hub);
    Path exported = export(first, "exported");
    try (Stream<Path> files = Files.list(exported.resolve("data"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .filteredOn(name -> !name.startsWith("."))
          .containsExactlyInAnyOrder(
              "train-00000-of-00001.parquet",
              "validation-00000-of-00001.parquet",
              "test-00000-of-00001.parquet");
    }
    assertThat(exported.resolve("_SUCCESS")).exists();
    assertThat(exported.resolve("_parts")).doesNotExist();
    assertThat(exported.resolve("_begun.json")).doesNotExist();
    try (ParquetFileReader reader = open(exported.resolve("data/train-00000-of-00001.parquet"))) {
      assertThat(reader.getFileMetaData().getKeyValueMetaData().get("huggingface"))
          .contains("\"cat\"", "\"dog\"", "\"owl\"", "ClassLabel", "\"Image\"");
      assertThat(reader.getRecordCount()).isEqualTo(40);
    }
    Workspace second = catalog("second", exported);
    assertThat(contents(second)).isEqualTo(contents(first)).hasSize(60);
    Path again = export(second, "again");
    for (String split : List.of("train", "validation", "test")) {
      String name = "data/" + split + "-00000-of-00001.parquet";
      assertThat(Files.readAllBytes(again.resolve(name)))
          .as("the same images make the same file")
          .isEqualTo(Files.readAllBytes(exported.resolve(name)));
    }
  }

  @Test
  void filesAreCutBySizeAndRowGroupsByRows() throws IOException {
    Workspace workspace = catalog("first", hub);
    long bytes =
        workspace
            .read(ImagesTable.SPEC)
            .where("given_split = 'train'")
            .agg(Map.of(ImagesTable.BYTES, "sum"))
            .head()
            .getLong(0);
    Path to = folder.resolve("small");
    List<String> lines = new ArrayList<>();
    ExportConfig config =
        new ExportConfig(
            workspace.uri(), Optional.of("images"), to.toString(), ExportConfig.Format.HUGGINGFACE);
    new ExportStage(bytes / 3 + 1).run(spark, config, lines::add);
    Map<String, Long> rows = new TreeMap<>();
    try (Stream<Path> files = Files.list(to.resolve("data"))) {
      for (Path file : files.filter(f -> !f.getFileName().toString().startsWith(".")).toList()) {
        try (ParquetFileReader reader = open(file)) {
          rows.put(file.getFileName().toString(), reader.getRecordCount());
        }
      }
    }
    assertThat(rows.keySet()).filteredOn(name -> name.startsWith("train-")).hasSize(3);
    assertThat(rows).containsKey("train-00002-of-00003.parquet");
    assertThat(rows.values()).allSatisfy(count -> assertThat(count).isBetween(4L, 20L));
    assertThat(rows.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(60);
    assertThat(lines).last().asString().startsWith("export: 60 images of images@");
    assertThat(contents(catalog("second", to))).isEqualTo(contents(workspace));
  }

  @Test
  void predictionsAreTheSameFromParquetFilesAndShards() throws IOException {
    List<String> expected = score(catalog("one", hub), 1);
    assertThat(expected).hasSize(60).allMatch(row -> row.contains("OK"));
    assertThat(score(catalog("three", hub), 3)).isEqualTo(expected);
    assertThat(score(catalog("seven", hub), 7)).isEqualTo(expected);

    Path files = folder.resolve("files");
    for (Row row :
        spark
            .read()
            .parquet(hub.resolve("data").toString())
            .select("image.bytes", "image.path", "label")
            .collectAsList()) {
      Path file = files.resolve(List.of("cat", "dog", "owl").get((int) row.getLong(2)));
      Files.createDirectories(file);
      Files.write(file.resolve(row.getString(1)), row.<byte[]>getAs(0));
    }
    assertThat(score(catalog("plain", files), 2)).isEqualTo(expected);

    Workspace packed = catalog("packed", hub);
    new PackStage().run(spark, new PackConfig(packed.uri(), "4k", 4), line -> {});
    assertThat(packed.read(PackedTable.SPEC).count()).isEqualTo(60);
    FileUtils.deleteDirectory(hub.toFile());
    assertThat(score(packed, 3)).isEqualTo(expected);
  }

  @Test
  void allStagesReadThem() throws IOException {
    Workspace workspace = catalog("w", hub);
    run("audit", workspace);
    run("split", workspace);
    run(
        "train",
        workspace,
        "--image-size=16",
        "--patch-size=4",
        "--hidden-size=16",
        "--layers=1",
        "--heads=2",
        "--intermediate-size=32",
        "--epochs=1");
    run("score", workspace, "--precision=fp32");
    run("evaluate", workspace);
    run("probe", workspace, "--from=vit", "--name=head");
    run("explain", workspace, "--model=vit");
    run("report", workspace);
    assertThat(Files.readString(folder.resolve("w/reports/latest/index.html")))
        .contains("data:image/jpeg;base64")
        .doesNotContain("the file is gone", "cannot be read");
    // By the splits of now, and not by those that were given.
    Path exported = export(workspace, "exported");
    Dataset<Row> rows =
        spark
            .read()
            .parquet(exported.resolve("data").toString())
            .select(
                col("image.path").as("path"),
                regexp_extract(col("_metadata.file_name"), "^[a-z]+", 0).as("split"));
    Dataset<Row> splits =
        workspace
            .read(ImagesTable.SPEC)
            .select("id", "file_name")
            .join(workspace.read(SplitsTable.SPEC), "id")
            .select("file_name", "split");
    assertThat(rows.exceptAll(splits).count() + splits.exceptAll(rows).count()).isZero();
  }

  @Test
  void imagesThatAreGoneOrHaveChangedAreLeftOut() throws IOException {
    Workspace workspace = catalog("w", hub);
    ImageTables.hub(hub.resolve("data/test-00000-of-00001.parquet"), 200, 11, "cat", "dog", "owl");
    Files.delete(hub.resolve("data/train-00001-of-00002.parquet"));
    Path to = folder.resolve("rest");
    List<String> lines = new ArrayList<>();
    RunRecord record =
        new ExportStage()
            .run(
                spark,
                new ExportConfig(
                    workspace.uri(),
                    Optional.of("images"),
                    to.toString(),
                    ExportConfig.Format.HUGGINGFACE),
                lines::add);
    assertThat(record.toMap().toString()).contains("left_out=26");
    assertThat(String.join("\n", lines))
        .contains("warning: 26 images are left out, run 'spark-vit catalog' again: ")
        .contains("has changed since the catalog was made")
        .contains("export: 34 images");
    run("pack", workspace);
    assertThat(workspace.read(PackedTable.SPEC).count()).isEqualTo(34);
  }

  @Test
  void itIsForImagesOnly() {
    ExportConfig config =
        new ExportConfig(
            folder.resolve("w").toString(),
            Optional.of("splits"),
            folder.resolve("x").toString(),
            ExportConfig.Format.HUGGINGFACE);
    assertThatThrownBy(() -> new ExportStage().run(spark, config, line -> {}))
        .isInstanceOf(UserException.class)
        .hasMessage("--format huggingface is for table images, not splits; name that one");
    assertThat(folder.resolve("x")).doesNotExist();
  }
}
