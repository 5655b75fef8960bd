package org.sparkvit.pipeline.repair;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableWorkspace;
import org.sparkvit.TableWorkspace.Image;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.query.LabelDecisions;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.RepairsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.repair.RepairConfig.WrongLabels;

class RepairStageTest extends SparkTest {
  @TempDir private Path folder;

  private final List<String> said = new ArrayList<>();

  private TableWorkspace workspace() {
    List<Image> images = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      images.add(
          new Image(
              "a" + i + ".jpg",
              i % 2 == 0 ? "cat" : "dog",
              i == 0 ? "EMPTY" : "OK",
              i % 10 == 3 ? " " : i < 60 ? "web" : "scan"));
    }
    List<Row> findings = new ArrayList<>();
    findings.add(finding("a0.jpg", "UNREADABLE", null));
    findings.add(finding("a1.jpg", "NEAR_DUPLICATE", "a2.jpg"));
    findings.add(finding("a1.jpg", "DARK", null));
    findings.add(finding("a5.jpg", "DARK", null));
    findings.add(finding("gone.jpg", "UNREADABLE", null));
    for (int i = 60; i < 90; i++) {
      findings.add(finding("a" + i + ".jpg", "BLURRY", null));
    }
    return TableWorkspace.at(spark, folder)
        .images(images)
        .table(FindingsTable.SPEC, findings)
        .table(
            LabelChecksTable.SPEC,
            List.of(
                check("a1.jpg", "dog", "cat", true),
                check("a7.jpg", "dog", "cat", true),
                check("a9.jpg", "dog", "cat", false),
                // Its label has changed since.
                check("a11.jpg", "cat", "dog", true)));
  }

  private static Row finding(String name, String kind, String related) {
    return RowFactory.create(
        TableWorkspace.id(name),
        "file:/data/" + name,
        null,
        kind,
        null,
        null,
        "why",
        related == null ? null : TableWorkspace.id(related));
  }

  private static Row check(String name, String label, String suggested, boolean issue) {
    return RowFactory.create(
        TableWorkspace.id(name),
        "file:/data/" + name,
        label,
        suggested,
        0.1,
        0.1,
        issue,
        issue,
        issue,
        true,
        issue,
        null,
        null,
        null,
        null);
  }

  private RepairConfig config(
      List<String> exclude, WrongLabels wrongLabels, List<String> required, double maxShare) {
    return new RepairConfig(
        folder.toString(),
        exclude,
        wrongLabels,
        required,
        Optional.empty(),
        maxShare,
        false,
        true,
        Optional.empty());
  }

  private Map<String, String> manifest() {
    String line =
        said.stream()
            .filter(each -> each.startsWith("repair: a manifest of what is left: "))
            .findFirst()
            .orElseThrow();
    assertThat(line).contains(": spark-vit catalog --overwrite");
    String uri = line.replaceAll(".* --input (\\S+).*", "$1");
    Map<String, String> labels = new TreeMap<>();
    Dataset<Row> rows = spark.read().parquet(uri);
    assertThat(rows.columns()).containsExactly("path", "label", "split", "source");
    rows.collectAsList()
        .forEach(row -> labels.put(row.getString(0).replaceAll(".*/", ""), row.getString(1)));
    return labels;
  }

  @Test
  void aConflictThatCorrectedLabelsHaveSettledIsNotActedOnAndAVerdictOnAnotherLabelNeither() {
    // a2 and a4 are both cat now, a6 and a7 differ still.
    workspace()
        .table(
            FindingsTable.SPEC,
            List.of(
                finding("a2.jpg", "LABEL_CONFLICT", "a2.jpg"),
                finding("a4.jpg", "LABEL_CONFLICT", "a2.jpg"),
                finding("a6.jpg", "LABEL_CONFLICT", "a6.jpg"),
                finding("a7.jpg", "LABEL_CONFLICT", "a6.jpg")));
    new RepairStage()
        .run(
            spark,
            config(List.of("LABEL_CONFLICT"), WrongLabels.RELABEL, List.of(), 0.2),
            said::add);
    assertThat(manifest())
        .hasSize(98)
        .doesNotContainKeys("a6.jpg", "a7.jpg")
        .containsEntry("a1.jpg", "cat")
        .containsEntry("a11.jpg", "dog");
    assertThat(said)
        .anyMatch(
            line ->
                line.contains("2 conflicts that are none any more and 1 verdicts on other labels"));
  }

  @Test
  void whatIsLeftOutIsADecisionThatCountsAtOnceAndCanBeTakenBack() {
    Workspace workspace = workspace().workspace();
    RepairConfig config =
        config(List.of("UNREADABLE", "NEAR_DUPLICATE"), WrongLabels.RELABEL, List.of(), 0.2);
    RunRecord record = new RepairStage().run(spark, config, said::add);
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    Dataset<Row> now = new LabelDecisions(images, workspace.read(DecisionsTable.SPEC)).current();
    assertThat(now.count()).isEqualTo(98);
    assertThat(now.where("path like '%a7.jpg'").first().<String>getAs("label")).isEqualTo("cat");
    new RepairStage().run(spark, config, said::add);
    assertThat(said).anyMatch(line -> line.contains("0 of 98 images are left out"));
    new RepairStage()
        .run(
            spark,
            Options.with(
                RepairConfig.class, "workspace", folder.toString(), "revert", record.runId()),
            said::add);
    assertThat(
            new LabelDecisions(images, workspace.read(DecisionsTable.SPEC))
                .current()
                .except(images)
                .count())
        .isZero();
  }

  @Test
  void whatThePolicyNamesIsLeftOut() {
    workspace();
    new RepairStage()
        .run(
            spark,
            config(List.of("UNREADABLE", "NEAR_DUPLICATE"), WrongLabels.EXCLUDE, List.of(), 0.2),
            said::add);
    assertThat(manifest())
        .hasSize(97)
        .doesNotContainKeys("a0.jpg", "a1.jpg", "a7.jpg")
        .containsEntry("a9.jpg", "dog")
        .containsEntry("a2.jpg", "cat");
    List<Row> rows =
        TableWorkspace.at(spark, folder)
            .workspace()
            .read(RepairsTable.SPEC)
            .orderBy(RepairsTable.PATH, RepairsTable.RULE)
            .collectAsList();
    assertThat(rows)
        .extracting(row -> row.getString(1).replaceAll(".*/", "") + " " + row.getString(4))
        .containsExactly(
            "a0.jpg UNREADABLE",
            "a1.jpg NEAR_DUPLICATE",
            "a1.jpg WRONG_LABEL",
            "a7.jpg WRONG_LABEL");
    assertThat(rows.get(1).getString(6)).isEqualTo(TableWorkspace.id("a2.jpg"));
    assertThat(rows.get(3).getString(5)).isEqualTo("likely cat; the label has 10.0 %");
  }

  @Test
  void labelsAreMended() {
    workspace();
    new RepairStage()
        .run(
            spark,
            config(List.of("NEAR_DUPLICATE"), WrongLabels.RELABEL, List.of(), 0.2),
            said::add);
    assertThat(manifest())
        .hasSize(99)
        .doesNotContainKey("a1.jpg")
        .containsEntry("a7.jpg", "cat")
        .containsEntry("a11.jpg", "dog");
  }

  @Test
  void imagesWithoutProvenanceAreRefused() {
    workspace();
    new RepairStage()
        .run(spark, config(List.of(), WrongLabels.KEEP, List.of("source"), 0.2), said::add);
    assertThat(manifest()).hasSize(90).doesNotContainKey("a13.jpg");
    assertThatThrownBy(
            () ->
                new RepairStage()
                    .run(
                        spark,
                        config(List.of(), WrongLabels.KEEP, List.of("licence"), 0.2),
                        said::add))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'licence'")
        .hasMessageContaining("[source]");
  }

  @Test
  void kindsThatLoseTheMostAreTold() {
    workspace();
    new RepairStage()
        .run(spark, config(List.of("BLURRY"), WrongLabels.KEEP, List.of(), 0.5), said::add);
    assertThat(said).anyMatch(line -> line.contains("warning: of source scan 75.0 % are left out"));
    assertThat(said).noneMatch(line -> line.contains("source web"));
  }

  @Test
  void tooMuchIsNotLeftOut() {
    workspace();
    assertThatThrownBy(
            () ->
                new RepairStage()
                    .run(
                        spark,
                        config(List.of("BLURRY"), WrongLabels.KEEP, List.of(), 0.2),
                        said::add))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("30.00 % of the images, more than --max-share 0.2");
    Path exports = folder.resolve("exports");
    assertThat(Files.exists(exports) ? exports.toFile().list() : new String[0]).isEmpty();
    assertThat(TableWorkspace.at(spark, folder).workspace().has(RepairsTable.SPEC)).isFalse();
  }

  @Test
  void aPolicyOfNothingIsRefused() {
    assertThatThrownBy(() -> config(List.of(), WrongLabels.KEEP, List.of(), 0.2))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("changes nothing");
  }
}
