package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.AssociationsTable;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LeakageTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.schema.SliceIssuesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.pipeline.catalog.CatalogConfig;
import org.sparkvit.pipeline.catalog.CatalogStage;
import org.sparkvit.pipeline.catalog.InputFormat;
import org.sparkvit.pipeline.split.SplitConfig;
import org.sparkvit.pipeline.split.SplitStage;
import org.sparkvit.tools.demo.AuditFindings;
import org.sparkvit.tools.demo.SampleDataset;
import org.sparkvit.tools.demo.SampleRecipe;

/** On drawn images with known defects. */
class AuditStageTest extends SparkTest {
  private static final int IMAGES = 600;

  @TempDir private static Path folder;
  private static Path data;

  @BeforeAll
  static void draw() {
    data = folder.resolve("data");
    SampleDataset.draw(data, SampleRecipe.usual(IMAGES, 3), Progress.SILENT);
  }

  private static String catalog(String name, Path images, InputFormat format) {
    String workspace = folder.resolve(name).toString();
    CatalogConfig config =
        Options.with(
            CatalogConfig.class,
            "workspace",
            workspace,
            "input",
            images,
            "format",
            format,
            "empty-label",
            "unlabelled",
            "max-error-rate",
            1,
            "overwrite",
            true);
    new CatalogStage().run(spark, config, Progress.SILENT);
    return workspace;
  }

  private static List<String> audit(String workspace) {
    List<String> lines = new ArrayList<>();
    new AuditStage()
        .run(spark, Options.with(AuditConfig.class, "workspace", workspace), lines::add);
    return lines;
  }

  private static Dataset<Row> table(String workspace, TableSpec table) {
    return Workspace.at(spark, workspace).read(table);
  }

  @Test
  void plantedDefectsAreFound() {
    String workspace = catalog("planted", data.resolve(SampleDataset.IMAGES), InputFormat.AUTO);
    List<String> lines = audit(workspace);
    assertThat(lines).anyMatch(line -> line.contains(" 600 images are to be measured"));
    assertThat(lines).anyMatch(line -> line.contains("98.5 % at 24, 84.8 % at 31"));
    assertThat(lines).anyMatch(line -> line.contains("no splits yet"));

    AuditFindings findings = AuditFindings.check(spark, workspace, data);
    Map<String, Double> shares = shares(findings);
    for (String whole :
        List.of("truncated", "empty", "not_an_image", "broken_data", "exact_copy", "drawn_gray")) {
      assertThat(shares.get(whole)).as(whole).isEqualTo(100);
    }
    assertThat(shares.get("reencoded")).isGreaterThanOrEqualTo(70);
    assertThat(findings.planted() / (double) findings.pairs()).isGreaterThan(0.9);

    // Each image counts in one group; what cannot be decoded repeats nothing.
    Dataset<Row> duplicates = table(workspace, DuplicatesTable.SPEC);
    assertThat(duplicates.select("id").distinct().count()).isEqualTo(duplicates.count());
    Dataset<Row> unreadable =
        table(workspace, FindingsTable.SPEC).where(col("finding").equalTo("UNREADABLE"));
    assertThat(unreadable.count()).isPositive();
    assertThat(unreadable.join(duplicates, "id").count()).isZero();
    assertThat(
            unreadable
                .select("id")
                .join(table(workspace, FindingsTable.SPEC), "id")
                .where(col("finding").notEqual("UNREADABLE"))
                .count())
        .isZero();

    // Again: nothing is measured, and the findings are the same rows.
    List<Row> before = sorted(table(workspace, FindingsTable.SPEC));
    assertThat(audit(workspace)).anyMatch(line -> line.contains("0 images are to be measured"));
    assertThat(sorted(table(workspace, FindingsTable.SPEC))).isEqualTo(before);

    // Duplicates stay together in splits, so that nothing leaks.
    new SplitStage().run(spark, split(workspace), Progress.SILENT);
    assertThat(audit(workspace)).noneMatch(line -> line.contains("leakage"));
    assertThat(table(workspace, LeakageTable.SPEC).count()).isZero();

    // No image is farther from its representative than was asked.
    new AuditStage()
        .run(
            spark,
            Options.with(AuditConfig.class, "workspace", workspace, "near-distance", 8),
            Progress.SILENT);
    assertThat(table(workspace, DuplicatesTable.SPEC).where(col("distance").gt(8)).count())
        .isZero();
    assertThat(table(workspace, DuplicatesTable.SPEC).count()).isPositive();
  }

  /** In percent, by what was planted. */
  private static Map<String, Double> shares(AuditFindings findings) {
    return findings.lines().stream()
        .filter(line -> line.matches("  \\w+ +[\\d,]+ of .*"))
        .collect(
            Collectors.toMap(
                line -> line.strip().replaceAll(" .*", ""),
                line -> Double.parseDouble(line.replaceAll(".*\\(([\\d.]+) %\\)", "$1"))));
  }

