package org.sparkvit.pipeline.explain;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Which images are worth looking at. Each rule takes the first of an order, and of equal ones those
 * with the lower id, so that the same predictions give the same sample.
 */
final class SampleSelection {
  static final String MISTAKES = "confident mistake";
  static final String CONFIDENT = "confident and right";
  static final String UNCERTAIN = "uncertain";

  /** The row of {@code images}, as a struct: its user's columns may have any name. */
  static final String IMAGE = "image";

  private static final String DOUBT = "doubt";
  private static final String GIVEN = "given_probability";
  private static final String GROUP = "group";

  private SampleSelection() {}

  /**
   * What a model said of the images as they are now, of one split or of all.
   *
   * @param images rows of {@link ImagesTable} with the labels that count
   * @param splits absent where the data set was never split
   * @param split null for all
   * @param classes of the model
   * @return columns of {@link ScoredImages}, and {@link #IMAGE}
   */
  static Dataset<Row> scored(
      Dataset<Row> images,
      Optional<Dataset<Row>> splits,
      String split,
      Dataset<Row> predictions,
      String model,
      List<String> classes) {
    Dataset<Row> rows =
        ScoredImages.join(
                images, splits, predictions, Map.of(model, classes), struct("*").as(IMAGE))
            .where(col(ScoredImages.PROBABILITIES).isNotNull());
    return (split == null ? rows : rows.where(col(ScoredImages.SPLIT).equalTo(split)))
        .withColumn(GIVEN, coalesce(ScoredImages.labelProbability(), lit(0f)));
  }

  /**
   * Chooses.
   *
   * @param scored of {@link #scored}
   * @return the rules that took each image, by its id
   */
  static Map<String, List<String>> choose(
      Dataset<Row> scored, ExplainConfig config, List<String> classes) {
    Column wrong = col(ImagesTable.LABEL).notEqual(col(ScoredImages.PREDICTED));
    Map<String, Dataset<Row>> rules = new LinkedHashMap<>();
    rules.put(MISTAKES, first(scored.where(wrong), config.images(), confidence()));
    rules.put(
        CONFIDENT,
        first(
            scored.where(col(ImagesTable.LABEL).equalTo(col(ScoredImages.PREDICTED))),
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
      Column value = concat(lit(slice + " "), SliceColumns.value(IMAGE, slice));
      ofEach(scored.where(wrong), value, confidence(), config.perGroup())
          .forEach(row -> add(chosen, row.getString(0), MISTAKES + ", " + row.getString(1)));
    }
    return chosen;
  }

  private static void add(Map<String, List<String>> chosen, String id, String rule) {
    chosen.computeIfAbsent(id, missing -> new ArrayList<>()).add(rule);
  }

  private static Column confidence() {
    return col(ScoredImages.CONFIDENCE).desc();
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
    Column probabilities = col(ScoredImages.PROBABILITIES);
    if (config.threshold().isPresent()) {
      return abs(
          element_at(probabilities, classes.indexOf(config.positive().orElseThrow()) + 1)
              .minus(config.threshold().get()));
    }
    Column second = element_at(array_sort(probabilities), -2);
    return array_max(probabilities).minus(when(size(probabilities).gt(1), second).otherwise(0f));
  }
}
