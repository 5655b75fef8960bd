package org.sparkvit.pipeline.labels;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableWorkspace;
import org.sparkvit.TableWorkspace.Image;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.LabelNoiseTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.inference.EmbeddingSettings;
import org.sparkvit.training.data.TrainFixtures;

class LabelsStageTest extends SparkTest {
  @TempDir private Path folder;

  private final List<String> said = new ArrayList<>();

  private void labels(Path workspace, String model, String probabilities, IssueRule rule) {
    new LabelsStage()
        .run(
            spark,
            new LabelsConfig(
                workspace.toString(),
                Optional.ofNullable(model),
                Optional.ofNullable(probabilities),
                rule,
                3,
                0.01,
                5,
                1,
                new EmbeddingSettings("cpu", "fp32", 16, 1)),
            said::add);
  }

  @Test
  void embeddingsTellWhichLabelsAreWrong() throws Exception {
    Path workspace = folder.resolve("w");
    TrainFixtures.workspace(spark, workspace, 3);
    Workspace tables = Workspace.at(spark, workspace.toString());
    Dataset<Row> images = tables.read(ImagesTable.SPEC).where(ImagesTable.usable());
    List<String> wrong =
        images.orderBy(ImagesTable.ID).limit(4).collectAsList().stream()
            .map(row -> row.<String>getAs(ImagesTable.ID))
            .toList();
    Dataset<Row> spoiled =
        tables
            .read(ImagesTable.SPEC)
            .withColumn(
                ImagesTable.LABEL,
                functions
                    .when(
                        col(ImagesTable.ID).isin(wrong.toArray()),
                        functions
                            .when(col(ImagesTable.LABEL).equalTo("warm"), "cold")
                            .otherwise("warm"))
                    .otherwise(col(ImagesTable.LABEL)));
    tables.replace(ImagesTable.SPEC, spoiled, RunRecord.start("catalog", java.util.Map.of()));

    Path model = Path.of("src/test/resources/vit/families/dinov2-headless").toAbsolutePath();
    labels(workspace, model.toString(), null, IssueRule.PREDICTED_NEQ_GIVEN);
    Dataset<Row> checks = tables.read(LabelChecksTable.SPEC);
    assertThat(checks.count()).isEqualTo(images.count() - 1); // one is damaged
    List<String> issues =
        checks.where(col(LabelChecksTable.ISSUE)).collectAsList().stream()
            .map(row -> row.<String>getAs(LabelChecksTable.ID))
            .toList();
    assertThat(issues).containsAll(wrong);
    assertThat(issues).hasSizeLessThan(10);
    // The neighbours say the same.
    assertThat(
            checks
                .where(
                    col(LabelChecksTable.ID)
                        .isin(wrong.toArray())
                        .and(col(LabelChecksTable.AGREEMENT).lt(0.5))
                        .and(
                            col(LabelChecksTable.NEIGHBORS_LABEL)
                                .equalTo(col(LabelChecksTable.SUGGESTED))))
                .count())
        .isEqualTo(4);
    assertThat(said).anyMatch(line -> line.contains("of the true ones 100.0 % are found"));
    assertThat(
            tables
                .read(LabelNoiseTable.SPEC)
                .agg(functions.sum(LabelNoiseTable.IMAGES))
                .head()
                .getLong(0))
        .isEqualTo(checks.count());

    // The same from other partitions; what is embedded is not embedded again.
    List<Row> before = checks.orderBy(LabelChecksTable.ID).collectAsList();
    tables.replace(
        ImagesTable.SPEC,
        tables.read(ImagesTable.SPEC).repartition(7),
        RunRecord.start("catalog", java.util.Map.of()));
    labels(workspace, model.toString(), null, IssueRule.PREDICTED_NEQ_GIVEN);
    assertThat(tables.read(LabelChecksTable.SPEC).orderBy(LabelChecksTable.ID).collectAsList())
        .isEqualTo(before);
    assertThat(said).anyMatch(line -> line.contains(" 1 images are to be embedded"));
  }

  private Path written(String name, String... lines) throws IOException {
    return Files.writeString(folder.resolve(name), String.join("\n", lines) + "\n");
  }

