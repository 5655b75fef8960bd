package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.query.PredictionChecks;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.query.TrainedLabels;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.ReliabilityTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.ThresholdsTable;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;
import org.sparkvit.stats.metrics.Calibration;

/**
 * Reads {@code images}, {@code splits}, {@code models} and {@code predictions}; on the validation
 * split fits what makes probabilities honest and chooses thresholds, and says what both come to on
 * the test split, which had no part in it. Writes {@code reliability}, {@code thresholds} and
 * {@code calibrations}.
 */
@StageDescription(
    name = "calibrate",
    group = Group.JUDGE,
    readsEarlierVersions = true,
    help = {
      "On the validation split fits what makes probabilities say how often they are right, and"
          + " chooses thresholds.",
      "Thresholds go by F-beta, Youden's index, floors of recall and precision, cost, and a band"
          + " for people to look at. It says what they come to on the test split."
    })
public final class CalibrateStage extends Stage<CalibrateConfig> {
  /** Makes the stage. */
  public CalibrateStage() {
    super(CalibrateConfig.class);
  }

  @Override
  protected List<TableSpec> replaces(CalibrateConfig config) {
    return List.of(CalibrationsTable.SPEC);
  }

  @Override
  protected void run(StageContext context, CalibrateConfig config) {
    SparkSession spark = context.spark();
    Dataset<Row> images = context.labels();
    CurrentLabels.require(images, "calibrate by");
    Dataset<Row> splits = context.read(SplitsTable.SPEC);
    Dataset<Row> predictions = context.read(PredictionsTable.SPEC);
    CurrentSplits current = CurrentSplits.of(images, splits);
    current.count().line().ifPresent(line -> context.say("warning: %s", line));
    SortedMap<String, List<String>> models =
        ModelClasses.find(context.workspace(), predictions, config.model());
    new TrainedLabels(context.workspace(), current)
        .lines(models.keySet())
        .forEach(line -> context.say("warning: %s", line));
    Dataset<Row> scored =
        context.cache(ScoredImages.join(images, Optional.of(splits), predictions, models));
    PredictionChecks.requireSound(scored, ClassIndex.of(models));
    ModelCalibration calibration = new ModelCalibration(context, config);
    for (Map.Entry<String, List<String>> model : models.entrySet()) {
      List<Double> shift = shift(context, config, current.rows(), model.getValue());
      LabelledPredictions scores =
          LabelledPredictions.of(scored, model.getKey(), model.getValue().size());
      try {
        calibration.fit(model.getKey(), model.getValue(), scores, shift);
      } finally {
        scores.unpersist();
      }
    }
    Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
    tables.put(
        ReliabilityTable.SPEC, table(spark, calibration.reliability(), ReliabilityTable.SPEC));
    tables.put(ThresholdsTable.SPEC, table(spark, calibration.thresholds(), ThresholdsTable.SPEC));
    tables.put(
        CalibrationsTable.SPEC, table(spark, calibration.calibrations(), CalibrationsTable.SPEC));
    context.publish(tables);
    context.next("relabel --calibrated, or spark-vit report");
  }

  private static Dataset<Row> table(SparkSession spark, List<Row> rows, TableSpec spec) {
    return spark.createDataFrame(rows, spec.schema()).coalesce(1);
  }

  /** From what the plan shows to what the train split has, where that is asked for. */
  private static List<Double> shift(
      StageContext context, CalibrateConfig config, Dataset<Row> splits, List<String> classes) {
    if (!config.priorShift()) {
      return Collections.nCopies(classes.size(), 0.0);
    }
    Dataset<Row> plan = context.read(PlanTable.SPEC);
    requireOfTheseLabels(plan, splits);
    double[] shown = new double[classes.size()];
    double[] real = new double[classes.size()];
    fill(
        shown,
        classes,
        plan.groupBy(PlanTable.LABEL)
            .agg(sum(col(PlanTable.COPIES).multiply(col(PlanTable.WEIGHT)))));
    fill(
        real,
        classes,
        splits
            .where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN))
            .groupBy(SplitsTable.LABEL)
            .agg(count(lit(1)).cast("double")));
    double allShown = Arrays.stream(shown).sum();
    double allReal = Arrays.stream(real).sum();
    for (int c = 0; c < shown.length; c++) {
      shown[c] /= allShown;
      real[c] /= allReal;
    }
    return Calibration.shift(shown, real);
  }

  /** A plan of other labels or splits does not say what the model was shown. */
  private static void requireOfTheseLabels(Dataset<Row> plan, Dataset<Row> splits) {
    Dataset<Row> train =
        splits
            .where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN))
            .select(col(SplitsTable.ID).as("train_id"), col(SplitsTable.LABEL).as("train_label"));
    long other =
        plan.join(
                train,
                col(PlanTable.ID)
                    .equalTo(col("train_id"))
                    .and(col(PlanTable.LABEL).equalTo(col("train_label"))),
                "full_outer")
            .where(col(PlanTable.ID).isNull().or(col("train_id").isNull()))
            .select(coalesce(col(PlanTable.ID), col("train_id")))
            .distinct()
            .count();
    if (other > 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "--prior-shift: the table 'plan' is not of the labels of now: %,d images differ; run"
                  + " 'spark-vit balance --overwrite' again, and train again a model that was"
                  + " trained before the labels changed",
              other));
    }
  }

  private static void fill(double[] shares, List<String> classes, Dataset<Row> sums) {
    for (Row row : sums.collectAsList()) {
      int place = classes.indexOf(row.getString(0));
      if (place >= 0) {
        shares[place] = row.getDouble(1);
      }
    }
  }
}
