package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * Joins images with their labels, their splits and the predictions of models. Every image has one
 * row for each model. Images without a label, a split or a prediction have a row, too. A prediction
 * belongs to an image by the rule of {@link SameContent}.
 */
public final class ScoredImages {
  /** The id of the image. */
  public static final String ID = ImagesTable.ID;

  /** The label of the image, or null where it has none. */
  public static final String LABEL = ImagesTable.LABEL;

  /** The split of the image, or null where it is in none. */
  public static final String SPLIT = SplitsTable.SPLIT;

  /** The hash of the model. */
  public static final String MODEL = PredictionsTable.MODEL;

  /**
   * Whether the model was given the image as it is now, even if it failed on it. It is never null.
   */
  public static final String TRIED = "tried";

  /** The most probable class, or null where there are no probabilities. */
  public static final String PREDICTED = PredictionsTable.PREDICTED;

  /**
   * The probability of the most probable class, 0 to 1, or null where there are no probabilities.
   */
  public static final String CONFIDENCE = PredictionsTable.CONFIDENCE;

  /**
   * The probabilities in the order of the model's classes, or null where there is no successful
   * prediction.
   */
  public static final String PROBABILITIES = PredictionsTable.PROBABILITIES;

  /**
   * The index of the label among the classes of the model, from 0. It is null where the image has
   * no label or the model does not know it.
   */
  public static final String LABEL_INDEX = "label_index";

  private static final String SAID_MODEL = "said_model";

  private ScoredImages() {}

  /**
   * Joins the tables.
   *
   * @param images rows of {@link ImagesTable} with the labels that count
   * @param splits rows of {@link SplitsTable}; absent where the data set was never split
   * @param predictions rows of {@link PredictionsTable}, of any models
   * @param models the classes of the models whose predictions count, in the order of the
   *     probabilities, by the model's hash
   * @param more further columns of {@code images} to keep, with names other than those above
   * @return the columns above, and {@code more}
   */
  public static Dataset<Row> join(
      Dataset<Row> images,
      Optional<Dataset<Row>> splits,
      Dataset<Row> predictions,
      Map<String, List<String>> models,
      Column... more) {
    List<Column> kept = new ArrayList<>(List.of(more));
    kept.add(col(ID));
    kept.add(col(LABEL));
    kept.add(col(ImagesTable.SHA256));
    Dataset<Row> rows = images.select(kept.toArray(new Column[0]));
    rows =
        splits.isPresent()
            ? rows.join(splits.get().select(ID, SPLIT), new String[] {ID}, "left")
            : rows.withColumn(SPLIT, lit(null).cast(DataTypes.StringType));
    Object[] hashes = models.keySet().toArray();
    rows =
        rows.withColumn(
            MODEL,
            hashes.length == 1
                ? lit(hashes[0])
                : explode(array(Arrays.stream(hashes).map(functions::lit).toArray(Column[]::new))));
    Column probabilities = col(PROBABILITIES);
    Dataset<Row> said =
        predictions
            .where(col(PredictionsTable.MODEL).isin(hashes))
            .select(
                col(PredictionsTable.ID),
                col(PredictionsTable.SHA256),
                col(PredictionsTable.MODEL).as(SAID_MODEL),
                when(probabilities.isNotNull(), col(PredictionsTable.PREDICTED)).as(PREDICTED),
                when(probabilities.isNotNull(), col(PredictionsTable.CONFIDENCE)).as(CONFIDENCE),
                probabilities);
    return SameContent.withRows(rows, said, col(MODEL).equalTo(col(SAID_MODEL)))
        .withColumn(TRIED, col(SAID_MODEL).isNotNull())
        .withColumn(LABEL_INDEX, ClassIndex.of(models).index(col(MODEL), col(LABEL)))
        .drop(ImagesTable.SHA256, SAID_MODEL);
  }

  /**
   * Returns the probability of the label, 0 to 1. It is null where the model does not know the
   * label, or has no prediction for the image.
   */
  public static Column labelProbability() {
    // Not apply: with ANSI, which is Spark 4's default, that takes an element of an array without
    // nulls for one that is never null, and gives 0 where the array or the index is.
    return functions.get(col(PROBABILITIES), col(LABEL_INDEX));
  }
}
