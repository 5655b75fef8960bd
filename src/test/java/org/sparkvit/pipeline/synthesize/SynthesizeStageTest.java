package org.sparkvit.pipeline.synthesize;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.SyntheticTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.DecodedImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.training.data.TrainFixtures;
import org.sparkvit.training.data.TrainingRows;
import org.sparkvit.training.recipe.RareClasses;

class SynthesizeStageTest extends SparkTest {
  /** 36 readable and one damaged image of the class cold, 12 of warm. */
  private static final int COLD = 37;

  private static final int WARM = 12;

  @TempDir private Path folder;

  private final List<String> said = new ArrayList<>();
  private Path root;
  private Workspace workspace;

  @BeforeEach
  void fixture() throws Exception {
    root = folder.resolve("w");
    TrainFixtures.workspace(spark, root, 3);
    workspace = Workspace.at(spark, root.toString());
  }

  private SynthesizeConfig config(List<Method> methods, Long target, long seed) {
    return new SynthesizeConfig(
        root.toString(),
        methods,
        Optional.ofNullable(target),
        new BlendSettings(0.4, 1, 0.2, 512, seed),
        true);
  }

  private List<Row> made(SynthesizeConfig config) {
    new SynthesizeStage().run(spark, config, said::add);
    return workspace.read(SyntheticTable.SPEC).orderBy(SyntheticTable.ID).collectAsList();
  }

  private static byte[] pixels(Path file) throws Exception {
    DecodedImage image =
        new ImageDecoder(DecodeLimits.DEFAULT).decode(Files.readAllBytes(file), "x.png");
    assertThat(image.isUsable()).as(file.toString()).isTrue();
    return image.pixels().rgb();
  }

  private static Path path(String uri) {
    return Path.of(java.net.URI.create(uri).getPath());
  }

  @Test
  void classesAreFilledFromPairsOfTheirTrainImages() throws Exception {
    List<Row> rows = made(config(List.of(Method.values()), null, 1));
    assertThat(rows).hasSize(COLD - WARM);
    assertThat(said).anyMatch(line -> line.contains("has been no audit"));
    Map<String, Row> images = new HashMap<>();
    Dataset<Row> splits = workspace.read(SplitsTable.SPEC).drop(SplitsTable.LABEL);
    workspace
        .read(ImagesTable.SPEC)
        .join(splits, "id")
        .collectAsList()
        .forEach(row -> images.put(row.getAs("id"), row));
    Map<String, Integer> uses = new HashMap<>();
    Map<String, Integer> methods = new HashMap<>();
    for (Row row : rows) {
      assertThat(row.<String>getAs("label")).isEqualTo("warm");
      Row first = images.get(row.<String>getAs("parent"));
      Row second = images.get(row.<String>getAs("other_parent"));
      assertThat(first.<String>getAs("split")).isEqualTo("train");
      assertThat(second.<String>getAs("split")).isEqualTo("train");
      assertThat(first.<String>getAs("id")).isNotEqualTo(second.getAs("id"));
      assertThat(first.<String>getAs("label")).isEqualTo("warm");
      uses.merge(first.getAs("id"), 1, Integer::sum);
      String method = row.getAs("method");
      methods.merge(method, 1, Integer::sum);
      Path file = path(row.getAs("path"));
      assertThat(StableHash.sha256(Files.readAllBytes(file))).isEqualTo(row.getAs("sha256"));
      assertThat(Files.size(file)).isEqualTo(row.<Long>getAs("bytes"));
      if (!method.equals("fourier")) {
        assertThat(second.<String>getAs("label")).isEqualTo("warm");
        checkMix(
            method,
            row.<Double>getAs("lambda"),
            pixels(path(first.getAs("path"))),
            pixels(path(second.getAs("path"))),
            pixels(file));
      } else {
        assertThat(row.<Double>getAs("lambda")).isBetween(0.02, 0.2);
      }
    }
    assertThat(methods.keySet()).containsExactlyInAnyOrder("mixup", "cutmix", "fourier");
    assertThat(uses).hasSize(WARM);
    assertThat(Collections.max(uses.values()) - Collections.min(uses.values())).isEqualTo(1);
    trainingShowsThemAndRefusesThoseOfOtherSplits();
  }

  private static void checkMix(String method, double lambda, byte[] a, byte[] b, byte[] made) {
    int ofFirst = 0;
    for (int i = 0; i < made.length; i++) {
      int first = a[i] & 0xFF;
      int second = b[i] & 0xFF;
      int value = made[i] & 0xFF;
      if (method.equals("mixup")) {
        assertThat((double) value).isCloseTo(lambda * first + (1 - lambda) * second, within(0.51));
      } else {
        assertThat(value).isIn(first, second);
        ofFirst += value == first ? 1 : 0;
      }
    }
    if (method.equals("cutmix")) {
      // A pixel of the box may agree by chance.
      assertThat(ofFirst / (double) made.length).isBetween(lambda - 1e-9, lambda + 0.05);
    }
  }

