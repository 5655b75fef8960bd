package org.sparkvit.pipeline.explain;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.functions;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * Which images are worth looking at. Each rule takes the first of an order, and of equal ones those
 * with the lower id, so that the same predictions give the same sample.
 */
final class SampleSelection {
  static final String MISTAKES = "confident mistake";
  static final String CONFIDENT = "confident and right";
  static final String UNCERTAIN = "uncertain";

  private static final String DOUBT = "doubt";
  private static final String GIVEN = "given_probability";
  private static final String GROUP = "group";

  private SampleSelection() {}

  /**
   * What a model said of the images as they are now, of one split or of all.
   *
   * @param splits null where the data set was never split
   * @param split null for all
   * @param classes of the model
   */
  static Dataset<Row> scored(
      Dataset<Row> images,
      Dataset<Row> splits,
      String split,
      Dataset<Row> predictions,
      String model,
      List<String> classes) {
    Dataset<Row> said =
        predictions
            .where(
                col(PredictionsTable.MODEL)
                    .equalTo(model)
                    .and(col(PredictionsTable.PROBABILITIES).isNotNull()))
            .select(
                col(PredictionsTable.ID).as("said_id"),
                col(PredictionsTable.SHA256).as("said_sha256"),
                col(PredictionsTable.PREDICTED).as("said_predicted"),
                col(PredictionsTable.CONFIDENCE).as("said_confidence"),
                col(PredictionsTable.PROBABILITIES).as("said_probabilities"));
    Dataset<Row> rows =
        images.join(
            said,
            images
                .col(ImagesTable.ID)
                .equalTo(col("said_id"))
                .and(images.col(ImagesTable.SHA256).equalTo(col("said_sha256"))));
    if (splits == null) {
      rows = rows.withColumn("in_split", lit(null).cast("string"));
    } else {
      Dataset<Row> places =
          splits.select(col(SplitsTable.ID).as("split_id"), col(SplitsTable.SPLIT).as("in_split"));
      rows = rows.join(places, images.col(ImagesTable.ID).equalTo(col("split_id")), "left");
    }
    Column names = functions.array(classes.stream().map(functions::lit).toArray(Column[]::new));
    Column position = array_position(names, images.col(ImagesTable.LABEL)).cast("int");
    return (split == null ? rows : rows.where(col("in_split").equalTo(split)))
        .withColumn(
            GIVEN,
            coalesce(
                when(
                    position.gt(0),
                    element_at(
                        col("said_probabilities"), when(position.gt(0), position).otherwise(1))),
                lit(0f)));
  }

  /**
   * Chooses.
   *
   * @param scored of {@link #scored}
   * @return the rules that took each image, by its id
   */
  static Map<String, List<String>> choose(
      Dataset<Row> scored, ExplainConfig config, List<String> classes) {
    Column wrong = col(ImagesTable.LABEL).notEqual(col("said_predicted"));
    Map<String, Dataset<Row>> rules = new LinkedHashMap<>();
    rules.put(MISTAKES, first(scored.where(wrong), config.images(), confidence()));
    rules.put(
        CONFIDENT,
        first(
            scored.where(col(ImagesTable.LABEL).equalTo(col("said_predicted"))),
            config.images(),
            confidence()));
    rules.put(
        UNCERTAIN,
        first(
            scored.withColumn(DOUBT, distance(config, classes)),
            config.images(),
            col(DOUBT).asc()));
    Map<String, List<String>> chosen = new TreeMap<>();
    rules.forEach(
        (rule, rows) ->
            rows.select(ImagesTable.ID)
                .collectAsList()
                .forEach(row -> add(chosen, row.getString(0), rule)));
    Column label = col(ImagesTable.LABEL);
    ofEach(scored.where(label.isNotNull()), label, col(GIVEN).asc(), config.perGroup())
        .forEach(row -> add(chosen, row.getString(0), "hard, labelled " + row.getString(1)));
    for (String slice : config.slices()) {
      Column value = concat(lit(slice + " "), SliceColumns.value(slice));
      ofEach(scored.where(wrong), value, confidence(), config.perGroup())
          .forEach(row -> add(chosen, row.getString(0), MISTAKES + ", " + row.getString(1)));
    }
    return chosen;
  }

  private static void add(Map<String, List<String>> chosen, String id, String rule) {
    chosen.computeIfAbsent(id, missing -> new ArrayList<>()).add(rule);
  }

  private static Column confidence() {
    return col("said_confidence").desc();
  }

  private static Dataset<Row> first(Dataset<Row> rows, int count, Column order) {
    return rows.orderBy(order, col(ImagesTable.ID)).limit(count);
  }

  /** Ids and groups of the first of each group. */
  private static List<Row> ofEach(Dataset<Row> rows, Column group, Column order, int count) {
    return rows.withColumn(GROUP, group)
        .withColumn(
            "place",
            row_number().over(Window.partitionBy(col(GROUP)).orderBy(order, col(ImagesTable.ID))))
        .where(col("place").leq(count))
        .select(ImagesTable.ID, GROUP)
        .limit(ExplainConfig.MOST_IN_ALL + 1)
        .collectAsList();
  }

  /** From the threshold, or between the two most probable classes. */
  private static Column distance(ExplainConfig config, List<String> classes) {
    Column probabilities = col("said_probabilities");
    if (config.threshold() != null) {
      return abs(
          element_at(probabilities, classes.indexOf(config.positive()) + 1)
              .minus(config.threshold()));
    }
    Column second = element_at(array_sort(probabilities), -2);
    return array_max(probabilities).minus(when(size(probabilities).gt(1), second).otherwise(0f));
  }
}
