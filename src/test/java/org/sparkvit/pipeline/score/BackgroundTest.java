package org.sparkvit.pipeline.score;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.core.Background;
import org.sparkvit.core.Labels;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.ml.VitImageClassifier;
import org.sparkvit.model.checkpoint.Checkpoint;
import org.sparkvit.model.checkpoint.ModelDirectory;
import org.sparkvit.model.checkpoint.PreprocessorConfig;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.training.recipe.InitialCheckpoint;
import org.sparkvit.training.recipe.Initialization;

/** What a model sees of a transparent image: the catalog's background, or the one it learnt. */
class BackgroundTest extends SparkTest {
  private static final Background WHITE = Background.parse("test", "white");

  @TempDir private Path folder;
  private Path drawing;
  private Path flat;
  private Path raw;

  @BeforeEach
  void draw() throws IOException {
    BufferedImage image = new BufferedImage(24, 24, BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(Color.BLACK);
    graphics.fillOval(4, 4, 12, 16);
    graphics.dispose();
    drawing = write("drawing.png", image);
    flat = write("flat.png", onto(image, Color.WHITE));
    raw = write("raw.png", onto(image, Color.BLACK));
  }

  private Path write(String name, BufferedImage image) throws IOException {
    Path file = folder.resolve(name);
    ImageIO.write(image, "png", file.toFile());
    return file;
  }

  private static BufferedImage onto(BufferedImage image, Color background) {
    BufferedImage opaque = new BufferedImage(24, 24, BufferedImage.TYPE_3BYTE_BGR);
    opaque.createGraphics().drawImage(image, 0, 0, background, null);
    return opaque;
  }

  private Path model(String name, Background background) {
    PreprocessorConfig preprocessor = PreprocessorConfig.squash(16);
    ViTConfig config = ViTConfig.of(16, 2, 2, 32, 16, 4, List.of("dark", "light"));
    Path directory = folder.resolve(name);
    ModelDirectory.write(
        directory,
        Checkpoint.random(
            config, background == null ? preprocessor : preprocessor.on(background), 1));
    return directory;
  }

  private Workspace catalog(String background) throws IOException {
    List<Row> rows = new ArrayList<>();
    for (Path file : List.of(drawing, flat, raw)) {
      rows.add(
          TableRow.image(file)
              .with(ImagesTable.LABEL, "dark")
              .with(ImagesTable.WIDTH, 24)
              .with(ImagesTable.HEIGHT, 24)
              .with(ImagesTable.CHANNELS, 4)
              .build());
    }
    Workspace workspace = Workspace.at(spark, folder.resolve("workspace").toString());
    workspace.replace(
        ImagesTable.SPEC,
        spark.createDataFrame(rows, ImagesTable.SPEC.schema()),
        RunRecord.start("catalog", Map.of("background", background)));
    return workspace;
  }

  private static List<String> score(Workspace workspace, Path model) {
    List<String> lines = new ArrayList<>();
    new ScoreStage()
        .run(
            spark,
            Options.with(
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
                1),
            lines::add);
    return lines;
  }

  /** Probabilities of an image by all models that have seen it, the latest last. */
  private static List<Object> said(Workspace workspace, Path file) {
    return workspace
        .read(PredictionsTable.SPEC)
        .where(col(PredictionsTable.ID).equalTo(StableHash.id(file.getFileName().toString())))
        .orderBy(PredictionsTable.SCORED_AT)
        .collectAsList()
        .stream()
        .map(row -> row.getAs(PredictionsTable.PROBABILITIES))
        .toList();
  }

  @Test
  void aModelSeesTheCatalogsBackgroundAndIsScoredAnewOnAnother() throws IOException {
    Path model = model("hub", null);
    Workspace workspace = catalog("none");
    score(workspace, model);
    assertThat(said(workspace, drawing)).isEqualTo(said(workspace, raw)).hasSize(1);
    assertThat(said(workspace, drawing)).isNotEqualTo(said(workspace, flat));

    workspace = catalog("white");
    assertThat(score(workspace, model)).anyMatch(line -> line.contains("score: 3 images"));
    assertThat(said(workspace, drawing)).hasSize(2);
    assertThat(said(workspace, drawing).get(1)).isEqualTo(said(workspace, flat).get(1));
    assertThat(said(workspace, drawing).get(1)).isNotEqualTo(said(workspace, raw).get(1));
  }

  @Test
  void aModelTrainedOnABackgroundIsUsedAsItWasTrainedAndThatIsSaid() throws IOException {
    Path model = model("trained", WHITE);
    Workspace workspace = catalog("none");
    assertThat(score(workspace, model))
        .anyMatch(
            line ->
                line.startsWith(
                    "score: the model was trained with --background #ffffff, the catalog says"
                        + " none"));
    assertThat(said(workspace, drawing)).isEqualTo(said(workspace, flat));
    workspace = catalog("white");
    assertThat(score(workspace, model)).noneMatch(line -> line.contains("--background"));
  }

  @Test
  void aTrainingTakesTheCatalogsBackgroundAndItsModelKeepsIt() throws IOException {
    Workspace workspace = catalog("#f0f0f0");
    Path white = model("trained", WHITE);
    InitialCheckpoint start =
        InitialCheckpoint.open(
            spark,
            workspace,
            new Initialization.Pretrained(white.toUri().toString(), OptionalInt.empty(), false),
            Labels.sorted(List.of("dark", "light")),
            1,
            RunRecord.start("test", Map.of()));
    assertThat(start.notes())
        .contains(
            "it was trained with --background #ffffff before; now it learns from images on"
                + " #f0f0f0, as the catalog says");
    Path out = folder.resolve("out");
    ModelDirectory.write(out, start.checkpoint());
    assertThat(ModelDirectory.read(out).preprocessor().background()).hasToString("#f0f0f0");
  }

  @Test
  void aPipelinePutsImagesOnItsBackgroundAndRefusesAnotherThanTheModelLearnt() {
    Dataset<Row> paths =
        spark
            .createDataset(List.of(drawing.toString(), flat.toString()), Encoders.STRING())
            .toDF("path");
    VitImageClassifier classifier =
        new VitImageClassifier()
            .setModelPath(model("hub", null).toUri().toString())
            .setDevice("cpu")
            .setBackground("white");
    List<Row> rows = classifier.transform(paths).select("probability").collectAsList();
    assertThat(rows.get(0)).isEqualTo(rows.get(1));
    classifier.setModelPath(model("trained", WHITE).toUri().toString()).setBackground("black");
    assertThatThrownBy(() -> classifier.transform(paths))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("background is '#000000', but the model was trained on '#ffffff'");
  }

  @Test
  void aBackgroundThatIsNoColourIsRefusedByTheModelsFile() throws IOException {
    Path model = model("odd", WHITE);
    Path file = model.resolve("preprocessor_config.json");
    Files.writeString(file, Files.readString(file).replace("#ffffff", "see-through"));
    assertThatThrownBy(() -> ModelDirectory.read(model))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("preprocessor_config.json: background is 'see-through'; use none,");
  }
}
