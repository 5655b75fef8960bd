package org.sparkvit.pipeline.pack;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.input_file_name;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.cli.Main;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PackedTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;

class PackStageTest extends SparkTest {
  private static final int IMAGES = 90;

  @TempDir private Path folder;
  private Path source;
  private Path model;

  @BeforeEach
  void draw() throws IOException {
    source = folder.resolve("source");
    for (int i = 0; i < IMAGES; i++) {
      draw(i, i);
    }
    Path dark = source.resolve("dark");
    Files.writeString(dark.resolve("text.png"), "no image");
    Files.write(dark.resolve("empty.png"), new byte[0]);
    ViTConfig config = ViTConfig.of(16, 2, 2, 32, 16, 4, List.of("dark", "light"));
    model = folder.resolve("model");
    ModelDirectory.write(model, Checkpoint.random(config, PreprocessorConfig.squash(16), 1));
  }

  private Path file(int i) {
    return source.resolve(i % 2 == 0 ? "dark" : "light").resolve("image-" + i + ".png");
  }

  /** Of different sizes, and noise, so that files have some kilobytes. */
  private void draw(int i, long seed) throws IOException {
    BufferedImage image = new BufferedImage(20 + i, 30, BufferedImage.TYPE_3BYTE_BGR);
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        image.setRGB(x, y, (int) StableHash.hash64(seed, "x" + x, "y" + y));
      }
    }
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(2 * i, 255 - 2 * i, i));
    graphics.fillRect(2, 3, 15, 20);
    graphics.dispose();
    Files.createDirectories(file(i).getParent());
    ImageIO.write(image, "png", file(i).toFile());
  }

  private Workspace catalog(String name) {
    String workspace = folder.resolve(name).toString();
    Main.main(
        new String[] {"catalog", "-w", workspace, "--input", source.toString(), "--overwrite"});
    return Workspace.at(spark, workspace);
  }

  private static List<String> pack(Workspace workspace, String shardSize) {
    List<String> lines = new ArrayList<>();
    new PackStage().run(spark, new PackConfig(workspace.uri(), shardSize, 4), lines::add);
    return lines;
  }

  private List<String> score(Workspace workspace) {
    Main.main(
        new String[] {
          "score", "-w", workspace.uri(), "--model", model.toString(), "--precision", "fp32"
        });
    return rows(workspace, PredictionsTable.SPEC, PredictionsTable.SCORED_AT);
  }

  private static List<String> rows(Workspace workspace, TableSpec table, String... without) {
    return workspace.read(table).drop(without).collectAsList().stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  private static long usable(Workspace workspace) {
    return workspace.read(ImagesTable.SPEC).where(ImagesTable.usable()).count();
  }

  private static List<Row> places(Workspace workspace) {
    return workspace.read(PackedTable.SPEC).collectAsList();
  }

  private static Set<String> shards(Workspace workspace) {
    Set<String> shards = new HashSet<>();
    places(workspace).forEach(row -> shards.add(row.getAs(PackedTable.SHARD)));
    return shards;
  }

  private static Path file(Workspace workspace, String shard) {
    return Path.of(Path.of(java.net.URI.create(workspace.uri() + "/")).toString(), shard);
  }

  private static Dataset<Row> readShards(Workspace workspace) {
    return spark.read().parquet(workspace.shards() + "/*");
  }

  private Workspace scoredFromFiles() {
    Workspace plain = catalog("plain");
    score(plain);
    return plain;
  }

  @Test
  void theSourceIsNoLongerNeeded() throws IOException {
    List<String> expected =
        rows(scoredFromFiles(), PredictionsTable.SPEC, PredictionsTable.SCORED_AT);
    assertThat(expected).hasSize(IMAGES + 2);
    Workspace workspace = catalog("packed");
    List<String> lines = pack(workspace, "64k");
    assertThat(lines).last().asString().contains("pack: 90 of 90 images", " shards");
    FileUtils.deleteDirectory(source.toFile());
    assertThat(score(workspace)).isEqualTo(expected);
    assertThat(expected).filteredOn(row -> row.contains("OK")).hasSize(IMAGES);
  }

  @Test
  void trainingAndReportReadShardsToo() throws IOException {
    Workspace workspace = catalog("packed");
    pack(workspace, "64k");
    FileUtils.deleteDirectory(source.toFile());
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
    run("report", workspace);
    assertThat(Files.readString(folder.resolve("packed/reports/latest/index.html")))
        .contains("data:image/jpeg;base64")
        .doesNotContain("the file is gone");
  }

  private static void run(String command, Workspace workspace, String... options) {
    Main.main(
        Stream.concat(Stream.of(command, "-w", workspace.uri()), Stream.of(options))
            .toArray(String[]::new));
  }

  /** For anybody else a shard is a Parquet file like others. */
  @Test
  void shardsAreParquetWithTheCatalogAndTheBytes() throws IOException {
    Workspace workspace = catalog("packed");
    pack(workspace, "100k");
    Dataset<Row> shards = readShards(workspace);
    assertThat(shards.where(sha2(col(PackedTable.CONTENT), 256).equalTo(col("sha256"))).count())
        .isEqualTo(IMAGES);
    Dataset<Row> catalog = workspace.read(ImagesTable.SPEC).where(ImagesTable.usable());
    assertThat(shards.drop(PackedTable.CONTENT).exceptAll(catalog).isEmpty()).isTrue();
    assertThat(catalog.exceptAll(shards.drop(PackedTable.CONTENT)).isEmpty()).isTrue();
    // And the index has the places of just these bytes.
    for (Row place : places(workspace)) {
      try (RandomAccessFile file =
          new RandomAccessFile(file(workspace, place.getAs(PackedTable.SHARD)).toFile(), "r")) {
        byte[] bytes = new byte[(int) (long) place.<Long>getAs(PackedTable.BYTES)];
        file.seek(place.<Long>getAs(PackedTable.OFFSET));
        file.readFully(bytes);
        assertThat(StableHash.sha256(bytes)).isEqualTo(place.getAs(PackedTable.SHA256));
      }
    }
  }

  @Test
  void shardsHaveAboutTheSizeThatWasAsked() {
    Workspace workspace = catalog("packed");
    pack(workspace, "64k");
    List<Row> sizes =
        readShards(workspace)
            .groupBy(input_file_name())
            .agg(org.apache.spark.sql.functions.sum("bytes"))
            .collectAsList();
    assertThat(sizes.size()).isGreaterThan(4);
    assertThat(sizes).allSatisfy(row -> assertThat(row.getLong(1)).isBetween(40_000L, 90_000L));
  }

  @Test
  void theSameShardsForAnyPartitioning() {
    Workspace workspace = catalog("one");
    List<List<String>> results = new ArrayList<>();
    Dataset<Row> images = workspace.read(ImagesTable.SPEC).localCheckpoint();
    for (int partitions : new int[] {1, 3, 7}) {
      Workspace other = Workspace.at(spark, folder.resolve("of-" + partitions).toString());
      other.replace(
          ImagesTable.SPEC, images.repartition(partitions), RunRecord.start("test", Map.of()));
      pack(other, "64k");
      Map<String, Integer> names = new HashMap<>();
      results.add(
          other.read(PackedTable.SPEC).collectAsList().stream()
              .sorted(Comparator.comparing(row -> row.getString(0)))
              .map(
                  row ->
                      row.getString(0)
                          + row.getString(1)
                          + " in shard "
                          + names.computeIfAbsent(row.getString(2), name -> names.size())
                          + row.get(3)
                          + row.get(4))
              .toList());
    }
    assertThat(results.get(0)).hasSize(IMAGES);
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(results.get(2)).isEqualTo(results.get(0));
  }

  @Test
  void aRerunPacksOnlyWhatIsNewOrChanged() throws IOException {
    Workspace workspace = catalog("packed");
    pack(workspace, "64k");
    Set<String> before = shards(workspace);
    assertThat(pack(workspace, "64k")).containsExactly(nothingToDo());
    assertThat(shards(workspace)).isEqualTo(before);

    draw(5, 1000);
    draw(IMAGES, IMAGES);
    workspace = catalog("packed");
    assertThat(pack(workspace, "64k")).last().asString().contains("2 of 2 images", "1 shards");
    assertThat(shards(workspace)).containsAll(before).hasSize(before.size() + 1);
    List<String> expected =
        rows(scoredFromFiles(), PredictionsTable.SPEC, PredictionsTable.SCORED_AT);
    FileUtils.deleteDirectory(source.toFile());
    assertThat(score(workspace)).isEqualTo(expected).hasSize(IMAGES + 3);
  }

  private static String nothingToDo() {
    return "pack: nothing to do, every image that can be read is in a shard";
  }

  /** Until it is packed again, too: the old content in the shard is not that image any more. */
  @Test
  void aChangedImageIsReadFromItsFile() throws IOException {
    Workspace workspace = catalog("packed");
    pack(workspace, "64k");
    draw(5, 1000);
    workspace = catalog("packed");
    assertThat(score(workspace))
        .isEqualTo(rows(scoredFromFiles(), PredictionsTable.SPEC, PredictionsTable.SCORED_AT));
  }

  @Test
  void whatCannotBeReadIsLeftOut() throws IOException {
    Workspace workspace = catalog("packed");
    Files.delete(file(4));
    byte[] changed = Files.readAllBytes(file(5));
    changed[changed.length / 2] ^= 1;
    Files.write(file(5), changed);
    Files.write(file(6), new byte[10]);
    List<String> lines = pack(workspace, "64k");
    assertThat(lines)
        .anyMatch(
            line ->
                line.contains("3 images are left out")
                    && line.contains("image-4.png: is gone")
                    && line.contains("image-5.png: has changed since")
                    && line.contains("image-6.png: is shorter"));
    assertThat(places(workspace)).hasSize(IMAGES - 3);
    // They alone are tried again, and no part comes of it.
    String version = workspace.version(PackedTable.SPEC);
    assertThat(pack(workspace, "64k")).last().asString().contains("pack: 0 of 3 images");
    assertThat(workspace.version(PackedTable.SPEC)).isEqualTo(version);
    assertThat(score(workspace)).hasSize(IMAGES + 2);
  }

  @Test
  void aShardThatIsGoneOrDamagedIsPassedOver() throws IOException {
    List<String> expected =
        rows(scoredFromFiles(), PredictionsTable.SPEC, PredictionsTable.SCORED_AT);
    Workspace workspace = catalog("packed");
    pack(workspace, "64k");
    List<String> shards = shards(workspace).stream().sorted().toList();
    Files.delete(file(workspace, shards.get(0)));
    flip(workspace, shards.get(1));
    try (RandomAccessFile file =
        new RandomAccessFile(file(workspace, shards.get(2)).toFile(), "rw")) {
      file.setLength(file.length() / 3);
    }
    for (String shard : shards) { // else a local disk would notice before us
      Files.deleteIfExists(
          file(workspace, shard)
              .resolveSibling("." + file(workspace, shard).getFileName() + ".crc"));
    }
    assertThat(score(workspace)).isEqualTo(expected);

    // What is gone is packed again.
    assertThat(pack(workspace, "64k")).last().asString().contains("1 shards");
    assertThat(shards(workspace)).doesNotContain(shards.get(0));
    assertThat(places(workspace)).hasSize(IMAGES);
  }

  /** Changes one byte in each image of a shard. */
  private static void flip(Workspace workspace, String shard) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(file(workspace, shard).toFile(), "rw")) {
      for (Row place : places(workspace)) {
        if (place.getAs(PackedTable.SHARD).equals(shard)) {
          long at =
              place.<Long>getAs(PackedTable.OFFSET) + place.<Long>getAs(PackedTable.BYTES) / 2;
          file.seek(at);
          int value = file.read();
          file.seek(at);
          file.write(value ^ 1);
        }
      }
    }
  }

  @Test
  void aRunThatIsKilledLosesOnlyTheChunkItWasIn() throws IOException {
    Workspace workspace = catalog("packed");
    Progress killer =
        line -> {
          if (line.contains(" of 90 images")) {
            throw new IllegalStateException("killed");
          }
        };
    // 4 shards for each of two cores are a chunk, or fewer: a chunk ends with the last id, and the
    // run's id decides where the first one begins.
    PackConfig config = new PackConfig(workspace.uri(), "20k", 4);
    assertThatThrownBy(() -> new PackStage().run(spark, config, killer)).hasMessage("killed");
    int first = places(workspace).size();
    assertThat(first).isBetween(1, IMAGES - 10);
    List<String> lines = new ArrayList<>();
    new PackStage().run(spark, config, lines::add);
    int rest = IMAGES - first;
    assertThat(lines).last().asString().contains(rest + " of " + rest + " images");
    assertThat(places(workspace)).hasSize(IMAGES);
  }

  @Test
  void whatFailedRunsLeftIsDeletedWhenItIsOld() throws IOException {
    Workspace workspace = catalog("packed");
    pack(workspace, "64k");
    Path shards = folder.resolve("packed/shards");
    for (String name : List.of("old", "young", "somebody's")) {
      Files.createDirectories(shards.resolve(name));
      Files.write(shards.resolve(name).resolve("part.parquet"), new byte[100]);
      if (!name.startsWith("some")) {
        Files.writeString(shards.resolve(name).resolve("_begun.json"), "{\"owner\": \"shards\"}");
      }
    }
    // Old ones that count, and one that does not.
    try (Stream<Path> files = Files.walk(shards)) {
      for (Path file : files.filter(path -> !path.toString().contains("young")).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(3))));
      }
    }
    assertThat(pack(workspace, "64k")).first().asString().contains("deleted what 1 runs have left");
    assertThat(shards.resolve("old")).doesNotExist();
    assertThat(shards.resolve("young")).exists();
    assertThat(shards.resolve("somebody's")).exists();
    assertThat(shards(workspace)).allSatisfy(s -> assertThat(file(workspace, s)).exists());
  }

  @Test
  void twoRunsAtOnce() throws Exception {
    List<String> expected =
        rows(scoredFromFiles(), PredictionsTable.SPEC, PredictionsTable.SCORED_AT);
    Workspace workspace = catalog("packed");
    ExecutorService runs = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> both = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        both.add(runs.submit(() -> pack(workspace, "20k")));
      }
      for (Future<?> run : both) {
        run.get();
      }
    } finally {
      runs.shutdownNow();
    }
    assertThat(places(workspace)).hasSize((int) usable(workspace));
    assertThat(pack(workspace, "20k")).containsExactly(nothingToDo());
    FileUtils.deleteDirectory(source.toFile());
    assertThat(score(workspace)).isEqualTo(expected);
  }

  @Test
  void aFailedWriteLeavesNothing() throws IOException {
    Workspace workspace = catalog("packed");
    Path shards = folder.resolve("packed/shards");
    Files.writeString(shards, "in the way of the folder");
    assertThatThrownBy(() -> pack(workspace, "64k")).isInstanceOf(Exception.class);
    assertThat(workspace.has(PackedTable.SPEC)).isFalse();
    Files.delete(shards);
    pack(workspace, "64k");
    assertThat(places(workspace)).hasSize(IMAGES);
  }

  @Test
  void columnsOfTheUsersOwnComeAlong() {
    Workspace plain = catalog("plain");
    Workspace workspace = Workspace.at(spark, folder.resolve("own").toString());
    Dataset<Row> images = plain.read(ImagesTable.SPEC);
    workspace.replace(
        ImagesTable.SPEC,
        images
            .withColumn("source", lit("camera"))
            .withColumn("tags", org.apache.spark.sql.functions.array(col("label"), lit("x"))),
        RunRecord.start("test", Map.of()));
    pack(workspace, "1g");
    assertThat(shards(workspace)).hasSize(1);
    Row row = readShards(workspace).where(col("label").equalTo("dark")).head();
    assertThat(row.<String>getAs("source")).isEqualTo("camera");
    assertThat(row.getList(row.fieldIndex("tags"))).isEqualTo(List.of("dark", "x"));

    workspace.replace(
        ImagesTable.SPEC,
        images.withColumn("content", lit("mine")),
        RunRecord.start("test", Map.of()));
    assertThatThrownBy(() -> pack(workspace, "1g"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'content'");
  }

  @Test
  void sizes() {
    assertThat(new PackConfig("w", "256m", 1).shardBytes()).isEqualTo(256L << 20);
    assertThat(new PackConfig("w", "2g", 1).shardBytes()).isEqualTo(2L << 30);
    assertThat(new PackConfig("w", "3k", 1).shardBytes()).isEqualTo(3072);
    assertThat(new PackConfig("w", "77", 1).shardBytes()).isEqualTo(77);
    for (String wrong : List.of("", "0", "m", "-1", "1.5m", "256mb", "10t")) {
      assertThatThrownBy(() -> new PackConfig("w", wrong, 1))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("--shard-size is")
          .hasMessageContaining(wrong);
    }
    assertThatThrownBy(() -> Options.check(new PackConfig("w", "1m", 0)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--read-threads is 0");
  }
}
