package org.sparkvit.pipeline.score;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.apache.commons.io.FileUtils;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.cli.Main;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.codec.NeedsTurboJpeg;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.inference.ModelOutput;
import org.sparkvit.inference.SharedModel;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.Tensor;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.runtime.PyTorchRuntime;
import org.sparkvit.model.runtime.ScriptedSession;

class ScoreStageTest extends SparkTest {
  private static final int IMAGES = 21;

  /** Of a class of tests, and of a test. */
  @TempDir private static Path shared;

  @TempDir private Path folder;
  private static Path model;

  /** The rows that the model has for the images, in batches of 16 and two partitions. */
  private static List<String> expected;

  @BeforeAll
  static void scoreOnce() throws IOException {
    model = writeModel(shared.resolve("model"), 1);
    Workspace workspace = catalog(shared.resolve("scored"), draw(shared.resolve("images")));
    copy(shared.resolve("scored"), shared.resolve("catalogued"));
    score(workspace, model, 16, 2);
    expected = rows(workspace);
    assertThat(expected).hasSize(IMAGES + 2);
  }

  private static Path writeModel(Path directory, long seed) {
    ViTConfig config = ViTConfig.of(16, 2, 2, 32, 16, 4, List.of("dark", "light"));
    ModelDirectory.write(directory, Checkpoint.random(config, PreprocessorConfig.squash(16), seed));
    return directory;
  }

