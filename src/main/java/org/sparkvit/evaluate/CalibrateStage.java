package org.sparkvit.evaluate;

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
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.metrics.Calibration;
import org.sparkvit.metrics.CurvePoint;
import org.sparkvit.metrics.Metric;
import org.sparkvit.metrics.Objective;
import org.sparkvit.metrics.Proportion;
import org.sparkvit.metrics.Replicates;
import org.sparkvit.metrics.ReviewBand;
import org.sparkvit.metrics.ScoreSums;
import org.sparkvit.table.CalibrationsTable;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.ModelClasses;
import org.sparkvit.table.ModelsTable;
import org.sparkvit.table.PlanTable;
import org.sparkvit.table.PredictionChecks;
import org.sparkvit.table.PredictionsTable;
import org.sparkvit.table.ReliabilityTable;
import org.sparkvit.table.SplitsTable;
import org.sparkvit.table.TableSpec;
import org.sparkvit.table.ThresholdsTable;
import org.sparkvit.table.Workspace;

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
    Workspace workspace = Workspace.at(spark, config.workspace());
    workspace.requireAbsent(CalibrationsTable.SPEC, config.overwrite());
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    Dataset<Row> splits = workspace.read(SplitsTable.SPEC);
    Dataset<Row> predictions = workspace.read(PredictionsTable.SPEC);
    record
        .input("images", workspace.version(ImagesTable.SPEC))
        .input("splits", workspace.version(SplitsTable.SPEC))
        .input("predictions", workspace.version(PredictionsTable.SPEC));
    SortedMap<String, List<String>> models =
        ModelClasses.find(workspace.read(ModelsTable.SPEC), predictions, config.model());
    Dataset<Row> scored =
        ScoredImages.of(images, Optional.of(splits), predictions, models, List.of())
            .persist(StorageLevel.MEMORY_AND_DISK());
    Rows rows = new Rows(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    try {
      PredictionChecks.requireSound(scored);
      for (Map.Entry<String, List<String>> model : models.entrySet()) {
        List<Double> shift = shift(workspace, splits, model.getValue(), record);
        LabelledScores scores = LabelledScores.of(scored, model.getKey(), model.getValue().size());
        try {
          calibrate(model.getKey(), model.getValue(), scores, shift, rows);
        } finally {
          scores.unpersist();
        }
      }
    } finally {
      scored.unpersist();
    }
    Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
    tables.put(ReliabilityTable.SPEC, table(spark, rows.reliability(), ReliabilityTable.SPEC));
    tables.put(ThresholdsTable.SPEC, table(spark, rows.thresholds(), ThresholdsTable.SPEC));
    tables.put(CalibrationsTable.SPEC, table(spark, rows.calibrations(), CalibrationsTable.SPEC));
    workspace.replaceAll(tables, record);
    progress.say("next: spark-vit relabel --calibrated, or spark-vit report");
  }

  /** Rows of the three tables. */
  private record Rows(List<Row> reliability, List<Row> thresholds, List<Row> calibrations) {}

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

  private static void fill(double[] shares, List<String> classes, Dataset<Row> sums) {
    for (Row row : sums.collectAsList()) {
      int place = classes.indexOf(row.getString(0));
      if (place >= 0) {
        shares[place] = row.getDouble(1);
      }
    }
  }

  private void calibrate(
      String model, List<String> classes, LabelledScores scores, List<Double> shift, Rows rows) {
    Map<String, long[]> sizes = scores.sizes();
    long[] validation = sizes.getOrDefault(SplitsTable.VALIDATION, new long[classes.size()]);
    if (Arrays.stream(validation).filter(n -> n > 0).count() < 2) {
      throw new UserException(
          "model "
              + ModelClasses.abbreviate(model)
              + " has no scored images of two classes in the validation split, which calibration"
              + " and thresholds are fitted on; split with a larger --validation, then score");
    }
    Calibration calibration = new Calibration(scores.temperature(shift), shift);
    LabelledScores mended = scores.calibrated(calibration);
    Map<String, Replicates> before = scores.sums();
    Map<String, Replicates> after = mended.sums();
    say(
        "model %s: temperature %.4f%s",
        ModelClasses.abbreviate(model),
        calibration.temperature(),
        config.priorShift() ? ", discounting what the plan shows more often" : "");
    for (String split : before.keySet()) {
      Figures raw = Figures.of(before.get(split));
      Figures fit = Figures.of(after.get(split));
      rows.calibrations()
          .add(
              RowFactory.create(
                  model,
                  calibration.temperature(),
                  shift,
                  split,
                  raw.images(),
                  raw.logLoss(),
                  fit.logLoss(),
                  raw.brier(),
                  fit.brier(),
                  raw.ece(),
                  fit.ece()));
      bins(rows, model, split, false, before.get(split));
      bins(rows, model, split, true, after.get(split));
      say(
          "  %s: log-loss %.4f -> %.4f, calibration error %.4f -> %.4f",
          split, raw.logLoss(), fit.logLoss(), raw.ece(), fit.ece());
    }
    for (int c : wanted(model, classes, validation)) {
      thresholds(model, classes.get(c), c, mended, sizes, rows);
    }
  }

  /** What a split comes to. */
  private record Figures(long images, double logLoss, double brier, double ece) {
    static Figures of(Replicates sums) {
      return new Figures(
          sums.once().confusion().total(),
          sums.once().value(Metric.LOG_LOSS),
          sums.once().value(Metric.BRIER),
          sums.once().value(Metric.ECE));
    }
  }

  private static void bins(
      Rows rows, String model, String split, boolean calibrated, Replicates sums) {
    for (ScoreSums.Bin bin : sums.sums().bins()) {
      rows.reliability()
          .add(
              RowFactory.create(
                  model,
                  split,
                  calibrated,
                  bin.from(),
                  bin.to(),
                  bin.images(),
                  number(bin.confidence()),
                  number(bin.accuracy())));
    }
  }

  private List<Integer> wanted(String model, List<String> classes, long[] validation) {
    if (config.positive().isPresent()) {
      int place = classes.indexOf(config.positive().get());
      if (place < 0) {
        throw new UserException(
            "--positive '"
                + config.positive().get()
                + "' is no class of the model; choose of "
                + classes);
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

  private void thresholds(
      String model,
      String name,
      int label,
      LabelledScores mended,
      Map<String, long[]> sizes,
      Rows rows) {
    Map<String, List<CurvePoint>> points = new LinkedHashMap<>();
    for (String split : List.of(SplitsTable.VALIDATION, SplitsTable.TEST)) {
      if (sizes.containsKey(split)) {
        points.put(split, mended.ranking(split, label).points());
      }
    }
    List<CurvePoint> validation = points.get(SplitsTable.VALIDATION);
    for (Objective objective : Objective.values()) {
      objective
          .best(validation, config.terms())
          .ifPresentOrElse(
              best ->
                  points.forEach(
                      (split, curve) -> {
                        CurvePoint at = at(curve, best.threshold());
                        rows.thresholds()
                            .add(row(model, name, objective.label(), split, at, null, best, null));
                        tell(name, objective.label(), split, at, 0);
                      }),
              () -> say("  class '%s', %s: no threshold meets the floor", name, objective.label()));
    }
    ReviewBand band =
        ReviewBand.of(
            validation,
            config.reviewCapacity(),
            config.terms().missCost(),
            config.terms().alarmCost());
    points.forEach(
        (split, curve) -> {
          CurvePoint upper = at(curve, band.upper().threshold());
          CurvePoint lower = at(curve, band.lower().threshold());
          rows.thresholds()
              .add(
                  row(
                      model,
                      name,
                      ThresholdsTable.REVIEW_BAND,
                      split,
                      upper,
                      lower,
                      band.upper(),
                      band.lower()));
          tell(
              name,
              ThresholdsTable.REVIEW_BAND,
              split,
              upper,
              (long) new ReviewBand(lower, upper).images());
        });
  }

  /** The operating point of a threshold: the last that does not lie below it. */
  private static CurvePoint at(List<CurvePoint> curve, double threshold) {
    int low = 0;
    int high = curve.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (curve.get(middle).threshold() >= threshold) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return curve.get(low);
  }

  private static Row row(
      String model,
      String name,
      String objective,
      String split,
      CurvePoint at,
      CurvePoint lower,
      CurvePoint chosen,
      CurvePoint chosenLower) {
    long flagged = at.truePositives() + at.falsePositives();
    Proportion precision = new Proportion(at.truePositives(), flagged);
    Proportion recall = new Proportion(at.truePositives(), at.positives());
    boolean found = at.positives() > 0;
    return RowFactory.create(
        model,
        name,
        objective,
        chosen.threshold(),
        chosenLower == null ? null : chosenLower.threshold(),
        split,
        at.positives() + at.negatives(),
        flagged,
        lower == null ? 0L : (long) new ReviewBand(lower, at).images(),
        at.truePositives(),
        at.positives(),
        number(precision.rate()),
        flagged == 0 ? null : precision.low(),
        flagged == 0 ? null : precision.high(),
        number(recall.rate()),
        found ? recall.low() : null,
        found ? recall.high() : null);
  }

  private void tell(String name, String objective, String split, CurvePoint at, long reviewed) {
    if (!split.equals(SplitsTable.TEST)) {
      return;
    }
    long flagged = at.truePositives() + at.falsePositives();
    double all = (double) at.positives() + at.negatives();
    say(
        "  class '%s', %s: on the test split precision %s, recall %s, %.2f %% flagged%s%s",
        name,
        objective,
        shown(new Proportion(at.truePositives(), flagged)),
        shown(new Proportion(at.truePositives(), at.positives())),
        100 * flagged / all,
        reviewed == 0
            ? ""
            : String.format(Locale.ROOT, ", %.2f %% for people to look at", 100 * reviewed / all),
        config.imagesPerDay() == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "; of %,d images a day %,.0f flagged",
                config.imagesPerDay(),
                flagged / all * config.imagesPerDay()));
  }

  private static String shown(Proportion share) {
    return share.total() == 0
        ? "undefined"
        : String.format(
            Locale.ROOT, "%.3f (%.3f to %.3f)", share.rate(), share.low(), share.high());
  }

  private static Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }

  private void say(String format, Object... arguments) {
    progress.say(String.format(Locale.ROOT, format, arguments));
  }
}
