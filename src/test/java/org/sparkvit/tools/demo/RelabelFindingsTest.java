package org.sparkvit.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableRow;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.workspace.Workspace;

class RelabelFindingsTest extends SparkTest {
  @TempDir private Path folder;

  private final List<Row> images = new ArrayList<>();
  private final List<Row> relabels = new ArrayList<>();
  private final StringBuilder truth = new StringBuilder();

  @Test
  void precisionAndRecallAreOfThePlantedLabels() throws IOException {
    // Changed: three wrong ones mended, one right one spoiled.
    for (int i = 0; i < 3; i++) {
      image("wrong-changed-" + i, true, "train", "change", "OK");
    }
    image("right-changed", false, null, "change", "OK");
    // For review: two wrong ones in the test split, one in train, three right ones.
    image("wrong-review-0", true, "test", "review", "OK");
    image("wrong-review-1", true, "test", "review", "OK");
    image("wrong-review-2", true, "train", "review", "OK");
    for (int i = 0; i < 3; i++) {
      image("right-review-" + i, false, "test", "review", "OK");
    }
    // Kept: two wrong ones, one in train, and right ones; one that cannot be read counts nowhere.
    image("wrong-kept-0", true, "train", "keep", "OK");
    image("wrong-kept-1", true, "validation", "keep", "EXT_MISMATCH");
    image("right-kept", false, "train", "keep", "OK");
    image("broken", true, "train", "keep", "TRUNCATED");
    RelabelFindings findings = findings();
    assertThat(findings).isEqualTo(new RelabelFindings(13, 8, 5, 4, 3, 1, 6, 3));
    assertThat(findings.lines())
        .containsExactly(
            "Against the ground truth: 8 of 13 labels were planted wrong (61.54 %), 5 of them in"
                + " the train split",
            "  changed: 4 labels, 3 of them wrong ones made right: precision 0.750, recall 0.600 of"
                + " the train split's, 0.375 of all; 1 right ones made wrong",
            "  for review: 6 images, 3 of them with a wrong label: precision 0.500, recall 0.375 of"
                + " all",
            "  together: recall 0.750 of all; wrong labels after the changes 6 (46.15 %), and 3"
                + " once the review is done");
  }

  @Test
  void nothingHasNoShares() throws IOException {
    image("right", false, "train", "keep", "OK");
    assertThat(findings().lines())
        .anyMatch(line -> line.contains("changed: 0 labels") && line.contains("precision -"));
  }

  private void image(String name, boolean wrong, String split, String decision, String status) {
    String path = "file:/demo/data/images/ordinary/" + name + ".jpg";
    images.add(
        TableRow.image(name, path)
            .with(ImagesTable.LABEL, "ordinary")
            .with(ImagesTable.STATUS, status)
            .build());
    relabels.add(
        RowFactory.create(
            name,
            path,
            "ordinary",
            decision.equals("change") ? "sensitive" : "ordinary",
            "sensitive",
            0.9f,
            0.8f,
            decision,
            "any",
            0.9f,
            split,
            "model"));
    // What is no wrong label is in the ground truth, too.
    truth
        .append("{\"file_name\":\"ordinary/" + name + ".jpg\",\"defect\":\"")
        .append(wrong ? "flipped_label" : "exact_duplicate")
        .append("\",\"true_label\":\"" + (wrong ? "sensitive" : "ordinary") + "\"}\n");
  }

  private RelabelFindings findings() throws IOException {
    Files.writeString(folder.resolve(SampleDataset.GROUND_TRUTH), truth);
    Workspace workspace = Workspace.at(spark, folder.resolve("w").toString());
    RunRecord record = RunRecord.start("test", Map.of());
    workspace.replace(
        ImagesTable.SPEC, spark.createDataFrame(images, ImagesTable.SPEC.schema()), record);
    workspace.replace(
        RelabelsTable.SPEC, spark.createDataFrame(relabels, RelabelsTable.SPEC.schema()), record);
    return RelabelFindings.check(spark, workspace.uri(), folder);
  }
}
