package org.sparkvit.pipeline.relabel;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.dataset.query.PredictionChecks;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * Decides about the label of each image by the predictions of a model. There is one row for each
 * image. It has the columns of {@link RelabelsTable}, {@link #IMAGE}, and those that {@link
 * PredictionChecks#requireSound} checks.
 */
final class RelabelDecisions {
  /** The row of {@code images} as a struct, as the user's own columns may have any name. */
  static final String IMAGE = "image";

  /** The column that says whether a person decided on the label. */
  private static final String PERSON = "person";

  private RelabelDecisions() {}

  /**
   * Decides about all images.
   *
   * @param images rows of {@link ImagesTable} with their current labels
   * @param splits rows of {@link SplitsTable}, or empty where the data set was never split; images
   *     without a split count as in the split that the catalog was given
   * @param predictions rows of {@link PredictionsTable}, of any models
   * @param model the hash of the model that decides
   * @param classes the classes of that model, in the order of its probabilities
   * @param people the ids of images whose label a person decided on, or empty where there are none
   */
  static Dataset<Row> of(
      Dataset<Row> images,
      Optional<Dataset<Row>> splits,
      Dataset<Row> predictions,
      String model,
      List<String> classes,
      Optional<Dataset<Row>> people,
      RelabelConfig config) {
    Dataset<Row> rows =
        ScoredImages.join(
                images,
                splits,
                predictions,
                Map.of(model, classes),
                struct("*").as(IMAGE),
                col(ImagesTable.PATH),
                col(ImagesTable.GIVEN_SPLIT))
            .withColumnRenamed(ScoredImages.LABEL, RelabelsTable.OLD_LABEL)
            .withColumn(
                RelabelsTable.SPLIT,
                coalesce(col(ScoredImages.SPLIT), col(ImagesTable.GIVEN_SPLIT)));
    rows =
        people.isPresent()
            ? rows.join(
                people.get().withColumn(PERSON, lit(true)), new String[] {RelabelsTable.ID}, "left")
            : rows.withColumn(PERSON, lit(false));
    Column probabilities = col(PredictionsTable.PROBABILITIES);
    Column sorted = sort_array(probabilities);
    Column second = when(size(probabilities).gt(1), element_at(sorted, -2)).otherwise(lit(0f));
    return rows.withColumn(RelabelsTable.CONFIDENCE, array_max(probabilities))
        .withColumn(RelabelsTable.MARGIN, col(RelabelsTable.CONFIDENCE).minus(second))
        .withColumn(
            RelabelsTable.VALUE,
            when(
                    col(RelabelsTable.OLD_LABEL).isNull(),
                    lit(1f).minus(col(RelabelsTable.CONFIDENCE)))
                .otherwise(lit(1f).minus(ScoredImages.labelProbability())))
        .withColumn(RelabelsTable.REASON, reason(config))
        .withColumn(RelabelsTable.DECISION, decision())
        .withColumn(
            RelabelsTable.NEW_LABEL,
            when(
                    col(RelabelsTable.DECISION).equalTo(RelabelsTable.CHANGE),
                    col(RelabelsTable.PREDICTED))
                .otherwise(col(RelabelsTable.OLD_LABEL)));
  }

  /**
   * Returns the column of reasons. Thresholds are compared as floats, so that a probability of 0.9
   * meets a floor of 0.9.
   */
  private static Column reason(RelabelConfig config) {
    Column label = col(RelabelsTable.OLD_LABEL);
    Column predicted = col(RelabelsTable.PREDICTED);
    Column confidence = col(RelabelsTable.CONFIDENCE);
    Map<String, Double> floors = new HashMap<>(config.classFloors());
    double usual = config.minConfidence();
    UDF1<String, Float> floor = name -> floors.getOrDefault(name, usual).floatValue();
    Column high = confidence.geq(udf(floor, DataTypes.FloatType).apply(predicted));
    Column clear = col(RelabelsTable.MARGIN).geq(lit((float) config.minMargin()));
    Column open =
        coalesce(
            functions.not(col(SplitsTable.SPLIT).isin(config.protectedSplits().toArray())),
            lit(true));
    return when(functions.not(col(ScoredImages.TRIED)), id(Reason.NO_PREDICTION))
        .when(predicted.isNull(), id(Reason.FAILED))
        .when(label.equalTo(predicted), id(Reason.AGREES))
        .when(col(PERSON), id(Reason.DECIDED_BY_PERSON))
        .when(
            label.isNotNull().and(col(ScoredImages.LABEL_INDEX).isNull()), id(Reason.UNKNOWN_LABEL))
        .when(
            high.and(clear),
            when(functions.not(open), id(Reason.PROTECTED_SPLIT))
                .when(label.isNull(), id(Reason.NEWLY_LABELLED))
                .otherwise(id(Reason.CONFIDENT)))
        .when(label.isNull(), id(Reason.UNLABELLED))
        .when(high, id(Reason.SMALL_MARGIN))
        .when(confidence.geq(lit((float) config.reviewConfidence())), id(Reason.BELOW_FLOOR))
        .otherwise(id(Reason.UNSURE));
  }

  private static Column decision() {
    return when(
            col(RelabelsTable.REASON).isin(leadingTo(RelabelsTable.CHANGE)),
            lit(RelabelsTable.CHANGE))
        .when(
            col(RelabelsTable.REASON).isin(leadingTo(RelabelsTable.REVIEW)),
            lit(RelabelsTable.REVIEW))
        .otherwise(lit(RelabelsTable.KEEP));
  }

  private static Object[] leadingTo(String decision) {
    return Arrays.stream(Reason.values())
        .filter(reason -> reason.decision().equals(decision))
        .map(Reason::id)
        .toArray();
  }

  private static Column id(Reason reason) {
    return lit(reason.id());
  }

  /** Returns the rows with the columns of {@link RelabelsTable} only. */
  static Dataset<Row> table(Dataset<Row> decided) {
    return RelabelsTable.SPEC.check(
        decided.select(
            Arrays.stream(RelabelsTable.SPEC.schema().fieldNames())
                .map(functions::col)
                .toArray(Column[]::new)));
  }
}
