package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.query.PredictionChecks;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.query.TrainedLabels;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.ReliabilityTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.ThresholdsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.stats.metrics.BootstrapAccumulator;
import org.sparkvit.stats.metrics.Calibration;
import org.sparkvit.stats.metrics.ClassCalibration;
import org.sparkvit.stats.metrics.IsotonicScaling;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.stats.metrics.PlattScaling;
import org.sparkvit.stats.metrics.Reliability;
import org.sparkvit.stats.metrics.ScoreHistogram;

/**
 * Reads {@code images}, {@code splits}, {@code models} and {@code predictions}; on the validation
 * split fits what makes probabilities honest and chooses thresholds, and says what both come to on
 * the test split, which had no part in it. Writes {@code reliability}, {@code thresholds} and
 * {@code calibrations}.
 */
public final class CalibrateStage {
  /** With more classes than this, each class's thresholds would be more than anybody reads. */
  private static final int MAX_CLASSES = 50;

  private final CalibrateConfig config;
  private final Progress progress;

  public CalibrateStage(CalibrateConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("calibrate", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace(), record);
    workspace.requireAbsent(CalibrationsTable.SPEC, config.overwrite());
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    CurrentLabels.require(images, "calibrate by");
    Dataset<Row> splits = workspace.read(SplitsTable.SPEC);
    Dataset<Row> predictions = workspace.read(PredictionsTable.SPEC);
    record
        .input("images", workspace.version(ImagesTable.SPEC))
        .input("splits", workspace.version(SplitsTable.SPEC))
        .input("predictions", workspace.version(PredictionsTable.SPEC));
    CurrentSplits current = CurrentSplits.of(images, splits);
    current.count().line().ifPresent(line -> progress.say("calibrate: warning: " + line));
    new TrainedLabels(workspace, current)
        .lines(config.model())
        .forEach(line -> progress.say("calibrate: warning: " + line));
    SortedMap<String, List<String>> models =
        ModelClasses.find(workspace.read(ModelsTable.SPEC), predictions, config.model());
    Dataset<Row> scored =
        ScoredImages.join(images, Optional.of(splits), predictions, models)
            .persist(StorageLevel.MEMORY_AND_DISK());
    Rows rows = new Rows(new ArrayList<>(), new ArrayList<>());
    OperatingPoints points = new OperatingPoints(config, progress);
    try {
      PredictionChecks.requireSound(scored, ClassIndex.of(models));
      for (Map.Entry<String, List<String>> model : models.entrySet()) {
        List<Double> shift = shift(workspace, current.rows(), model.getValue(), record);
        LabelledPredictions scores =
            LabelledPredictions.of(scored, model.getKey(), model.getValue().size());
        try {
          calibrate(spark, model.getKey(), model.getValue(), scores, shift, rows, points);
        } finally {
          scores.unpersist();
        }
      }
    } finally {
      scored.unpersist();
    }
    Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
    tables.put(ReliabilityTable.SPEC, table(spark, rows.reliability(), ReliabilityTable.SPEC));
    tables.put(ThresholdsTable.SPEC, table(spark, points.rows(), ThresholdsTable.SPEC));
    tables.put(CalibrationsTable.SPEC, table(spark, rows.calibrations(), CalibrationsTable.SPEC));
    workspace.replaceAll(tables, record);
    progress.say("next: spark-vit relabel --calibrated, or spark-vit report");
  }

  /** Rows of two tables. */
  private record Rows(List<Row> reliability, List<Row> calibrations) {}

  private static Dataset<Row> table(SparkSession spark, List<Row> rows, TableSpec spec) {
    return spark.createDataFrame(rows, spec.schema()).coalesce(1);
  }

