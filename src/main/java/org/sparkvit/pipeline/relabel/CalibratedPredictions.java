package org.sparkvit.pipeline.relabel;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.query.ScalaCells;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.stats.metrics.Calibration;
import org.sparkvit.stats.metrics.ClassCalibration;
import org.sparkvit.stats.metrics.IsotonicScaling;
import org.sparkvit.stats.metrics.PlattScaling;
import scala.collection.Seq;

/** Applies a calibration to the probabilities of predictions. */
final class CalibratedPredictions {
  private CalibratedPredictions() {}

  /**
   * Returns the predictions of a model with calibrated probabilities. The prediction is the class
   * with the highest of these.
   *
   * @param predictions rows of {@link PredictionsTable}, of any models
   * @param calibrations rows of {@link CalibrationsTable}
   * @param model the hash of the model
   * @param classes the classes of the model, in the order of its probabilities
   * @throws UserException when the model has not been calibrated
   */
  static Dataset<Row> calibrate(
      Dataset<Row> predictions, Dataset<Row> calibrations, String model, List<String> classes) {
    List<Row> found =
        calibrations.where(col(CalibrationsTable.MODEL).equalTo(model)).limit(1).collectAsList();
    if (found.isEmpty()) {
      throw new UserException(
          "table 'calibrations' says nothing of model "
              + ModelClasses.abbreviate(model)
              + "; run 'spark-vit calibrate --overwrite'");
    }
    Calibration calibration = calibration(found.get(0));
    UDF1<Seq<Float>, List<Float>> mend = probabilities -> mended(calibration, probabilities);
    Column probabilities = col(PredictionsTable.PROBABILITIES);
    return predictions
        .where(col(PredictionsTable.MODEL).equalTo(model))
        .withColumn(
            PredictionsTable.PROBABILITIES,
            when(
                probabilities.isNotNull(),
                udf(mend, DataTypes.createArrayType(DataTypes.FloatType, false))
                    .apply(probabilities)))
        .withColumn(
            PredictionsTable.PREDICTED,
            ClassIndex.of(classes).name(ClassIndex.mostProbable(probabilities)));
  }

  private static Calibration calibration(Row row) {
    List<ClassCalibration> curves = new ArrayList<>();
    String method = row.getAs(CalibrationsTable.METHOD);
    if (method.equals(CalibrationsTable.PLATT)) {
      List<Double> slopes = list(row, CalibrationsTable.SLOPES);
      List<Double> intercepts = list(row, CalibrationsTable.INTERCEPTS);
      for (int c = 0; c < slopes.size(); c++) {
        curves.add(new PlattScaling(slopes.get(c), intercepts.get(c)));
      }
    } else if (method.equals(CalibrationsTable.ISOTONIC)) {
      List<Seq<Double>> from = list(row, CalibrationsTable.CURVE_FROM);
      List<Seq<Double>> to = list(row, CalibrationsTable.CURVE_TO);
      for (int c = 0; c < from.size(); c++) {
        curves.add(new IsotonicScaling(ScalaCells.list(from.get(c)), ScalaCells.list(to.get(c))));
      }
    }
    return new Calibration(
        row.<Double>getAs(CalibrationsTable.TEMPERATURE),
        list(row, CalibrationsTable.SHIFT),
        curves);
  }

  private static <T> List<T> list(Row row, String column) {
    return row.getList(row.fieldIndex(column));
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
