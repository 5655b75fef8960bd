package org.sparkvit.relabel;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.core.UserException;
import org.sparkvit.metrics.Calibration;
import org.sparkvit.table.CalibrationsTable;
import org.sparkvit.table.ModelClasses;
import org.sparkvit.table.PredictionsTable;
import scala.collection.Seq;

/** Predictions with the probabilities as a calibration mends them. */
final class CalibratedPredictions {
  private CalibratedPredictions() {}

  /**
   * Mends them; the class with the highest of the mended probabilities is the prediction.
   *
   * @param calibrations rows of {@link CalibrationsTable}
   * @param classes of the model, in the order of its probabilities
   * @return the rows of that model
   * @throws UserException when the model has not been calibrated
   */
  static Dataset<Row> of(
      Dataset<Row> predictions, Dataset<Row> calibrations, String model, List<String> classes) {
    List<Row> found =
        calibrations
            .where(col(CalibrationsTable.MODEL).equalTo(model))
            .select(CalibrationsTable.TEMPERATURE, CalibrationsTable.SHIFT)
            .limit(1)
            .collectAsList();
    if (found.isEmpty()) {
      throw new UserException(
          "table 'calibrations' says nothing of model "
              + ModelClasses.abbreviate(model)
              + "; run 'spark-vit calibrate --overwrite'");
    }
    Calibration calibration =
        new Calibration(found.get(0).getDouble(0), found.get(0).<Double>getList(1));
    UDF1<Seq<Float>, List<Float>> mend = probabilities -> mended(calibration, probabilities);
    Column probabilities = col(PredictionsTable.PROBABILITIES);
    Column names = functions.array(classes.stream().map(functions::lit).toArray(Column[]::new));
    Column best =
        element_at(names, array_position(probabilities, array_max(probabilities)).cast("int"));
    return predictions
        .where(col(PredictionsTable.MODEL).equalTo(model))
        .withColumn(
            PredictionsTable.PROBABILITIES,
            when(
                probabilities.isNotNull(),
                udf(mend, DataTypes.createArrayType(DataTypes.FloatType, false))
                    .apply(probabilities)))
        .withColumn(
            PredictionsTable.PREDICTED, when(probabilities.isNotNull(), best).otherwise(lit(null)));
  }

  private static List<Float> mended(Calibration calibration, Seq<Float> probabilities) {
    if (probabilities == null) {
      return null;
    }
    float[] values = new float[probabilities.size()];
    for (int c = 0; c < values.length; c++) {
      values[c] = probabilities.apply(c);
    }
    List<Float> mended = new ArrayList<>();
    for (float p : calibration.apply(values)) {
      mended.add(p);
    }
    return mended;
  }
}
