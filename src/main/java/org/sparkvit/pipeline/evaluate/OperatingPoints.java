package org.sparkvit.pipeline.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.ThresholdsTable;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.stats.metrics.CurvePoint;
import org.sparkvit.stats.metrics.Objective;
import org.sparkvit.stats.metrics.Proportion;
import org.sparkvit.stats.metrics.ReviewBand;
import org.sparkvit.stats.metrics.ScoreHistogram;

/** Chooses thresholds on the validation split and evaluates each on every split. */
final class OperatingPoints {
  private final StageContext context;
  private final CalibrateConfig config;
  private final List<Row> rows = new ArrayList<>();

  OperatingPoints(StageContext context, CalibrateConfig config) {
    this.context = context;
    this.config = config;
  }

  /** Returns the rows of {@link ThresholdsTable}. */
  List<Row> rows() {
    return rows;
  }

  /**
   * Adds the rows of some classes.
   *
   * @param classes the names of all classes of the model
   * @param labels the indices of the classes to add
   * @param mended the calibrated predictions
   * @param sizes the number of images of each split and class
   */
  void add(
      String model,
      List<String> classes,
      List<Integer> labels,
      LabelledPredictions mended,
      Map<String, long[]> sizes) {
    List<String> splits =
        Stream.of(SplitsTable.VALIDATION, SplitsTable.TEST).filter(sizes::containsKey).toList();
    long most = splits.stream().mapToLong(s -> Arrays.stream(sizes.get(s)).sum()).max().orElse(0);
    for (List<Integer> batch : LabelledPredictions.batches(labels, most)) {
      Map<String, Map<Integer, ScoreHistogram>> scores = new LinkedHashMap<>();
      splits.forEach(split -> scores.put(split, mended.rankings(split, batch)));
      for (int label : batch) {
        Map<String, List<CurvePoint>> points = new LinkedHashMap<>();
        scores.forEach((split, here) -> points.put(split, here.get(label).points()));
        add(model, classes.get(label), points);
      }
    }
  }

  private void add(String model, String name, Map<String, List<CurvePoint>> points) {
    List<CurvePoint> validation = points.get(SplitsTable.VALIDATION);
    for (Objective objective : Objective.values()) {
      objective
          .best(validation, config.terms())
          .ifPresentOrElse(
              best ->
                  points.forEach(
                      (split, curve) -> {
                        CurvePoint at = at(curve, best.threshold());
                        rows.add(row(model, name, objective.label(), split, at, null, best, null));
                        tell(name, objective.label(), split, at, 0);
                      }),
              () ->
                  context.say(
                      "  class '%s', %s: no threshold meets the floor", name, objective.label()));
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
          rows.add(
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

  /**
   * Returns the operating point of a threshold, which is the last point that does not lie below it.
   */
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

  private Row row(
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
        found ? recall.high() : null,
        number(precision.rate() / at.prevalence()),
        number(at.flagged(prevalence(at))),
        number(at.precision(prevalence(at))));
  }

  private double prevalence(CurvePoint at) {
    return config.prevalence().orElse(at.prevalence());
  }

  private void tell(String name, String objective, String split, CurvePoint at, long reviewed) {
    if (!split.equals(SplitsTable.TEST)) {
      return;
    }
    long flagged = at.truePositives() + at.falsePositives();
    double all = (double) at.positives() + at.negatives();
    context.say(
        "  class '%s', %s: on the test split precision %s, recall %s, %.2f %% flagged%s%s",
        name,
        objective,
        shown(new Proportion(at.truePositives(), flagged)),
        shown(new Proportion(at.truePositives(), at.positives())),
        100 * flagged / all,
        reviewed == 0
            ? ""
            : String.format(Locale.ROOT, ", %.2f %% for people to look at", 100 * reviewed / all),
        config.imagesPerDay() == 0 ? "" : daily(at));
  }

  private String daily(CurvePoint at) {
    double share = at.flagged(prevalence(at));
    double precision = at.precision(prevalence(at));
    return String.format(
        Locale.ROOT,
        "; of %,d images a day %,.0f flagged%s",
        config.imagesPerDay(),
        share * config.imagesPerDay(),
        Double.isNaN(precision)
            ? ""
            : String.format(Locale.ROOT, ", %.1f %% of them rightly", 100 * precision));
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
}
