package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.ReliabilityTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.ThresholdsTable;

/**
 * The section on how far probabilities can be trusted, and on thresholds.
 *
 * @param split the split that the numbers are of: test, or validation where there is no test split
 * @param method the method of calibration: temperature, platt or isotonic
 * @param temperature the divisor of the model's log-probabilities
 * @param shifted whether the classes' shares in training are corrected for
 * @param figures metrics of the probabilities before and after calibration
 * @param diagrams reliability diagrams
 * @param thresholds operating points, by class
 * @param imagesPerDay the number of images a day that numbers are given for; 0 where it is not
 *     known
 * @param prevalence the share of the class among those images, or NaN where it is the split's
 */
public record CalibrationSection(
    String split,
    String method,
    double temperature,
    boolean shifted,
    List<Figure> figures,
    List<Diagram> diagrams,
    List<Threshold> thresholds,
    long imagesPerDay,
    double prevalence) {
  private static final int SHOWN = 60;

  /**
   * A metric before and after calibration.
   *
   * @param better which values are better: "lower", "higher" or ""
   */
  public record Figure(String name, double before, double after, String better) {}

  /**
   * A reliability diagram by one kind of bins.
   *
   * @param before the bins of the probabilities as scored
   * @param after the bins of the calibrated probabilities
   */
  public record Diagram(String id, String title, List<Bin> before, List<Bin> after) {}

  /** The predictions of about one confidence. */
  public record Bin(long images, double confidence, double accuracy) {}

  /** A share with its interval at the 95 % level, whose ends are NaN where there is none. */
  public record Share(double value, double low, double high) {}

  /**
   * An operating point.
   *
   * @param lower the lower threshold of a review band, or NaN where there is no band
   * @param flagged the share of the images that are flagged, 0 to 1
   * @param reviewed the share of the images that people review, 0 to 1
   * @param lift the share of the class among flagged images over its share among all images
   * @param expected the expected share of a day's images that are flagged
   * @param expectedPrecision the expected share of the class among those
   */
  public record Threshold(
      String name,
      String objective,
      double threshold,
      double lower,
      Share precision,
      Share recall,
      double flagged,
      double reviewed,
      double lift,
      double expected,
      double expectedPrecision) {}

  /**
   * Reads the tables of {@code calibrate}.
   *
   * @param imagesPerDay the number of images a day that {@code calibrate} was given, or 0
   * @param prevalence the prevalence that {@code calibrate} was given, or NaN
   * @return the section, or null where the tables have no rows of the model
   */
  static CalibrationSection gather(
      Dataset<Row> calibrations,
      Dataset<Row> reliability,
      Dataset<Row> thresholds,
      long imagesPerDay,
      double prevalence) {
    List<Row> rows = calibrations.orderBy(CalibrationsTable.SPLIT).collectAsList();
    if (rows.isEmpty()) {
      return null;
    }
    // By name test comes before validation.
    Row row = rows.get(0);
    String split = row.getAs(CalibrationsTable.SPLIT);
    List<Double> shift = row.getList(row.fieldIndex(CalibrationsTable.SHIFT));
    return new CalibrationSection(
        split,
        row.getAs(CalibrationsTable.METHOD),
        row.<Double>getAs(CalibrationsTable.TEMPERATURE),
        shift.stream().distinct().count() > 1,
        figures(row),
        List.of(
            diagram(
                reliability,
                split,
                ReliabilityTable.EQUAL_WIDTH,
                "reliability",
                "Reliability, bins of equal width"),
            diagram(
                reliability,
                split,
                ReliabilityTable.EQUAL_MASS,
                "reliability-equal-mass",
                "Reliability, bins of as many images")),
        thresholds
            .where(col(ThresholdsTable.SPLIT).equalTo(split))
            .orderBy(ThresholdsTable.CLASS, ThresholdsTable.OBJECTIVE)
            .limit(SHOWN)
            .collectAsList()
            .stream()
            .map(CalibrationSection::threshold)
            .toList(),
        imagesPerDay,
        prevalence);
  }

  private static List<Figure> figures(Row row) {
    return List.of(
        figure(
            row, "Log-loss", CalibrationsTable.LOG_LOSS, CalibrationsTable.LOG_LOSS_AFTER, "lower"),
        figure(row, "Brier score", CalibrationsTable.BRIER, CalibrationsTable.BRIER_AFTER, "lower"),
        figure(
            row,
            "Calibration error, bins of equal width",
            CalibrationsTable.ECE,
            CalibrationsTable.ECE_AFTER,
            "lower"),
        figure(
            row,
            "Calibration error, bins of as many images",
            CalibrationsTable.ECE_EQUAL_MASS,
            CalibrationsTable.ECE_EQUAL_MASS_AFTER,
            "lower"),
        figure(
            row,
            "Brier score of the confidence: reliability",
            CalibrationsTable.RELIABILITY,
            CalibrationsTable.RELIABILITY_AFTER,
            "lower"),
        figure(
            row,
            "less resolution",
            CalibrationsTable.RESOLUTION,
            CalibrationsTable.RESOLUTION_AFTER,
            "higher"),
        figure(
            row,
            "and uncertainty",
            CalibrationsTable.UNCERTAINTY,
            CalibrationsTable.UNCERTAINTY_AFTER,
            ""));
  }

  private static Figure figure(Row row, String name, String before, String after, String better) {
    return new Figure(name, row.<Double>getAs(before), row.<Double>getAs(after), better);
  }

  private static Diagram diagram(
      Dataset<Row> reliability, String split, String binning, String id, String title) {
    Dataset<Row> bins = reliability.where(col(ReliabilityTable.BINNING).equalTo(binning));
    return new Diagram(id, title, bins(bins, split, false), bins(bins, split, true));
  }

  private static List<Bin> bins(Dataset<Row> reliability, String split, boolean calibrated) {
    return reliability
        .where(
            col(ReliabilityTable.SPLIT)
                .equalTo(split)
                .and(col(ReliabilityTable.CALIBRATED).equalTo(calibrated))
                .and(col(ReliabilityTable.IMAGES).gt(0)))
        .orderBy(ReliabilityTable.FROM)
        .collectAsList()
        .stream()
        .map(
            row ->
                new Bin(
                    row.<Long>getAs(ReliabilityTable.IMAGES),
                    row.<Double>getAs(ReliabilityTable.CONFIDENCE),
                    row.<Double>getAs(ReliabilityTable.ACCURACY)))
        .toList();
  }

  private static Threshold threshold(Row row) {
    double images = row.<Long>getAs(ThresholdsTable.IMAGES);
    return new Threshold(
        row.getAs(ThresholdsTable.CLASS),
        row.<String>getAs(ThresholdsTable.OBJECTIVE).replace('_', ' '),
        number(row, ThresholdsTable.THRESHOLD),
        number(row, ThresholdsTable.LOWER),
        new Share(
            number(row, ThresholdsTable.PRECISION),
            number(row, ThresholdsTable.PRECISION_LOW),
            number(row, ThresholdsTable.PRECISION_HIGH)),
        new Share(
            number(row, ThresholdsTable.RECALL),
            number(row, ThresholdsTable.RECALL_LOW),
            number(row, ThresholdsTable.RECALL_HIGH)),
        row.<Long>getAs(ThresholdsTable.FLAGGED) / images,
        row.<Long>getAs(ThresholdsTable.REVIEWED) / images,
        number(row, ThresholdsTable.LIFT),
        number(row, ThresholdsTable.EXPECTED_FLAGGED),
        number(row, ThresholdsTable.EXPECTED_PRECISION));
  }

  private static double number(Row row, String column) {
    Double value = row.getAs(column);
    return value == null ? Double.NaN : value;
  }

  /** Returns the operating point of a class with the least cost, or null where there is none. */
  public Threshold cheapest(String name) {
    return thresholds.stream()
        .filter(each -> each.name().equals(name) && each.objective().equals("cost"))
        .findFirst()
        .orElse(null);
  }

  /** Returns whether the numbers are of images that nothing was fitted on. */
  public boolean isHeldOut() {
    return split.equals(SplitsTable.TEST);
  }
}
