package org.sparkvit.table;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;

import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.DataException;

/** What models last said of each content of an image. */
public final class LatestPredictions {
  /** A struct with the predicted class and the probabilities; both null where it was a failure. */
  public static final String SAID = "said";

  /** The classes of a row's model, in the order of its probabilities. */
  public static final String CLASSES = "classes";

  private LatestPredictions() {}

  /**
   * One row for each image content and model, with their three columns and {@link #SAID}. Reruns
   * may leave several: a success beats a failure, a later one an earlier one.
   */
  public static Dataset<Row> of(Dataset<Row> predictions) {
    return predictions
        .groupBy(PredictionsTable.ID, PredictionsTable.MODEL, PredictionsTable.SHA256)
        .agg(
            max(struct(
                    col(PredictionsTable.PROBABILITIES).isNotNull(),
                    col(PredictionsTable.SCORED_AT),
                    col(PredictionsTable.PREDICTED),
                    col(PredictionsTable.PROBABILITIES)))
                .as(SAID));
  }

  /**
   * Checks predictions.
   *
   * @param rows with the columns predicted, probabilities and {@link #CLASSES}
   * @throws DataException when they do not fit the classes of their model
   */
  public static void requireSound(Dataset<Row> rows) {
    Column said = col(PredictionsTable.PROBABILITIES).isNotNull();
    Column count = size(col(PredictionsTable.PROBABILITIES));
    Row bad =
        rows.agg(
                count_if(said.and(count.notEqual(size(col(CLASSES))))),
                count_if(said.and(expr("exists(probabilities, p -> not (p >= 0 and p <= 1))"))),
                count_if(said.and(expr("not coalesce(array_contains(classes, predicted), false)"))))
            .first();
    complain(PredictionsTable.PROBABILITIES, bad.getLong(0), "another length than the classes");
    complain(PredictionsTable.PROBABILITIES, bad.getLong(1), "a number that is not in 0 to 1");
    complain(PredictionsTable.PREDICTED, bad.getLong(2), "no class of the model");
  }

  private static void complain(String column, long rows, String problem) {
    if (rows > 0) {
      throw new DataException(
          PredictionsTable.SPEC.name(),
          column,
          String.format(
              Locale.ROOT, "has %s in %,d rows; run 'spark-vit score' again", problem, rows));
    }
  }
}