  private static List<Object> hashes(List<Row> rows) {
    return rows.stream().map(row -> row.getAs("sha256")).sorted().map(Object.class::cast).toList();
  }

  @Test
  void aSeedMakesTheSamePixelsAgainAndWhatLooksLikeATestImageIsNotKept() throws Exception {
    SynthesizeConfig config = config(List.of(Method.CUTMIX, Method.FOURIER), 20L, 3);
    List<Row> once = made(config);
    assertThat(hashes(made(config(config.methods(), 20L, 4))))
        .hasSize(20 - WARM)
        .isNotEqualTo(hashes(once));
    Row leak =
        once.stream()
            .filter(row -> row.<Integer>getAs("pdq_quality") >= 50)
            .findFirst()
            .orElseThrow();
    Row judging =
        workspace
            .read(SplitsTable.SPEC)
            .where(col("split").equalTo("validation"))
            .join(workspace.read(ImagesTable.SPEC), "id")
            .select("id", "sha256")
            .first();
    Object[] cells = new Object[PixelsTable.SPEC.schema().length()];
    cells[PixelsTable.SPEC.schema().fieldIndex("id")] = judging.getString(0);
    cells[PixelsTable.SPEC.schema().fieldIndex("sha256")] = judging.getString(1);
    cells[PixelsTable.SPEC.schema().fieldIndex("pdq")] = leak.getAs("pdq");
    cells[PixelsTable.SPEC.schema().fieldIndex("pdq_quality")] = 100;
    cells[PixelsTable.SPEC.schema().fieldIndex("status")] = "OK";
    workspace.replace(
        PixelsTable.SPEC,
        spark.createDataFrame(List.of(RowFactory.create(cells)), PixelsTable.SPEC.schema()),
        RunRecord.start("audit", Map.of()));
    List<Row> kept = made(config);
    List<Object> expected = new ArrayList<>(hashes(once));
    expected.remove(leak.<Object>getAs("sha256"));
    assertThat(hashes(kept)).isEqualTo(expected);
    assertThat(said).anyMatch(line -> line.contains("1 came to look like an image of validation"));
    Path files = path(kept.get(0).getAs("path")).getParent();
    try (Stream<Path> all = Files.list(files)) {
      assertThat(all.filter(file -> file.toString().endsWith(".png"))).hasSize(kept.size());
    }
  }

  private void trainingShowsThemAndRefusesThoseOfOtherSplits() {
    RunRecord record = RunRecord.start("train", Map.of());
    TrainingRows real =
        TrainingRows.read(
            workspace, workspace.read(ImagesTable.SPEC), false, false, RareClasses.KEPT, record);
    TrainingRows all =
        TrainingRows.read(
            workspace, workspace.read(ImagesTable.SPEC), false, true, RareClasses.KEPT, record);
    assertThat(all.samplesPerEpoch()).isEqualTo(real.samplesPerEpoch() + COLD - WARM);
    assertThat(all.images()).isEqualTo(real.images() + COLD - WARM);
    assertThat(all.rows().count()).isEqualTo(all.images());
    assertThat(all.validationImages()).isEqualTo(real.validationImages());

    String parent = workspace.read(SyntheticTable.SPEC).select("other_parent").first().getString(0);
    Dataset<Row> moved =
        workspace
            .read(SplitsTable.SPEC)
            .withColumn(
                "split", when(col("id").equalTo(parent), lit("validation")).otherwise(col("split")))
            .localCheckpoint();
    workspace.replace(SplitsTable.SPEC, moved, RunRecord.start("split", Map.of()));
    assertThatThrownBy(
            () ->
                TrainingRows.read(
                    workspace,
                    workspace.read(ImagesTable.SPEC),
                    false,
                    true,
                    RareClasses.KEPT,
                    record))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("are not in the train split now");
  }

  @Test
  void mistakes() {
    assertThatThrownBy(() -> config(List.of(), null, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--methods");
    assertThatThrownBy(() -> made(config(List.of(Method.MIXUP), 2L, 1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("nothing to make");
    Dataset<Row> one =
        workspace
            .read(SplitsTable.SPEC)
            .where("label = 'cold' or split = 'validation'")
            .union(
                workspace
                    .read(SplitsTable.SPEC)
                    .where("label = 'warm' and split = 'train'")
                    .orderBy("id")
                    .limit(1))
            .localCheckpoint();
    workspace.replace(SplitsTable.SPEC, one, RunRecord.start("split", Map.of()));
    assertThatThrownBy(() -> made(config(List.of(Method.MIXUP), 5L, 1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has one image to train on");
    List<Row> restyled = made(config(List.of(Method.MIXUP, Method.FOURIER), 5L, 1));
    assertThat(restyled).hasSize(4).allMatch(row -> row.getAs("method").equals("fourier"));
  }
}