  private Path fourImages() {
    Path workspace = folder.resolve("t");
    TableWorkspace.at(spark, workspace)
        .images(
            List.of(
                new Image("1.jpg", "cat", "OK", "web"),
                new Image("2.jpg", "cat", "OK", "web"),
                new Image("3.jpg", "dog", "OK", "web"),
                new Image("4.jpg", "dog", "EMPTY", "web")));
    return workspace;
  }

  @Test
  void aTableOfTheUsersIsJudged() throws IOException {
    Path workspace = fourImages();
    Path csv =
        written(
            "p.csv",
            "path,dog,cat",
            "file:/data/1.jpg,0.9,0.1",
            "file:/data/2.jpg,0.2,0.8",
            "file:/data/3.jpg,0.6,0.4",
            "file:/data/4.jpg,0.6,0.4",
            "file:/data/other.jpg,0.5,0.5");
    labels(workspace, null, csv.toString(), IssueRule.CONFIDENT_LEARNING);
    List<Row> checks =
        Workspace.at(spark, workspace.toString())
            .read(LabelChecksTable.SPEC)
            .orderBy(LabelChecksTable.PATH)
            .collectAsList();
    assertThat(checks)
        .extracting(
            row -> row.<String>getAs(LabelChecksTable.SUGGESTED),
            row -> row.<Double>getAs(LabelChecksTable.CONFIDENCE),
            row -> row.<Boolean>getAs(LabelChecksTable.ISSUE))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("dog", 0.1, true),
            org.assertj.core.groups.Tuple.tuple("cat", 0.8, false),
            org.assertj.core.groups.Tuple.tuple("dog", 0.6, false));
    assertThat(said).contains("labels: 3 of the 5 rows are about labelled images of the catalog");
  }

  @Test
  void labelsOfTheTableCountWhereItHasThem() throws IOException {
    Path workspace = fourImages();
    Path lines =
        written(
            "p.jsonl",
            "{\"id\":\""
                + TableWorkspace.id("1.jpg")
                + "\",\"label\":\"dog\",\"dog\":0.9,\"cat\":0.1}",
            "{\"id\":\""
                + TableWorkspace.id("3.jpg")
                + "\",\"label\":\"cat\",\"dog\":1,\"cat\":0}");
    labels(workspace, null, lines.toString(), IssueRule.PREDICTED_NEQ_GIVEN);
    assertThat(
            Workspace.at(spark, workspace.toString())
                .read(LabelChecksTable.SPEC)
                .orderBy(LabelChecksTable.PATH)
                .collectAsList())
        .extracting(
            row -> row.<String>getAs(LabelChecksTable.LABEL),
            row -> row.<Boolean>getAs(LabelChecksTable.ISSUE))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("dog", false),
            org.assertj.core.groups.Tuple.tuple("cat", true));
  }

  @Test
  void whatIsNoTableOfProbabilitiesIsRefused() throws IOException {
    Path workspace = fourImages();
    assertRefused(
        workspace, written("a.csv", "name,dog,cat", "x,1,0"), "neither a column 'id' nor 'path'");
    assertRefused(workspace, written("b.csv", "id,dog", "x,1"), "is needed for each class");
    assertRefused(
        workspace,
        written("c.csv", "id,dog,cat", "x,0.7,0.7"),
        "0 to 1 and sum to 1; the first is x");
    assertRefused(
        workspace,
        written("d.csv", "id,dog,cat", "x,,1", "y,0.5,0.5"),
        "1 rows hold what are no probabilities");
    assertRefused(workspace, written("e.csv", "id,dog,cat", "x,0,1", "x,0,1"), "has 2 rows for x");
    assertRefused(
        workspace, written("f.csv", "id,dog,cat", "x,0,1"), "none of its 1 rows is about");
    assertRefused(
        workspace,
        written("g.csv", "path,dog,bird", "file:/data/1.jpg,0.5,0.5"),
        "1 images have labels without a column of probabilities, such as 'cat'");
    assertRefused(workspace, folder.resolve("none.parquet"), "cannot be read");
    assertThatThrownBy(() -> labels(workspace, "m", "p", IssueRule.BOTH))
        .hasMessageContaining("not both");
  }

  private void assertRefused(Path workspace, Path table, String message) {
    assertThatThrownBy(() -> labels(workspace, null, table.toString(), IssueRule.BOTH))
        .isInstanceOf(UserException.class)
        .hasMessageContaining(message);
  }
}
