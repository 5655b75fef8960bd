package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.size;

import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.DataException;
import org.sparkvit.dataset.schema.PredictionsTable;

/** Checks that predictions fit their models. People may also bring tables of their own. */
public final class PredictionChecks {
  private PredictionChecks() {}

  /**
   * Checks predictions.
   *
   * @param rows rows with the columns {@code model}, {@code predicted} and {@code probabilities}
   * @param classes the classes of these models
   * @throws DataException when probabilities or predicted classes do not fit the classes of their
   *     model
   */
  public static void requireSound(Dataset<Row> rows, ClassIndex classes) {
    Column model = col(PredictionsTable.MODEL);
    Column said = col(PredictionsTable.PROBABILITIES).isNotNull();
    Column count = size(col(PredictionsTable.PROBABILITIES));
    Row bad =
        rows.agg(
                count_if(said.and(count.notEqual(classes.size(model)))),
                count_if(said.and(expr("exists(probabilities, p -> not (p >= 0 and p <= 1))"))),
                count_if(said.and(classes.index(model, col(PredictionsTable.PREDICTED)).isNull())))
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
