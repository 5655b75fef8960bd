package org.sparkvit.pipeline.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.TableWorkspace;
import org.sparkvit.TableWorkspace.Image;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.query.LabelDecisions;
import org.sparkvit.dataset.query.NewDecisions;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.dataset.workspace.Workspace;

class LabelChangesTest extends SparkTest {
  private static final StructType DECIDED =
      new StructType()
          .add(DecisionsTable.ID, DataTypes.StringType)
          .add(DecisionsTable.KIND, DataTypes.StringType)
          .add(DecisionsTable.VALUE, DataTypes.StringType)
          .add(DecisionsTable.REASON, DataTypes.StringType);

  @TempDir private Path folder;
  private TableWorkspace tables;

  @BeforeEach
  void catalog() {
    tables = TableWorkspace.at(spark, folder);
    catalog("cat", "cat", "dog");
  }

  private void catalog(String... labels) {
    List<Image> images = new ArrayList<>();
    for (String label : labels) {
      images.add(new Image("image " + images.size(), label, "OK", "web"));
    }
    tables.images(images);
  }

  /** Makes metrics from what is in the workspace, as far as their record goes. */
  private void evaluate() {
    Workspace workspace = tables.workspace();
    RunRecord record =
        RunRecord.start("evaluate", Map.of())
            .input(ImagesTable.SPEC.name(), workspace.version(ImagesTable.SPEC));
    if (workspace.has(DecisionsTable.SPEC)) {
      record.input(DecisionsTable.SPEC.name(), workspace.version(DecisionsTable.SPEC));
    }
    workspace.replace(
        MetricsTable.SPEC, spark.createDataFrame(List.of(), MetricsTable.SPEC.schema()), record);
  }

  private void decide(int image, String kind, String value) {
    Workspace workspace = tables.workspace();
    RunRecord record = RunRecord.start("decide", Map.of());
    Row row = RowFactory.create(TableWorkspace.id("image " + image), kind, value, "because");
    workspace.append(
        DecisionsTable.SPEC,
        record.runId(),
        new NewDecisions("review", "Ann", record.runId(), Instant.now())
            .onImages(
                workspace.read(ImagesTable.SPEC), spark.createDataFrame(List.of(row), DECIDED)),
        record,
        all -> {});
  }

  private OptionalLong changes() {
    Workspace workspace = Workspace.forReading(spark, folder.toString(), AsOf.LATEST);
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    return LabelChanges.count(
        spark,
        workspace,
        MetricsTable.SPEC,
        workspace.has(DecisionsTable.SPEC)
            ? new LabelDecisions(images, workspace.read(DecisionsTable.SPEC)).current()
            : images);
  }

  @Test
  void decisionsAndTheCatalogsLabelsCountFromTheMetricsOn() {
    evaluate();
    assertThat(changes()).hasValue(0);
    decide(0, DecisionsTable.LABEL, "dog");
    decide(2, DecisionsTable.EXCLUDE, null);
    assertThat(changes()).hasValue(2);
    // A new image is none whose label has changed, nor is one that is gone.
    catalog("cat", "fox", "dog", "cat");
    assertThat(changes()).hasValue(3);
    evaluate();
    assertThat(changes()).hasValue(0);
    decide(2, DecisionsTable.INCLUDE, null);
    assertThat(changes()).hasValue(1);
    catalog("cat", "fox");
    assertThat(changes()).hasValue(0);
  }
}
