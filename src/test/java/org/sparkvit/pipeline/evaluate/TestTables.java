package org.sparkvit.pipeline.evaluate;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.TableRow;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;

/** Collects the rows of a small workspace and writes it. */
final class TestTables {
  private static final StructType WITH_SLICES =
      ImagesTable.SPEC
          .schema()
          .add("source", DataTypes.StringType)
          .add("year taken", DataTypes.IntegerType);

  private final List<Row> images = new ArrayList<>();
  private final List<Row> splits = new ArrayList<>();
  private final List<Row> predictions = new ArrayList<>();
  private final List<Row> models = new ArrayList<>();

  /** An image with its two columns for slices; {@code split} may be null. */
  String image(String name, String label, String split, String source, Integer year) {
    String id = StableHash.id(name);
    images.add(
        TableRow.image(WITH_SLICES, id, name)
            .with(ImagesTable.LABEL, label)
            .with(ImagesTable.SHA256, sha256(name))
            .with("source", source)
            .with("year taken", year)
            .build());
    if (split != null) {
      // Splits are of labelled images; null in a column without nulls would shift Parquet's values.
      splits.add(RowFactory.create(id, label == null ? "lost since" : label, split, null));
    }
    return id;
  }

  void model(String hash, List<String> classes) {
    models.add(
        RowFactory.create(
            hash, "file:/models/name-of-" + hash, classes, Timestamp.from(Instant.EPOCH)));
  }

  void prediction(String name, String model, String predicted, float... probabilities) {
    prediction(name, sha256(name), model, predicted, 0, probabilities);
  }

  /**
   * A row of predictions.
   *
   * @param probabilities none for a failure
   */
  void prediction(
      String name,
      String sha256,
      String model,
      String predicted,
      long time,
      float... probabilities) {
    predictions.add(
        TableRow.prediction(StableHash.id(name), name, model, predicted, probabilities)
            .with(PredictionsTable.LABEL, "label at the time")
            .with(PredictionsTable.SHA256, sha256)
            .with(PredictionsTable.SCORED_AT, Timestamp.from(Instant.ofEpochSecond(time)))
            .build());
  }

  static String sha256(String name) {
    return StableHash.sha256(name.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Writes the tables, each in so many partitions; without splits if there are none. */
  Workspace write(SparkSession spark, String uri, int partitions) {
    Workspace workspace = Workspace.at(spark, uri);
    RunRecord record = RunRecord.start("test", java.util.Map.of());
    workspace.replace(
        ImagesTable.SPEC, table(spark, images, WITH_SLICES).repartition(partitions), record);
    workspace.replace(ModelsTable.SPEC, table(spark, models, ModelsTable.SPEC.schema()), record);
    writePredictions(spark, workspace, partitions);
    if (!splits.isEmpty()) {
      workspace.replace(
          SplitsTable.SPEC,
          table(spark, splits, SplitsTable.SPEC.schema()).repartition(partitions),
          record);
    }
    return workspace;
  }

  /** Writes the predictions alone. */
  void writePredictions(SparkSession spark, Workspace workspace, int partitions) {
    workspace.replace(
        PredictionsTable.SPEC,
        table(spark, predictions, PredictionsTable.SPEC.schema()).repartition(partitions),
        RunRecord.start("test", java.util.Map.of()));
  }

  private static Dataset<Row> table(SparkSession spark, List<Row> rows, StructType schema) {
    return spark.createDataFrame(rows, schema);
  }
}
