package org.sparkvit.pipeline.explain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.dataset.schema.ExplanationsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.pipeline.score.ScoreConfig;
import org.sparkvit.pipeline.score.ScoreStage;
import org.sparkvit.training.data.TrainFixtures;

class ExplainStageTest extends SparkTest {
  private static final int IMAGES = 40;
  private static final int PATCHES = 16;

  @TempDir private Path folder;
  private final List<String> said = new ArrayList<>();
  private Workspace workspace;
  private Path model;

  @BeforeEach
  void scoredImages() throws Exception {
    StructType schema = ImagesTable.SPEC.schema().add("source", DataTypes.StringType);
    List<Row> images = new ArrayList<>();
    List<Row> splits = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      Path file = folder.resolve(i + ".png");
      byte[] rgb = TrainFixtures.pixels(i % 2, i);
      BufferedImage image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
      for (int p = 0; p < 256; p++) {
        image.setRGB(
            p % 16,
            p / 16,
            new Color(rgb[3 * p] & 0xff, rgb[3 * p + 1] & 0xff, rgb[3 * p + 2] & 0xff).getRGB());
      }
      ImageIO.write(image, "png", file.toFile());
      byte[] content = Files.readAllBytes(file);
      String id = StableHash.id(i + ".png");
      String label = i % 5 == 0 ? "warm" : TrainFixtures.LABELS.name(i % 2);
      images.add(
          TableRow.image(schema, id, file.toString())
              .with(ImagesTable.LABEL, label)
              .with(ImagesTable.BYTES, (long) content.length)
              .with(ImagesTable.SHA256, StableHash.sha256(content))
              .with(ImagesTable.WIDTH, 16)
              .with(ImagesTable.HEIGHT, 16)
              .with("source", i % 3 == 0 ? null : "web")
              .build());
      splits.add(RowFactory.create(id, label, i < 30 ? "test" : "train", null));
    }
    workspace = Workspace.at(spark, folder.resolve("w").toString());
    RunRecord record = RunRecord.start("test", Map.of());
    workspace.replace(ImagesTable.SPEC, spark.createDataFrame(images, schema), record);
    workspace.replace(
        SplitsTable.SPEC, spark.createDataFrame(splits, SplitsTable.SPEC.schema()), record);
    model = folder.resolve("model");
    ViTConfig vit = ViTConfig.of(16, 2, 2, 32, 16, 4, TrainFixtures.LABELS.names());
    ModelDirectory.write(model, Checkpoint.random(vit, PreprocessorConfig.squash(16), 11));
  }

  private void score() {
    ScoreConfig config =
        Options.with(
            ScoreConfig.class,
            "workspace",
            workspace.uri(),
            "model",
            model.toString(),
            "device",
            "cpu",
            "precision",
            "fp32",
            "decode-threads",
            1);
    new ScoreStage().run(spark, config, line -> {});
  }

  private ExplainConfig config(int images, int perGroup, int faithfulness, int batchSize) {
    return new ExplainConfig(
        workspace.uri(),
        model.toString(),
        Optional.empty(),
        images,
        perGroup,
        List.of("source"),
        Optional.of("warm"),
        Optional.of(0.5),
        faithfulness,
        3,
        "cpu",
        batchSize,
        1,
        true);
  }

  private List<Row> explained(ExplainConfig config) {
    new ExplainStage().run(spark, config, said::add);
    return workspace.read(ExplanationsTable.SPEC).orderBy(ExplanationsTable.ID).collectAsList();
  }

  /** Ids of the first of an order. */
  private static Set<String> first(List<Row> rows, int n, Comparator<Row> order) {
    return rows.stream()
        .sorted(order.thenComparing(row -> row.<String>getAs("id")))
        .limit(n)
        .map(row -> row.<String>getAs("id"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void eachRuleTakesItsImagesOfTheTestSplit() {
    score();
    List<Row> rows = explained(config(3, 2, 0, 8));
    List<Row> all =
        workspace
            .read(PredictionsTable.SPEC)
            .drop(PredictionsTable.LABEL)
            .join(workspace.read(SplitsTable.SPEC), "id")
            .join(workspace.read(ImagesTable.SPEC).select("id", "source"), "id")
            .where("split = 'test'")
            .collectAsList();
    Map<String, Set<String>> expected = new HashMap<>();
    Comparator<Row> confidence = Comparator.comparing(row -> -row.<Float>getAs("confidence"));
    List<Row> wrong =
        all.stream().filter(row -> !row.getAs("label").equals(row.getAs("predicted"))).toList();
    List<Row> right = all.stream().filter(row -> !wrong.contains(row)).toList();
    assertThat(wrong).hasSizeGreaterThan(5);
    assertThat(right).hasSizeGreaterThan(5);
    expected.put("confident mistake", first(wrong, 3, confidence));
    expected.put("confident and right", first(right, 3, confidence));
    Comparator<Row> doubt =
        Comparator.comparing(
            row -> Math.abs(row.<Float>getList(row.fieldIndex("probabilities")).get(1) - 0.5));
    expected.put("uncertain", first(all, 3, doubt));
    for (int k = 0; k < 2; k++) {
      String label = TrainFixtures.LABELS.name(k);
      int place = k;
      expected.put(
          "hard, labelled " + label,
          first(
              all.stream().filter(row -> row.getAs("label").equals(label)).toList(),
              2,
              Comparator.comparing(
                  row -> row.<Float>getList(row.fieldIndex("probabilities")).get(place))));
    }
    for (String source : List.of("web", "(missing)")) {
      expected.put(
          "confident mistake, source " + source,
          first(
              wrong.stream()
                  .filter(row -> (row.getAs("source") == null) == source.equals("(missing)"))
                  .toList(),
              2,
              confidence));
    }
    Map<String, Set<String>> found = new HashMap<>();
    for (Row row : rows) {
      row.<String>getList(row.fieldIndex("rules"))
          .forEach(rule -> found.computeIfAbsent(rule, r -> new TreeSet<>()).add(row.getAs("id")));
      assertThat(row.<String>getAs("split")).isEqualTo("test");
      assertThat(row.<String>getAs("status")).isEqualTo("OK");
    }
    assertThat(found).isEqualTo(expected);
    assertThat(said).noneMatch(line -> line.contains("lower is better"));
  }

  @Test
  void mapsAreOfPatchesAndTheSameInEveryBatch() throws Exception {
    score();
    List<Row> rows = explained(config(5, 2, 6, 8));
    assertThat(said).anyMatch(line -> line.contains("mean of 6 images"));
    int measured = 0;
    for (Row row : rows) {
      assertThat(row.<Integer>getAs("rows")).isEqualTo(4);
      assertThat(row.<Integer>getAs("columns")).isEqualTo(4);
      List<Float> attention = row.getList(row.fieldIndex("attention"));
      assertThat(attention).hasSize(2 * 2 * PATCHES);
      for (int head = 0; head < 4; head++) {
        double sum = 0;
        for (float value : attention.subList(head * PATCHES, (head + 1) * PATCHES)) {
          sum += value;
        }
        // The rest goes to the class token itself.
        assertThat(sum).isBetween(0.7, 1.0);
      }
      assertThat(row.<Float>getList(row.fieldIndex("rollout"))).hasSize(PATCHES);
      assertThat(row.<Float>getList(row.fieldIndex("gradient"))).hasSize(PATCHES);
      BufferedImage input = ImageIO.read(new ByteArrayInputStream(row.getAs("input")));
      assertThat(input.getWidth()).isEqualTo(16);
      if (row.getAs("deletion") != null) {
        measured++;
        Map<String, Double> deletion = row.getJavaMap(row.fieldIndex("deletion"));
        assertThat(deletion.keySet())
            .containsExactlyInAnyOrder("attention", "rollout", "gradient", "random");
        assertThat(deletion.values()).allMatch(value -> value > 0 && value < 1);
        assertThat(row.getJavaMap(row.fieldIndex("insertion"))).hasSize(4);
      }
    }
    assertThat(measured).isEqualTo(6);

    List<Row> one = explained(config(5, 2, 6, 1));
    assertThat(one).hasSameSizeAs(rows);
    for (int i = 0; i < rows.size(); i++) {
      assertThat(one.get(i).<String>getAs("id")).isEqualTo(rows.get(i).getAs("id"));
      List<Float> before = rows.get(i).getList(rows.get(i).fieldIndex("gradient"));
      List<Float> now = one.get(i).getList(one.get(i).fieldIndex("gradient"));
      for (int p = 0; p < PATCHES; p++) {
        assertThat(now.get(p)).isCloseTo(before.get(p), within(1e-6f));
      }
    }
  }

  @Test
  void mistakesHaveTheImagesOfTheTrainSplitThatAreMostLikeThem() {
    score();
    List<Row> rows = explained(config(5, 2, 0, 8));
    Map<String, float[]> embeddings = new HashMap<>();
    for (Row row : workspace.read(EmbeddingsTable.SPEC).collectAsList()) {
      List<Float> values = row.getList(row.fieldIndex("embedding"));
      float[] embedding = new float[values.size()];
      for (int i = 0; i < embedding.length; i++) {
        embedding[i] = values.get(i);
      }
      embeddings.put(row.getAs("id"), embedding);
    }
    Map<String, String> train = new HashMap<>();
    workspace
        .read(SplitsTable.SPEC)
        .where("split = 'train'")
        .collectAsList()
        .forEach(row -> train.put(row.getAs("id"), row.getAs("label")));
    long mistakes = rows.stream().filter(ExplainStageTest::isMistake).count();
    assertThat(mistakes).isGreaterThan(3);
    // No other image was embedded.
    assertThat(embeddings).hasSize((int) (train.size() + mistakes));
    double[] mean = new double[16];
    embeddings
        .values()
        .forEach(
            embedding -> {
              for (int i = 0; i < mean.length; i++) {
                mean[i] += embedding[i] / embeddings.size();
              }
            });
    for (Row row : rows) {
      int place = row.fieldIndex("nearest");
      if (!isMistake(row)) {
        assertThat(row.isNullAt(place)).isTrue();
        continue;
      }
      List<Row> nearest = row.getList(place);
      assertThat(nearest).hasSize(3);
      List<String> expected =
          train.keySet().stream()
              .sorted(
                  Comparator.comparingDouble(
                      id ->
                          -cosine(
                              embeddings.get(row.<String>getAs("id")), embeddings.get(id), mean)))
              .limit(3)
              .toList();
      for (int i = 0; i < 3; i++) {
        Row near = nearest.get(i);
        assertThat(near.<Integer>getAs("rank")).isEqualTo(i + 1);
        assertThat(near.<String>getAs("id")).isEqualTo(expected.get(i));
        assertThat(near.<String>getAs("label")).isEqualTo(train.get(expected.get(i)));
        assertThat((double) near.<Float>getAs("cosine"))
            .isCloseTo(
                cosine(
                    embeddings.get(row.<String>getAs("id")), embeddings.get(expected.get(i)), mean),
                within(1e-4));
      }
    }
  }

  @Test
  void withoutNearestNothingIsEmbedded() {
    score();
    ExplainConfig c = config(2, 0, 0, 8);
    ExplainConfig none =
        new ExplainConfig(
            c.workspace(),
            c.model(),
            Optional.empty(),
            2,
            0,
            List.of(),
            Optional.empty(),
            Optional.empty(),
            0,
            0,
            "cpu",
            8,
            1,
            true);
    assertThat(explained(none)).allMatch(row -> row.getAs("nearest") == null);
    assertThat(workspace.has(EmbeddingsTable.SPEC)).isFalse();
  }

  private static boolean isMistake(Row row) {
    return !row.getAs("label").equals(row.getAs("predicted"));
  }

  private static double cosine(float[] a, float[] b, double[] mean) {
    double product = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < mean.length; i++) {
      product += (a[i] - mean[i]) * (b[i] - mean[i]);
      first += (a[i] - mean[i]) * (a[i] - mean[i]);
      second += (b[i] - mean[i]) * (b[i] - mean[i]);
    }
    return product / Math.sqrt(first * second);
  }

  @Test
  void anImageThatIsGoneByNowIsARowWithAReason() throws Exception {
    score();
    for (int i = 0; i < IMAGES; i += 2) {
      Files.delete(folder.resolve(i + ".png"));
    }
    List<Row> rows = explained(config(10, 0, 3, 4));
    Map<Boolean, List<Row>> byMap =
        rows.stream().collect(Collectors.partitioningBy(row -> row.getAs("rollout") != null));
    assertThat(byMap.get(true)).isNotEmpty();
    assertThat(byMap.get(false))
        .isNotEmpty()
        .allMatch(row -> row.getAs("reason") != null && row.getAs("input") == null);
    assertThat(said).anyMatch(line -> line.contains("have no map (see reason)"));
  }

  @Test
  void whatCannotBeExplainedIsALine() {
    workspaceWithoutPredictions();
    score();
    ExplainConfig good = config(1, 0, 0, 8);
    assertThatThrownBy(() -> explained(with(good, "nowhere", "warm", 0.5)))
        .isInstanceOf(UserException.class)
        .hasMessage("--split 'nowhere' is no split of the data set; there are [test, train]");
    assertThatThrownBy(() -> explained(with(good, null, "hot", 0.5)))
        .isInstanceOf(UserException.class)
        .hasMessage("--positive 'hot' is no class of the model; choose one of [cold, warm]");
    assertThatThrownBy(() -> with(good, null, null, 0.5))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--positive");
    assertThatThrownBy(() -> config(0, 0, 0, 8))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--images");
    ViTConfig vit = ViTConfig.of(16, 2, 2, 32, 16, 4, TrainFixtures.LABELS.names());
    ModelDirectory.write(model, Checkpoint.random(vit, PreprocessorConfig.squash(16), 12));
    assertThatThrownBy(() -> explained(good))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has no predictions of the test split; run 'spark-vit score' first");
  }

  private void workspaceWithoutPredictions() {
    assertThatThrownBy(() -> explained(config(1, 0, 0, 8)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("spark-vit score");
  }

  private ExplainConfig with(ExplainConfig of, String split, String positive, Double threshold) {
    return new ExplainConfig(
        of.workspace(),
        of.model(),
        Optional.ofNullable(split),
        of.images(),
        of.perGroup(),
        of.slices(),
        Optional.ofNullable(positive),
        Optional.ofNullable(threshold),
        of.faithfulness(),
        of.nearest(),
        of.device(),
        of.batchSize(),
        of.decodeThreads(),
        of.overwrite());
  }
}
