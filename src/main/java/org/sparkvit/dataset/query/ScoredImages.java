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
 * Images, their labels, their splits and what models said of them: every image once for each model.
 * Images without a label, a split or a prediction are rows like any other. A prediction belongs to
 * an image by the rule of {@link SameContent}.
 */
public final class ScoredImages {
  /** Id of the image. */
  public static final String ID = ImagesTable.ID;

  /** Label of the image; null where it has none. */
  public static final String LABEL = ImagesTable.LABEL;

  /** Split of the image; null where it is in none. */
  public static final String SPLIT = SplitsTable.SPLIT;

  /** Hash of the model. */
  public static final String MODEL = PredictionsTable.MODEL;

  /** Whether the model was given the image as it is now, be it without success; never null. */
  public static final String TRIED = "tried";

  /** The most probable class; null where there are no probabilities. */
  public static final String PREDICTED = PredictionsTable.PREDICTED;

  /** Probability of the most probable class, 0 to 1; null where there are no probabilities. */
  public static final String CONFIDENCE = PredictionsTable.CONFIDENCE;

  /** Probabilities in the order of the model's classes; null where the model said nothing. */
  public static final String PROBABILITIES = PredictionsTable.PROBABILITIES;

  /** Index of the label among the classes of the model, from 0; null where it has none. */
  public static final String LABEL_INDEX = "label_index";

  private static final String SAID_MODEL = "said_model";

  private ScoredImages() {}

  /**
   * Joins the tables.
   *
   * @param images rows of {@link ImagesTable} with the labels that count
   * @param splits rows of {@link SplitsTable}; absent where the data set was never split
   * @param predictions rows of {@link PredictionsTable}, of any models
   * @param models the models whose predictions count: their classes, in the order of the
   *     probabilities, by hash
   * @param more columns of {@code images} to keep, each with a name that is none of these
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
   * The probability of the label, 0 to 1; null where the model does not know the label, or said
   * nothing of the image.
   */
  public static Column labelProbability() {
    return col(PROBABILITIES).apply(col(LABEL_INDEX));
  }
}
