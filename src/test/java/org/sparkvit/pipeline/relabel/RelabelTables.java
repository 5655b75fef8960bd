package org.sparkvit.pipeline.relabel;

import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

/** Collects the rows of a small workspace of cats, dogs and birds, and writes it. */
final class RelabelTables {
  static final String MODEL = "abc123";
  static final List<String> CLASSES = List.of("cat", "dog", "bird");

  private static final StructType SCHEMA =
      ImagesTable.SPEC
          .schema()
          .add("kind", DataTypes.StringType)
          .add("year taken", DataTypes.IntegerType)
          .add("name", DataTypes.StringType);

  private final List<Row> images = new ArrayList<>();
  private final List<Row> splits = new ArrayList<>();
  private final List<Row> predictions = new ArrayList<>();
  private final List<Row> models = new ArrayList<>();
  private final Map<String, List<String>> classes = new HashMap<>();

  RelabelTables() {
    model(MODEL, CLASSES);
  }

  void model(String hash, List<String> names) {
    classes.put(hash, names);
    models.add(RowFactory.create(hash, "file:/m/of-" + hash, names, Timestamp.from(Instant.EPOCH)));
  }

  /** An image named {@code data/NAME} with a prediction of the model, none for no numbers. */
  void image(String name, String label, String split, float... probabilities) {
    unscored(name, label, split, null, "OK");
    if (probabilities.length > 0) {
      said(MODEL, name, sha256(name), 1, probabilities);
    }
  }

  void unscored(String name, String label, String split, String given, String status) {
    String id = StableHash.id("data/" + name);
    images.add(
        TableRow.image(SCHEMA, id, "file:/x/data/" + name)
            .with(ImagesTable.LABEL, label)
            .with(ImagesTable.GIVEN_SPLIT, given)
            .with(ImagesTable.SHA256, sha256(name))
            .with(ImagesTable.STATUS, status)
            .with("kind", name.substring(0, 1))
            .with("year taken", name.length())
            .with("name", name)
            .build());
    if (split != null) {
      splits.add(RowFactory.create(id, label, split, null));
    }
  }

  /** A row of predictions; a failure where there are no numbers. */
  void said(String model, String name, String sha256, long time, float... probabilities) {
    int best = 0;
    for (int i = 0; i < probabilities.length; i++) {
      best = probabilities[i] > probabilities[best] ? i : best;
    }
    predictions.add(
        TableRow.prediction(
                StableHash.id("data/" + name),
                "file:/x/data/" + name,
                model,
                classes.get(model).get(best),
                probabilities)
            .with(PredictionsTable.LABEL, "as it was")
            .with(PredictionsTable.SHA256, sha256)
            .with(PredictionsTable.SCORED_AT, Timestamp.from(Instant.ofEpochSecond(time)))
            .build());
  }

  static String sha256(String name) {
    return StableHash.sha256(name.getBytes(StandardCharsets.UTF_8));
  }

  /** Writes the tables in so many partitions; without splits if there are none. */
  Workspace write(SparkSession spark, String uri, int partitions) {
    Workspace workspace = Workspace.at(spark, uri);
    RunRecord record = RunRecord.start("test", Map.of());
    workspace.replace(
        ImagesTable.SPEC, spark.createDataFrame(images, SCHEMA).repartition(partitions), record);
    workspace.replace(
        ModelsTable.SPEC, spark.createDataFrame(models, ModelsTable.SPEC.schema()), record);
    workspace.replace(
        PredictionsTable.SPEC,
        spark.createDataFrame(predictions, PredictionsTable.SPEC.schema()).repartition(partitions),
        record);
    if (!splits.isEmpty()) {
      workspace.replace(
          SplitsTable.SPEC,
          spark.createDataFrame(splits, SplitsTable.SPEC.schema()).repartition(partitions),
          record);
    }
    return workspace;
  }
}
