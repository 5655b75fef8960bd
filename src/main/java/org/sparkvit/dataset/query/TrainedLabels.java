package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.lit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Json;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.training.output.TrainedModel;

/**
 * Compares the labels that models were trained on with the labels that the catalog has now, as far
 * as the models' records tell.
 *
 * @param workspace the workspace that the models were trained in
 * @param splits the splits with the current labels
 */
public record TrainedLabels(Workspace workspace, CurrentSplits splits) {
  /**
   * The key of the hash of the labels that a model was trained on, in the record of its training.
   */
  public static final String HASH = "train_labels";

  /**
   * Returns an aggregate that hashes the columns {@code id} and {@code label}. It does not depend
   * on the order of the rows.
   */
  public static Column hash() {
    return expr("bit_xor(xxhash64(id, label))");
  }

  /** Returns a hash in the form that records have, with the number of images. */
  public static String text(long hash, long images) {
    return String.format(Locale.ROOT, "%016x-%d", hash, images);
  }

  private static String hash(Dataset<Row> train) {
    Row row = train.agg(hash(), count(lit(1))).first();
    return text(row.isNullAt(0) ? 0 : row.getLong(0), row.getLong(1));
  }

  /**
   * Returns a line for each model of this workspace that was trained on these splits with other
   * labels.
   *
   * @param hashes the hashes of the models to compare
   */
  public List<String> lines(Collection<String> hashes) {
    return ScoredModel.readAll(workspace).stream()
        .filter(model -> hashes.contains(model.hash()))
        .flatMap(model -> line(model.hash(), model.location()).stream())
        .toList();
  }

  private Optional<String> line(String model, String location) {
    // Models at other places were trained elsewhere, and their records may be out of reach.
    if (!location.startsWith(workspace.uri() + "/")) {
      return Optional.empty();
    }
    String file = location.replaceAll("/+$", "") + "/" + TrainedModel.RECORD;
    Optional<JsonNode> record = workspace.text(file).map(text -> Json.read(file, text));
    if (record.isEmpty()
        || !record.get().path("results").path("model_hash").asText().equals(model)
        || !record.get().path("results").has(HASH)
        || !splitVersion(record.get()).equals(workspace.version(SplitsTable.SPEC))) {
      return Optional.empty();
    }
    JsonNode results = record.get().path("results");
    List<String> classes = new ArrayList<>();
    Map<String, Long> then = new HashMap<>();
    results
        .path("label_counts")
        .fields()
        .forEachRemaining(
            entry -> {
              classes.add(entry.getKey());
              then.put(entry.getKey(), entry.getValue().path("train").asLong());
            });
    Dataset<Row> train = splits.rows().where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));
    Dataset<Row> known =
        train.sparkSession().createDataset(classes, Encoders.STRING()).toDF(SplitsTable.LABEL);
    Dataset<Row> now = train.join(broadcast(known), new String[] {SplitsTable.LABEL}, "left_semi");
    if (hash(now).equals(results.path(HASH).asText())) {
      return Optional.empty();
    }
    long fewer = 0;
    Map<String, Long> counts = new HashMap<>();
    now.groupBy(SplitsTable.LABEL)
        .count()
        .collectAsList()
        .forEach(row -> counts.put(row.getString(0), row.getLong(1)));
    for (Map.Entry<String, Long> entry : then.entrySet()) {
      fewer += Math.max(0, entry.getValue() - counts.getOrDefault(entry.getKey(), 0L));
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "model %s in %s learnt other labels: at least %,d of the %,d images that it was trained"
                + " on have another label now, or none; 'spark-vit train' learns the labels of now",
            ModelClasses.abbreviate(model),
            location,
            Math.max(1, fewer),
            then.values().stream().mapToLong(Long::longValue).sum()));
  }

  private static String splitVersion(JsonNode record) {
    return record.path("inputs").path(SplitsTable.SPEC.name()).asText();
  }
}