  @Test
  void cropsAreFoundWhenAsked() throws IOException {
    Path images = copyOfSome("crops", 30);
    Path first;
    try (Stream<Path> files = Files.walk(images)) {
      first =
          files.filter(path -> path.toString().endsWith(".jpg")).sorted().findFirst().orElseThrow();
    }
    BufferedImage whole = ImageIO.read(first.toFile());
    int width = whole.getWidth() * 96 / 100;
    int height = whole.getHeight() * 96 / 100;
    Path crop = first.resolveSibling("crop.png");
    ImageIO.write(
        whole.getSubimage(
            (whole.getWidth() - width) / 3, (whole.getHeight() - height) / 2, width, height),
        "png",
        crop.toFile());
    String workspace = catalog("crops-w", images, InputFormat.AUTO);
    List<String> lines = new ArrayList<>();
    AuditConfig config =
        Options.with(AuditConfig.class, "workspace", workspace, "crops", true, "slices", "format");
    new AuditStage().run(spark, config, lines::add);
    assertThat(lines).anyMatch(line -> line.contains(" 31 images are to be hashed in parts"));
    assertThat(pathsAlike(workspace))
        .anyMatch(path -> path.endsWith("crop.png"))
        .anyMatch(path -> path.endsWith(first.getFileName().toString()));
    assertThat(
            table(workspace, DuplicatesTable.SPEC)
                .where(col("path").endsWith("crop.png"))
                .head()
                .<Integer>getAs("distance"))
        .isBetween(1, 31);

    // Again: no part is hashed, and the groups are the same rows.
    List<Row> before = table(workspace, DuplicatesTable.SPEC).orderBy("id").collectAsList();
    lines.clear();
    new AuditStage().run(spark, config, lines::add);
    assertThat(lines).anyMatch(line -> line.contains(" 0 images are to be hashed in parts"));
    assertThat(table(workspace, DuplicatesTable.SPEC).orderBy("id").collectAsList())
        .isEqualTo(before);

    // Kinds of images: each value of the column, and what goes with the label.
    assertThat(
            table(workspace, SliceIssuesTable.SPEC)
                .where(col("slice").equalTo("format").and(col("measure").equalTo("findings")))
                .agg(org.apache.spark.sql.functions.sum("images"))
                .head()
                .getLong(0))
        // One PNG image is too few to say something about.
        .isEqualTo(30);
    assertThat(
            table(workspace, AssociationsTable.SPEC)
                .where(col("attribute").isin("brightness", "area", "format"))
                .count())
        .isGreaterThanOrEqualTo(3);
    assertThatThrownBy(
            () ->
                new AuditStage()
                    .run(
                        spark,
                        Options.with(AuditConfig.class, "workspace", workspace, "slices", "colour"),
                        Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'colour'");
  }

  /** What a model of random weights takes for the same means little; but that is told. */
  @Test
  void imagesOfLikeMeaningAreFoundWhenAsked() throws IOException {
    Path images = copyOfSome("meanings", 40);
    String workspace = catalog("meanings-w", images, InputFormat.FOLDER);
    ViTConfig vit = ViTConfig.of(16, 2, 2, 32, 16, 4, List.of("ordinary", "sensitive"));
    Path model = folder.resolve("meanings-model");
    ModelDirectory.write(model, Checkpoint.random(vit, PreprocessorConfig.squash(16), 1));
    AuditConfig config =
        Options.with(
            AuditConfig.class,
            "workspace",
            workspace,
            "semantic-from",
            model.toUri(),
            "semantic-cosine",
            0.8,
            "device",
            "cpu",
            "decode-threads",
            1,
            "slices",
            "");
    List<String> lines = new ArrayList<>();
    new AuditStage().run(spark, config, lines::add);
    assertThat(lines)
        .anyMatch(line -> line.matches("audit: pairs of like meaning, cosine 0.80 or more; .*"))
        .anyMatch(line -> line.contains("SEMANTIC_DUPLICATE"));
    Dataset<Row> found =
        table(workspace, FindingsTable.SPEC).where(col("finding").equalTo("SEMANTIC_DUPLICATE"));
    assertThat(found.count()).isPositive();
    assertThat(found.where(col("related").geq(col("id"))).count()).isZero();
    assertThat(found.where(col("score").between(0, 0.2 + 1e-9)).count()).isEqualTo(found.count());

    assertThatThrownBy(
            () -> Options.with(AuditConfig.class, "workspace", "w", "semantic-cosine", 0.5))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--semantic-cosine");
  }

  private static List<String> pathsAlike(String workspace) {
    return table(workspace, DuplicatesTable.SPEC).select("path").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static List<Row> sorted(Dataset<Row> rows) {
    return rows.orderBy("id", "finding").collectAsList();
  }

  private static SplitConfig split(String workspace) {
    return Options.with(
        SplitConfig.class,
        "workspace",
        workspace,
        "train",
        0.6,
        "validation",
        0.2,
        "test",
        0.2,
        "seed",
        1,
        "given",
        "ignore");
  }

  private static Path copyOfSome(String name, int count) throws IOException {
    Path images = Files.createDirectories(folder.resolve(name));
    try (Stream<Path> files = Files.walk(data.resolve(SampleDataset.IMAGES))) {
      for (Path file :
          files.filter(path -> path.toString().endsWith(".jpg")).sorted().limit(count).toList()) {
        Path target = images.resolve(file.getParent().getFileName()).resolve(file.getFileName());
        Files.createDirectories(target.getParent());
        Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return images;
  }

  @Test
  void onlyWhatIsNewOrChangedIsMeasured() throws IOException {
    Path images = copyOfSome("growing", 12);
    String workspace = catalog("incremental", images, InputFormat.FOLDER);
    assertThat(audit(workspace)).anyMatch(line -> line.contains("12 images are to be measured"));
    List<Path> files;
    try (Stream<Path> walk = Files.walk(images)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    Files.copy(files.get(0), files.get(1), StandardCopyOption.REPLACE_EXISTING);
    Files.copy(files.get(2), files.get(2).resolveSibling("new.jpg"));
    catalog("incremental", images, InputFormat.FOLDER);
    assertThat(audit(workspace)).anyMatch(line -> line.contains(" 2 images are to be measured"));
    assertThat(table(workspace, PixelsTable.SPEC).count()).isEqualTo(13);
    assertThat(
            table(workspace, DuplicatesTable.SPEC)
                .where(col("kind").equalTo(DuplicatesTable.BYTES))
                .count())
        .isGreaterThanOrEqualTo(4);
  }

  /** One file three times in train and twice in test, with another label once. */
  @Test
  void leakageCountsAllPairsAndNotWhatAGroupKeeps() throws IOException {
    Path images = copyOfSome("leaking", 6);
    List<Path> files;
    try (Stream<Path> walk = Files.walk(images)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    Path other = Files.createDirectories(images.resolve("other"));
    for (int copy = 1; copy < 4; copy++) {
      Files.copy(files.get(0), files.get(0).resolveSibling("copy" + copy + ".jpg"));
    }
    Files.copy(files.get(0), other.resolve("copy4.jpg"));
    String workspace = catalog("leakage", images, InputFormat.FOLDER);
    Dataset<Row> splits =
        table(workspace, ImagesTable.SPEC)
            .selectExpr(
                "id",
                "label",
                "case when path like '%copy3%' or path like '%copy4%' then 'test' else 'train' end"
                    + " as split",
                "cast(null as string) as `" + SplitsTable.GROUP + "`");
    Workspace.at(spark, workspace)
        .replace(SplitsTable.SPEC, splits, RunRecord.start("split", Map.of()));
    // All of a format are one group here: the six of train and the two of test.
    new AuditStage()
        .run(
            spark,
            Options.with(AuditConfig.class, "workspace", workspace, "group-column", "format"),
            Progress.SILENT);
    assertThat(
            table(workspace, LeakageTable.SPEC)
                .where(col("kind").equalTo(LeakageTable.GROUP))
                .where(col("split").equalTo("test"))
                .select("other", "images", "pairs", "share")
                .collectAsList())
        .containsExactly(RowFactory.create("train", 2L, 2 * trained(workspace), 1.0));
    Map<String, Row> rows =
        table(workspace, LeakageTable.SPEC)
            .where(col("kind").equalTo("BYTES"))
            .collectAsList()
            .stream()
            .collect(Collectors.toMap(row -> row.<String>getAs(LeakageTable.SPLIT), row -> row));
    assertThat(rows.keySet()).containsExactlyInAnyOrder("train", "test");
    for (Row row : rows.values()) {
      assertThat(row.<Long>getAs(LeakageTable.PAIRS)).isEqualTo(6);
      assertThat(row.<Long>getAs(LeakageTable.CONFLICTS)).isEqualTo(3);
    }
    assertThat(rows.get("train").<Long>getAs(LeakageTable.IMAGES)).isEqualTo(3);
    assertThat(rows.get("test").<Long>getAs(LeakageTable.IMAGES)).isEqualTo(2);
    assertThat(rows.get("test").<Double>getAs(LeakageTable.SHARE)).isCloseTo(1, within(1e-12));
    List<String> leaked =
        table(workspace, FindingsTable.SPEC)
            .where(col("finding").equalTo("LEAKED"))
            .select("path")
            .collectAsList()
            .stream()
            .map(row -> row.getString(0).replaceAll(".*/", ""))
            .toList();
    assertThat(leaked).containsExactlyInAnyOrder("copy3.jpg", "copy4.jpg");
    assertThat(
            table(workspace, FindingsTable.SPEC)
                .where(col("finding").equalTo("LABEL_CONFLICT"))
                .count())
        .isGreaterThanOrEqualTo(5);
  }

  private static long trained(String workspace) {
    return table(workspace, SplitsTable.SPEC).where(col("split").equalTo("train")).count();
  }

  @Test
  void mistakesInOptions() {
    assertThatThrownBy(() -> Options.with(AuditConfig.class, "workspace", "w", "near-distance", 32))
        .isInstanceOf(UserException.class)
        .hasMessage("--near-distance is 32; use from 0 to 31");
    assertThatThrownBy(() -> Options.with(AuditConfig.class, "workspace", "w", "hash-quality", 101))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--hash-quality");
  }
}
