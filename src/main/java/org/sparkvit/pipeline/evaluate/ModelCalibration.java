package org.sparkvit.pipeline.evaluate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.ReliabilityTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.ThresholdsTable;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.stats.metrics.BootstrapAccumulator;
import org.sparkvit.stats.metrics.Calibration;
import org.sparkvit.stats.metrics.ClassCalibration;
import org.sparkvit.stats.metrics.IsotonicScaling;
import org.sparkvit.stats.metrics.Metric;
import org.sparkvit.stats.metrics.PlattScaling;
import org.sparkvit.stats.metrics.Reliability;
import org.sparkvit.stats.metrics.ScoreHistogram;

/** Calibrates models and chooses their thresholds. The results are rows of three tables. */
final class ModelCalibration {
  /** With more classes than this, each class's thresholds would be more than anybody reads. */
  private static final int MAX_CLASSES = 50;

  private final StageContext context;
  private final CalibrateConfig config;
  private final OperatingPoints points;
  private final List<Row> reliability = new ArrayList<>();
  private final List<Row> calibrations = new ArrayList<>();

  ModelCalibration(StageContext context, CalibrateConfig config) {
    this.context = context;
    this.config = config;
    this.points = new OperatingPoints(context, config);
  }

  /** Returns the rows of {@link ReliabilityTable} until now. */
  List<Row> reliability() {
    return List.copyOf(reliability);
  }

  /** Returns the rows of {@link CalibrationsTable} until now. */
  List<Row> calibrations() {
    return List.copyOf(calibrations);
  }

  /** Returns the rows of {@link ThresholdsTable} until now. */
  List<Row> thresholds() {
    return points.rows();
  }

  /**
   * Calibrates a model on the validation split, and adds what comes of it to the rows.
   *
   * @param model its hash
   * @param classes in the order of its logits
   * @param scores its predictions
   * @param shift what is added to the logits before
   * @throws UserException when the validation split is too small
   */
  void fit(String model, List<String> classes, LabelledPredictions scores, List<Double> shift) {
    Map<String, long[]> sizes = scores.sizes();
    long[] validation = sizes.getOrDefault(SplitsTable.VALIDATION, new long[classes.size()]);
    if (Arrays.stream(validation).filter(n -> n > 0).count() < 2) {
      throw new UserException(
          "model "
              + ModelClasses.abbreviate(model)
              + " has no scored images of two classes in the validation split, which calibration"
              + " and thresholds are fitted on; split with a larger --validation, then score");
    }
    Calibration calibration = fit(model, classes, scores, shift, validation);
    LabelledPredictions mended = scores.calibrated(calibration);
    Map<String, BootstrapAccumulator> before = scores.sums();
    Map<String, BootstrapAccumulator> after = mended.sums();
    context.say(
        "model %s: %s%s",
        ModelClasses.abbreviate(model),
        config.method().equals(CalibrationsTable.TEMPERATURE)
            ? String.format(Locale.ROOT, "temperature %.4f", calibration.temperature())
            : config.method(),
        config.priorShift() ? ", discounting what the plan shows more often" : "");
    for (String split : before.keySet()) {
      Figures raw = Figures.of(before.get(split), scores.confidences(split));
      Figures fit = Figures.of(after.get(split), mended.confidences(split));
      calibrations.add(row(model, calibration, split, raw, fit));
      bins(model, split, false, raw);
      bins(model, split, true, fit);
      context.say(
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
          1, shift, shifted.isotonic(context.spark(), SplitsTable.VALIDATION, all, images));
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

  private void bins(String model, String split, boolean calibrated, Figures figures) {
    Map<String, Reliability> binnings = new LinkedHashMap<>();
    binnings.put(ReliabilityTable.EQUAL_WIDTH, figures.equalWidth());
    binnings.put(ReliabilityTable.EQUAL_MASS, figures.equalMass());
    binnings.forEach(
        (binning, shares) -> {
          for (Reliability.Bin bin : shares.bins()) {
            reliability.add(
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
      context.say(
          "  model %s has %,d classes: thresholds of the first %d only; --positive names another",
          ModelClasses.abbreviate(model), classes.size(), MAX_CLASSES);
    }
    return places;
  }

  private static Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