  /** From what the plan shows to what the train split has, where that is asked for. */
  private List<Double> shift(
      Workspace workspace, Dataset<Row> splits, List<String> classes, RunRecord record) {
    if (!config.priorShift()) {
      return Collections.nCopies(classes.size(), 0.0);
    }
    Dataset<Row> plan = workspace.read(PlanTable.SPEC);
    record.input("plan", workspace.version(PlanTable.SPEC));
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

  private void calibrate(
      SparkSession spark,
      String model,
      List<String> classes,
      LabelledPredictions scores,
      List<Double> shift,
      Rows rows,
      OperatingPoints points) {
    Map<String, long[]> sizes = scores.sizes();
    long[] validation = sizes.getOrDefault(SplitsTable.VALIDATION, new long[classes.size()]);
    if (Arrays.stream(validation).filter(n -> n > 0).count() < 2) {
      throw new UserException(
          "model "
              + ModelClasses.abbreviate(model)
              + " has no scored images of two classes in the validation split, which calibration"
              + " and thresholds are fitted on; split with a larger --validation, then score");
    }
    Calibration calibration = fit(spark, model, classes, scores, shift, validation);
    LabelledPredictions mended = scores.calibrated(calibration);
    Map<String, BootstrapAccumulator> before = scores.sums();
    Map<String, BootstrapAccumulator> after = mended.sums();
    say(
        "model %s: %s%s",
        ModelClasses.abbreviate(model),
        config.method().equals(CalibrationsTable.TEMPERATURE)
            ? String.format(Locale.ROOT, "temperature %.4f", calibration.temperature())
            : config.method(),
        config.priorShift() ? ", discounting what the plan shows more often" : "");
    for (String split : before.keySet()) {
      Figures raw = Figures.of(before.get(split), scores.confidences(split));
      Figures fit = Figures.of(after.get(split), mended.confidences(split));
      rows.calibrations().add(row(model, calibration, split, raw, fit));
      bins(rows, model, split, false, raw);
      bins(rows, model, split, true, fit);
      say(
          "  %s: log-loss %.4f -> %.4f, calibration error %.4f -> %.4f, in bins of as many images"
              + " %.4f -> %.4f",
          split,
          raw.logLoss(),
          fit.logLoss(),
          raw.equalWidth().meanError(),
          fit.equalWidth().meanError(),
          raw.equalMass().meanError(),
          fit.equalMass().meanError());
    }
    points.add(model, classes, wanted(model, classes, validation), mended, sizes);
  }

  private Calibration fit(
      SparkSession spark,
      String model,
      List<String> classes,
      LabelledPredictions scores,
      List<Double> shift,
      long[] validation) {
    if (config.method().equals(CalibrationsTable.TEMPERATURE)) {
      return new Calibration(scores.temperature(shift), shift);
    }
    LabelledPredictions shifted = scores.calibrated(new Calibration(1, shift));
    for (int c = 0; c < classes.size(); c++) {
      if (validation[c] == 0) {
        throw new UserException(
            "the validation split has no scored image of class '"
                + classes.get(c)
                + "' of model "
                + ModelClasses.abbreviate(model)
                + ", so --method "
                + config.method()
                + " has nothing to fit its curve on; use --method temperature");
      }
    }
    List<Integer> all = IntStream.range(0, classes.size()).boxed().toList();
    long images = Arrays.stream(validation).sum();
    if (config.method().equals(CalibrationsTable.ISOTONIC)) {
      return new Calibration(
          1, shift, shifted.isotonic(spark, SplitsTable.VALIDATION, all, images));
    }
    List<ClassCalibration> curves = new ArrayList<>();
    for (List<Integer> batch : LabelledPredictions.batches(all, images)) {
      shifted
          .rankings(SplitsTable.VALIDATION, batch)
          .values()
          .forEach(each -> curves.add(PlattScaling.fit(each)));
    }
    return new Calibration(1, shift, curves);
  }

  /** What a split comes to. */
  private record Figures(
      long images, double logLoss, double brier, Reliability equalWidth, Reliability equalMass) {
    static Figures of(BootstrapAccumulator sums, ScoreHistogram confidences) {
      return new Figures(
          sums.once().confusion().total(),
          sums.once().value(Metric.LOG_LOSS),
          sums.once().value(Metric.BRIER),
          sums.sums().reliability(),
          Reliability.ofEqualMass(confidences));
    }
  }

  private Row row(String model, Calibration calibration, String split, Figures raw, Figures fit) {
    Reliability.BrierParts before = raw.equalWidth().brierParts();
    Reliability.BrierParts after = fit.equalWidth().brierParts();
    return RowFactory.create(
        model,
        config.method(),
        calibration.temperature(),
        calibration.shift(),
        ofCurves(calibration, PlattScaling.class, PlattScaling::slope),
        ofCurves(calibration, PlattScaling.class, PlattScaling::intercept),
        ofCurves(calibration, IsotonicScaling.class, IsotonicScaling::from),
        ofCurves(calibration, IsotonicScaling.class, IsotonicScaling::to),
        split,
        raw.images(),
        raw.logLoss(),
        fit.logLoss(),
        raw.brier(),
        fit.brier(),
        raw.equalWidth().meanError(),
        fit.equalWidth().meanError(),
        raw.equalMass().meanError(),
        fit.equalMass().meanError(),
        before.reliability(),
        after.reliability(),
        before.resolution(),
        after.resolution(),
        before.uncertainty(),
        after.uncertainty());
  }

  /** A cell of what the curves of a kind consist of; null where they are of another. */
  private static <T, R> List<R> ofCurves(
      Calibration calibration, Class<T> kind, Function<T, R> part) {
    List<ClassCalibration> curves = calibration.curves();
    return curves.isEmpty() || !kind.isInstance(curves.get(0))
        ? null
        : curves.stream().map(kind::cast).map(part).toList();
  }

  private static void bins(
      Rows rows, String model, String split, boolean calibrated, Figures figures) {
    Map<String, Reliability> binnings = new LinkedHashMap<>();
    binnings.put(ReliabilityTable.EQUAL_WIDTH, figures.equalWidth());
    binnings.put(ReliabilityTable.EQUAL_MASS, figures.equalMass());
    binnings.forEach(
        (binning, reliability) -> {
          for (Reliability.Bin bin : reliability.bins()) {
            rows.reliability()
                .add(
                    RowFactory.create(
                        model,
                        split,
                        calibrated,
                        binning,
                        bin.from(),
                        bin.to(),
                        bin.images(),
                        number(bin.confidence()),
                        number(bin.accuracy())));
          }
        });
  }

  private List<Integer> wanted(String model, List<String> classes, long[] validation) {
    if (config.positive().isPresent()) {
      int place = classes.indexOf(config.positive().get());
      if (place < 0) {
        throw new UserException(
            "--positive '"
                + config.positive().get()
                + "' is no class of the model; choose of "
                + Labels.shown(classes));
      }
      if (validation[place] == 0) {
        throw new UserException(
            "the validation split has no image of class '" + classes.get(place) + "'");
      }
      return List.of(place);
    }
    if (classes.size() == 2) {
      return List.of(validation[0] < validation[1] ? 0 : 1);
    }
    List<Integer> places = new ArrayList<>();
    for (int c = 0; c < classes.size() && places.size() < MAX_CLASSES; c++) {
      if (validation[c] > 0) {
        places.add(c);
      }
    }
    if (classes.size() > MAX_CLASSES) {
      say(
          "  model %s has %,d classes: thresholds of the first %d only; --positive names another",
          ModelClasses.abbreviate(model), classes.size(), MAX_CLASSES);
    }
    return places;
  }

  private static Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private void say(String format, Object... arguments) {
    progress.say(String.format(Locale.ROOT, format, arguments));
  }
}