  /** Flat images of different sizes and shades, and two files that are no images. */
  private static Path draw(Path images) throws IOException {
    Files.createDirectories(images);
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage image = new BufferedImage(20 + i, 30, BufferedImage.TYPE_3BYTE_BGR);
      Graphics2D graphics = image.createGraphics();
      graphics.setColor(new Color(10 * i, 255 - 10 * i, 5 * i));
      graphics.fillRect(i, 3, 15, 20);
      graphics.dispose();
      ImageIO.write(image, "png", images.resolve("image-" + i + ".png").toFile());
    }
    Files.writeString(
        images.resolve("text.png"), "no image at all, but the catalog believed it was");
    Files.write(images.resolve("empty.png"), new byte[0]);
    return images;
  }

  private static Workspace catalog(Path folder, Path images) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      rows.add(row(images.resolve("image-" + i + ".png"), "OK"));
    }
    rows.add(row(images.resolve("text.png"), "OK"));
    rows.add(row(images.resolve("empty.png"), "EMPTY"));
    Workspace workspace = Workspace.at(spark, folder.toString());
    workspace.replace(
        ImagesTable.SPEC,
        spark.createDataFrame(rows, ImagesTable.SPEC.schema()),
        RunRecord.start("test", Map.of()));
    return workspace;
  }

  private static void copy(Path from, Path to) throws IOException {
    FileUtils.copyDirectory(from.toFile(), to.toFile());
  }

  /** A workspace on the shared images, which a test is not to touch. */
  private Workspace catalogued() throws IOException {
    return copied("catalogued");
  }

  /** The same after a run of the model. */
  private Workspace scored() throws IOException {
    return copied("scored");
  }

  private Workspace copied(String name) throws IOException {
    Path workspace = Files.createTempDirectory(folder, name);
    copy(shared.resolve(name), workspace);
    return Workspace.at(spark, workspace.toString());
  }

  /** A workspace on images of the test's own, which are in its folder. */
  private Workspace own() throws IOException {
    return catalog(folder.resolve("workspace"), draw(folder));
  }

  private static Row row(Path file, String status) throws IOException {
    return TableRow.image(file)
        .with(ImagesTable.LABEL, "dark")
        .with(ImagesTable.WIDTH, 20)
        .with(ImagesTable.HEIGHT, 30)
        .with(ImagesTable.STATUS, status)
        .with(ImagesTable.REASON, status.equals("OK") ? null : "no content")
        .build();
  }

  private static void score(Workspace workspace, Path directory, int batch, int partitions) {
    score(config(workspace, directory, "fp32", batch, partitions, 0, false), Progress.SILENT);
  }

  private static ScoreConfig config(
      Workspace workspace,
      Path directory,
      String precision,
      int batch,
      int partitions,
      int chunk,
      boolean retryFailed) {
    return Options.with(
        ScoreConfig.class,
        "workspace",
        workspace.uri(),
        "model",
        directory.toUri().toString(),
        "device",
        "cpu",
        "precision",
        precision,
        "batch-size",
        batch,
        "partitions",
        partitions,
        "chunk-images",
        chunk,
        "retry-failed",
        retryFailed);
  }

  private static void score(ScoreConfig config, Progress progress) {
    new ScoreStage().run(spark, config, progress);
  }

  private static List<String> rows(Workspace workspace) {
    return workspace
        .read(PredictionsTable.SPEC)
        .drop(PredictionsTable.SCORED_AT)
        .orderBy(PredictionsTable.ID)
        .collectAsList()
        .stream()
        .map(Row::toString)
        .toList();
  }

  @Test
  void rowsAreTheSameForAnyPartitioning() throws IOException {
    for (int partitions : new int[] {1, 7}) {
      Workspace workspace = catalogued();
      score(workspace, model, 16, partitions);
      assertThat(rows(workspace)).isEqualTo(expected);
    }
  }

  @Test
  void everyImageHasOneRowAndABadOneSaysWhy() throws IOException {
    Workspace workspace = scored();
    List<Row> rows =
        workspace
            .read(PredictionsTable.SPEC)
            .select("path", "probabilities", "predicted", "confidence", "status", "reason")
            .collectAsList();
    assertThat(rows).hasSize(IMAGES + 2);
    for (Row row : rows) {
      if (row.getString(0).endsWith("text.png") || row.getString(0).endsWith("empty.png")) {
        assertThat(row.isNullAt(1) && row.isNullAt(2) && row.isNullAt(3)).isTrue();
        assertThat(row.getString(4)).isIn("BAD_MAGIC", "EMPTY");
        assertThat(row.getString(5)).isNotBlank();
      } else {
        List<Float> probabilities = row.getList(1);
        assertThat(probabilities.get(0) + probabilities.get(1)).isBetween(0.99999f, 1.00001f);
        int best = probabilities.get(0) >= probabilities.get(1) ? 0 : 1;
        assertThat(row.getString(2)).isEqualTo(List.of("dark", "light").get(best));
        assertThat(row.getFloat(3)).isEqualTo(probabilities.get(best));
        assertThat(row.getString(4)).isEqualTo("OK");
      }
    }
    assertThat(workspace.read(ModelsTable.SPEC).head().<String>getList(2))
        .containsExactly("dark", "light");
  }

  @Test
  void aRerunScoresOnlyWhatIsMissing() throws IOException {
    Workspace workspace = scored();
    String version = workspace.version(PredictionsTable.SPEC);
    String models = workspace.version(ModelsTable.SPEC);

    score(workspace, model, 16, 2);
    assertThat(workspace.version(PredictionsTable.SPEC)).isEqualTo(version);
    assertThat(workspace.version(ModelsTable.SPEC)).isEqualTo(models);

    // One image disappears from the table: only that one comes back.
    String gone = StableHash.id("image-3.png");
    workspace.replace(
        PredictionsTable.SPEC,
        workspace.read(PredictionsTable.SPEC).where(col("id").notEqual(gone)).localCheckpoint(),
        RunRecord.start("test", Map.of()));
    List<String> lines = new ArrayList<>();
    String location = model.toUri().toString();
    score(
        Options.with(
            ScoreConfig.class, "workspace", workspace.uri(), "model", location, "dry-run", true),
        lines::add);
    assertThat(lines).last().asString().contains("1 images would be scored", "nothing was written");
    assertThat(workspace.version(PredictionsTable.SPEC)).isEqualTo("predictions@1");
    score(workspace, model, 16, 2);
    assertThat(rows(workspace)).isEqualTo(expected);
    assertThat(workspace.version(PredictionsTable.SPEC)).isEqualTo("predictions@2");

    // Another model's rows stand beside the first one's.
    score(workspace, writeModel(folder.resolve("second"), 2), 16, 2);
    assertThat(rows(workspace)).hasSize(2 * expected.size()).containsAll(expected);
  }

  @Test
  void aRunNamesTheVersionOfTheModelThatItUsed() throws IOException {
    Workspace workspace = catalogued();
    String first = RunRecord.start("train", Map.of()).runId();
    String second = RunRecord.start("train", Map.of()).runId();
    publish(workspace, model, first);
    score(named(workspace, "vit"), Progress.SILENT);
    publish(workspace, writeModel(folder.resolve("second"), 2), second);
    score(named(workspace, workspace.model("vit")), Progress.SILENT);
    score(named(workspace, "vit@" + first), Progress.SILENT);
    List<Row> models =
        workspace.read(ModelsTable.SPEC).orderBy(ModelsTable.USED_AT).collectAsList();
    assertThat(models)
        .extracting(row -> row.getString(1))
        .containsExactlyInAnyOrder(
            workspace.model("vit") + "/versions/" + first,
            workspace.model("vit") + "/versions/" + second);
    Dataset<Row> predictions = workspace.read(PredictionsTable.SPEC);
    assertThat(ModelClasses.find(workspace, predictions, Optional.empty())).hasSize(2);
    assertThat(ModelClasses.find(workspace, predictions, Optional.of("vit")))
        .isEqualTo(ModelClasses.find(workspace, predictions, Optional.of("vit@" + second)))
        .isNotEqualTo(ModelClasses.find(workspace, predictions, Optional.of("vit@" + first)));
    assertThat(workspace.record(PredictionsTable.SPEC).path("inputs").path("model").asText())
        .isEqualTo(workspace.model("vit") + "/versions/" + second);
  }

  private static void publish(Workspace workspace, Path model, String run) {
    org.sparkvit.training.output.ModelDestination.at(spark, workspace.model("vit"), true)
        .publish(model, run);
  }

  private static ScoreConfig named(Workspace workspace, String model) {
    return Options.with(
        ScoreConfig.class,
        "workspace",
        workspace.uri(),
        "model",
        model,
        "device",
        "cpu",
        "precision",
        "fp32",
        "partitions",
        2);
  }

  @Test
  void whatHasChangedIsScoredAgainAndFailuresAreWhenAsked() throws IOException {
    Workspace workspace = own();
    Path gone = folder.resolve("image-2.png");
    byte[] content = Files.readAllBytes(gone);
    Files.delete(gone);
    score(workspace, model, 16, 2);
    String failed = StableHash.id("image-2.png");
    String mended = StableHash.id("empty.png");
    assertThat(status(workspace, failed)).isEqualTo("MISSING");
    assertThat(status(workspace, mended)).isEqualTo("EMPTY");

    Files.write(gone, content);
    byte[] other = Files.readAllBytes(folder.resolve("image-6.png"));
    for (String name : List.of("image-5.png", "empty.png")) {
      Files.write(folder.resolve(name), other);
      catalogAgain(workspace, StableHash.id(name), folder.resolve(name));
    }
    score(workspace, model, 16, 2);
    assertThat(status(workspace, failed)).isEqualTo("MISSING");
    assertThat(status(workspace, mended)).isEqualTo("OK");
    assertThat(rows(workspace)).hasSize(IMAGES + 2);
    List<Row> same =
        workspace
            .read(PredictionsTable.SPEC)
            .where(col("id").isin(StableHash.id("image-5.png"), StableHash.id("image-6.png")))
            .select("sha256", "confidence")
            .collectAsList();
    assertThat(same).hasSize(2);
    assertThat(same.get(0)).isEqualTo(same.get(1));

    score(config(workspace, model, "fp32", 16, 2, 0, true), Progress.SILENT);
    assertThat(status(workspace, failed)).isEqualTo("OK");
    assertThat(rows(workspace)).hasSize(IMAGES + 2);
  }

  private static void catalogAgain(Workspace workspace, String id, Path file) throws IOException {
    workspace.replace(
        ImagesTable.SPEC,
        workspace
            .read(ImagesTable.SPEC)
            .where(col("id").notEqual(id))
            .unionByName(spark.createDataFrame(List.of(row(file, "OK")), ImagesTable.SPEC.schema()))
            .localCheckpoint(),
        RunRecord.start("test", Map.of()));
  }

  @Test
  void chunksGiveTheSameRows() throws IOException {
    Workspace workspace = catalogued();
    List<String> lines = new ArrayList<>();
    score(config(workspace, model, "fp32", 16, 2, 5, false), lines::add);
    assertThat(rows(workspace)).isEqualTo(expected);
    assertThat(lines)
        .filteredOn(
            line ->
                line.matches("score: \\d+ of 23 images scored, [\\d.]+ images/s, about .* to go"))
        // One more than 23 / 5 may come of the end of the order of ids.
        .hasSizeBetween(2, 5);
    // The last record tells of the whole run.
    JsonNode results = workspace.record(PredictionsTable.SPEC).path("results");
    assertThat(results.path("scored").asInt()).isEqualTo(IMAGES);
    assertThat(results.path("failed").asInt()).isEqualTo(2);
    assertThat(results.path("rows.predictions").asInt()).isEqualTo(IMAGES + 2);
  }

  @Test
  void aRunThatIsKilledLosesOnlyTheChunkItWasIn() throws IOException {
    Workspace workspace = catalogued();
    Progress killer =
        line -> {
          if (line.contains("to go")) {
            throw new IllegalStateException("killed");
          }
        };
    ScoreConfig config = config(workspace, model, "fp32", 16, 2, 5, false);
    assertThatThrownBy(() -> score(config, killer)).hasMessage("killed");
    List<String> first = rows(workspace);
    assertThat(first).hasSizeBetween(1, 10).isSubsetOf(expected);
    assertThat(workspace.read(ModelsTable.SPEC).count()).isEqualTo(1);
    List<String> lines = new ArrayList<>();
    score(config, lines::add);
    int rest = IMAGES + 2 - first.size();
    assertThat(lines.get(0))
        .contains(rest + " images with model", first.size() + " others have been scored before");
    assertThat(rows(workspace)).isEqualTo(expected);
  }

  @Test
  void twoRunsAtOnceShareTheWork() throws Exception {
    Workspace workspace = catalogued();
    ScoreConfig config = config(workspace, model, "fp32", 16, 2, 3, false);
    ExecutorService runs = Executors.newFixedThreadPool(2);
    try {
      List<Future<?>> both = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        both.add(runs.submit(() -> score(config, Progress.SILENT)));
      }
      for (Future<?> run : both) {
        run.get();
      }
    } finally {
      runs.shutdownNow();
    }
    assertThat(rows(workspace)).isEqualTo(expected);
    assertThat(workspace.read(ModelsTable.SPEC).count()).isEqualTo(1);
  }

  @Test
  void tooManyFailuresLaterOnKeepWhatCameBefore() throws IOException {
    Workspace workspace = own();
    Progress breaker =
        line -> {
          if (line.contains("to go")) {
            for (int i = 0; i < IMAGES; i++) {
              folder.resolve("image-" + i + ".png").toFile().delete();
            }
          }
        };
    assertThatThrownBy(() -> score(config(workspace, model, "fp32", 16, 2, 6, false), breaker))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("only what came before, ")
        .hasMessageContaining("MISSING (the file is gone)");
    List<String> rows = rows(workspace);
    assertThat(rows).hasSizeBetween(1, IMAGES);
    assertThat(rows.stream().filter(row -> row.contains("MISSING")).count())
        .isLessThanOrEqualTo(rows.size() / 2);
  }

  @Test
  void anotherPrecisionIsAnotherAnswerAndAgreementWithFp32IsSaidWhenAsked() throws IOException {
    Workspace workspace = scored();
    assertThat(precisions(workspace)).containsExactly("fp32");
    List<String> said = new ArrayList<>();
    score(
        Options.with(
            ScoreConfig.class,
            "workspace",
            workspace.uri(),
            "model",
            model.toUri().toString(),
            "device",
            "cpu",
            "precision",
            "int8",
            "partitions",
            2,
            "agreement-sample",
            10),
        said::add);
    assertThat(said)
        .anyMatch(line -> line.matches("score: of a sample of 10 images [\\d.]+ % get .* fp32"));
    assertThat(
            workspace.record(PredictionsTable.SPEC).path("results").path("agreement").asDouble(-1))
        .isBetween(0.0, 1.0);
    assertThat(precisions(workspace)).containsExactly("int8");
    assertThat(rows(workspace)).hasSameSizeAs(expected).isNotEqualTo(expected);
    // Any is good enough for auto.
    List<String> lines = new ArrayList<>();
    score(config(workspace, model, "auto", 16, 2, 0, false), lines::add);
    assertThat(lines).first().asString().contains("nothing to do");
    score(workspace, model, 16, 2);
    assertThat(rows(workspace)).isEqualTo(expected);
  }

  @Test
  void scaledDecodingIsAnotherAnswerAndAllPixelsAreBetter() throws IOException {
    NeedsTurboJpeg.assume();
    Workspace workspace = Workspace.at(spark, folder.resolve("workspace").toString());
    workspace.replace(
        ImagesTable.SPEC,
        spark.createDataFrame(
            List.of(photo("large", 400, 300), photo("small", 60, 40)), ImagesTable.SPEC.schema()),
        RunRecord.start("test", Map.of()));
    ScoreConfig exact = config(workspace, model, "fp32", 16, 2, 0, false);
    score(exact, Progress.SILENT);
    List<Row> whole = probabilities(workspace);
    score(scaled(workspace), Progress.SILENT);
    assertThat(probabilities(workspace)).as("all pixels will do").isEqualTo(whole);

    workspace.replace(
        PredictionsTable.SPEC,
        workspace.read(PredictionsTable.SPEC).limit(0),
        RunRecord.start("test", Map.of()));
    List<String> lines = new ArrayList<>();
    score(scaled(workspace), lines::add);
    assertThat(lines).anyMatch(line -> line.matches(".*same label as in fp32 of all pixels"));
    List<Row> part = probabilities(workspace);
    assertThat(part).hasSize(2).doesNotContainAnyElementsOf(whole.subList(0, 1));
    assertThat(part.get(1)).as("too small to be scaled").isEqualTo(whole.get(1));
    score(exact, Progress.SILENT);
    assertThat(probabilities(workspace)).isEqualTo(whole);
  }

  private ScoreConfig scaled(Workspace workspace) {
    return Options.with(
        ScoreConfig.class,
        "workspace",
        workspace.uri(),
        "model",
        model.toUri().toString(),
        "device",
        "cpu",
        "precision",
        "fp32",
        "partitions",
        2,
        "scaled-decoding",
        true,
        "agreement-sample",
        2);
  }

  private Row photo(String name, int width, int height) throws IOException {
    Path file = folder.resolve(name + ".jpg");
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < width * height; i++) {
      image.setRGB(i % width, i / width, i * 7919);
    }
    ImageIO.write(image, "jpg", file.toFile());
    return row(file, "OK");
  }

  /** By path; the large photo comes first. */
  private static List<Row> probabilities(Workspace workspace) {
    return workspace
        .read(PredictionsTable.SPEC)
        .orderBy(PredictionsTable.PATH)
        .select(PredictionsTable.PATH, PredictionsTable.PROBABILITIES)
        .collectAsList();
  }

  private static List<String> precisions(Workspace workspace) {
    return workspace
        .read(PredictionsTable.SPEC)
        .where(col(PredictionsTable.PROBABILITIES).isNotNull())
        .select(PredictionsTable.PRECISION)
        .distinct()
        .as(Encoders.STRING())
        .collectAsList();
  }

  @Test
  void filesThatHaveBecomeManyAreRewritten() throws IOException {
    Workspace workspace = catalogued();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      String gone = StableHash.id("image-" + i % IMAGES + ".png");
      rows.add(TableRow.prediction(gone, "x", "m" + i / IMAGES, null).build());
    }
    // A file for each of them.
    workspace.append(
        PredictionsTable.SPEC,
        "2000",
        spark.createDataFrame(
            new JavaSparkContext(spark.sparkContext()).parallelize(rows, rows.size()),
            PredictionsTable.SPEC.schema()),
        RunRecord.start("test", Map.of()),
        written -> {});
    assertThat(workspace.read(PredictionsTable.SPEC).inputFiles()).hasSize(24);
    long before = workspace.read(PredictionsTable.SPEC).count();
    score(workspace, model, 16, 2);
    assertThat(workspace.read(PredictionsTable.SPEC).inputFiles()).hasSize(1);
    assertThat(rows(workspace)).hasSize((int) before + IMAGES + 2);
  }

  private static String status(Workspace workspace, String id) {
    return workspace
        .read(PredictionsTable.SPEC)
        .where(col("id").equalTo(lit(id)))
        .select("status")
        .head()
        .getString(0);
  }

  @Test
  void tooManyFailuresPublishNothing() throws IOException {
    Workspace workspace = own();
    for (int i = 0; i < 15; i++) {
      Files.delete(folder.resolve("image-" + i + ".png"));
    }
    assertThatThrownBy(() -> score(workspace, model, 16, 2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--max-error-rate")
        .hasMessageContaining("MISSING (the file is gone), 15 images, e.g. '");
    assertThat(workspace.has(PredictionsTable.SPEC)).isFalse();
    assertThat(workspace.has(ModelsTable.SPEC)).isFalse();
  }

  @Test
  void aBatchThatIsNoWholeNumberOfBlocksIsRefused() throws IOException {
    Workspace workspace = catalogued();
    for (int batch : new int[] {0, 8, 17}) {
      assertThatThrownBy(() -> score(workspace, model, batch, 2))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("--batch-size is " + batch + "; use ");
    }
  }

  @Test
  void aModelThatIsNotThere() throws IOException {
    Workspace workspace = catalogued();
    assertThatThrownBy(() -> score(workspace, folder.resolve("nothing"), 16, 2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("does not exist");
    assertThatThrownBy(() -> score(workspace, Files.createDirectory(folder.resolve("e")), 16, 2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("config.json");
  }

  /** In a task, so that Spark wraps it; the command unwraps it. */
  @Test
  void aGpuThatIsNotThere() throws IOException {
    assumeThat(PyTorchRuntime.gpuCount()).isZero();
    Workspace workspace = catalogued();
    requireNoGpu(workspace);
    Path table = Path.of(URI.create(workspace.uri())).resolve(PredictionsTable.SPEC.name());
    assertThat(Files.exists(table) ? table.toFile().list() : new String[0])
        .noneMatch(name -> !name.startsWith("."));
  }

  @Test
  void aGpuThatIsNotThereIsSaidWhereNothingIsLeftToScore() throws IOException {
    assumeThat(PyTorchRuntime.gpuCount()).isZero();
    requireNoGpu(scored());
  }

  private void requireNoGpu(Workspace workspace) {
    assertThatThrownBy(
            () ->
                Main.main(
                    new String[] {
                      "score", "-w", workspace.uri(), "--model", model.toString(), "--device", "gpu"
                    }))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("PyTorch sees 0 GPUs");
  }

  @Test
  void aModelWhoseWeightsAreNoNumbers() throws IOException {
    Workspace workspace = catalogued();
    Path broken = writeModel(folder.resolve("broken"), 3);
    Checkpoint checkpoint = ModelDirectory.read(broken);
    Map<String, Tensor> tensors = new LinkedHashMap<>(checkpoint.tensors());
    // Each of them is a number, but no sum of them is.
    tensors.replaceAll((key, t) -> key.startsWith("classifier") ? filled(t, 3e38f) : t);
    ModelDirectory.write(
        broken, new Checkpoint(checkpoint.config(), checkpoint.preprocessor(), tensors));
    assertThatThrownBy(() -> score(workspace, broken, 16, 2))
        .hasMessageContaining("gives no numbers");
    tensors.replaceAll((key, t) -> key.equals("classifier.bias") ? filled(t, Float.NaN) : t);
    ModelDirectory.write(
        broken, new Checkpoint(checkpoint.config(), checkpoint.preprocessor(), tensors));
    assertThatThrownBy(() -> score(workspace, broken, 16, 2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(": NaN or infinite numbers in tensors (1): classifier.bias;");
    assertThat(workspace.has(PredictionsTable.SPEC)).isFalse();
  }

  private static Tensor filled(Tensor tensor, float value) {
    float[] values = new float[(int) tensor.elements()];
    Arrays.fill(values, value);
    return Tensor.of(values, tensor.shape().stream().mapToLong(Long::longValue).toArray());
  }

  @Test
  void modelsOfOtherFamiliesScoreAndThoseWithoutAHeadDoNot() throws IOException {
    Workspace workspace = catalogued();
    Path families = Path.of("src/test/resources/vit/families").toAbsolutePath();
    for (String name : List.of("vit-sharded", "deit-distilled", "dinov2-larger", "timm-deit3")) {
      score(workspace, families.resolve(name), 16, 2);
    }
    List<Row> counts =
        workspace
            .read(PredictionsTable.SPEC)
            .where(col(PredictionsTable.PROBABILITIES).isNotNull())
            .groupBy(PredictionsTable.MODEL)
            .count()
            .collectAsList();
    assertThat(counts).hasSize(4).allMatch(row -> row.getLong(1) == IMAGES);
    assertThatThrownBy(() -> score(workspace, families.resolve("dinov2-headless"), 16, 2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the checkpoint has no trained head (classifier.weight is absent)");
  }

  @Test
  void aScriptedNetworkIsScoredLikeAViTAndBothCostsAreKept() throws Exception {
    Workspace workspace = scored();
    Path scripted = Path.of("src/test/resources/vit/scripted").toAbsolutePath();
    // The file stands for its folder.
    score(workspace, scripted.resolve("model.pt"), 16, 2);
    Dataset<Row> rows =
        workspace
            .read(PredictionsTable.SPEC)
            .where(col(PredictionsTable.MODEL).equalTo(ModelDirectory.hash(scripted)));
    assertThat(rows.count()).isEqualTo(IMAGES + 2);
    List<Row> scored = rows.where(col(PredictionsTable.PROBABILITIES).isNotNull()).collectAsList();
    assertThat(scored).hasSize(IMAGES);
    PreprocessSpec input = PreprocessSpec.squash(16, 16, ResampleFilter.BILINEAR);
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    try (ScriptedSession session = ScriptedSession.open(scripted, Device.cpu())) {
      for (Row row : scored) {
        byte[] content = Files.readAllBytes(Path.of(row.<String>getAs(PredictionsTable.PATH)));
        byte[] rgb = decoder.decode(content, "x.png", input).pixels().rgb();
        ByteBuffer pixels = ByteBuffer.allocateDirect(rgb.length).put(0, rgb);
        double[] logits = new double[2];
        float[] given = session.logits(pixels, 1);
        for (int k = 0; k < 2; k++) {
          logits[k] = Math.exp(given[k]);
        }
        List<Float> probabilities = row.getList(row.fieldIndex(PredictionsTable.PROBABILITIES));
        assertThat((double) probabilities.get(0))
            .isCloseTo(logits[0] / (logits[0] + logits[1]), within(1e-5));
        assertThat(row.<String>getAs(PredictionsTable.PRECISION)).isEqualTo("fp32");
      }
    }
    Map<String, Row> costs = new HashMap<>();
    workspace
        .read(CostsTable.SPEC)
        .collectAsList()
        .forEach(row -> costs.put(row.getAs(CostsTable.MODEL), row));
    assertThat(costs).hasSize(2);
    Row cost = costs.get(ModelDirectory.hash(scripted));
    assertThat(cost.<Long>getAs(CostsTable.PARAMETERS)).isEqualTo(954);
    assertThat(cost.<Long>getAs(CostsTable.MULTIPLY_ADDS)).isEqualTo(23168);
    assertThat(cost.<Long>getAs(CostsTable.IMAGES)).isEqualTo(IMAGES + 2);
    assertThat(cost.<Double>getAs(CostsTable.IMAGES_PER_SECOND)).isPositive();
    assertThat(costs.get(ModelDirectory.hash(model)).<Long>getAs(CostsTable.PARAMETERS))
        .isEqualTo(
            ModelDirectory.read(model).config().parameterShapes().values().stream()
                .mapToLong(shape -> shape.stream().reduce(1L, (a, b) -> a * b))
                .sum());

    assertThatThrownBy(
            () -> score(config(workspace, scripted, "int8", 16, 2, 0, false), Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("leave --precision int8 out");
    assertThatThrownBy(
            () -> SharedModel.distribute(spark, scripted, "cpu", "fp32", ModelOutput.EMBEDDINGS))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("gives logits only");
  }
}
