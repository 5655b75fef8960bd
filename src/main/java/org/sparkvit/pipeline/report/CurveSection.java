package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.CurvesTable;
import org.sparkvit.pipeline.report.MetricsSection.ClassRow;

/**
 * ROC and precision-recall curves of one split, ready to draw.
 *
 * @param classes the number of classes of the split
 * @param roc curves with x: false positive rate, y: recall
 * @param pr curves with x: recall, y: precision
 * @param ladders the results of thresholds, for the classes that have both curves
 */
public record CurveSection(
    String split, long classes, List<Curve> roc, List<Curve> pr, List<Ladder> ladders) {
  /** The largest number of lines in a drawing. More cannot be told apart. */
  static final int LINES = 8;

  /** The place of the unit square in the drawing, which {@code curves.ftlh} gives its axes. */
  private static final double LEFT = 46;

  private static final double TOP = 10;
  private static final double SIDE = 300;
  private static final double[] MARKED = {0.99, 0.95, 0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.01};

  /**
   * The curve of one class against the rest.
   *
   * @param area the area below the curve: ROC-AUC or average precision
   * @param path an SVG path
   * @param base the height of the curve of a model that guesses
   * @param marks operating points to hover over
   */
  public record Curve(String name, double area, String path, double base, List<Mark> marks) {}

  /**
   * An operating point: the threshold, the coordinates in the unit square, and x and y in the
   * drawing.
   */
  public record Mark(double threshold, double first, double second, double x, double y) {}

  /** The number of steps of a ladder, which the page holds in full. */
  private static final int STEPS = 200;

  /** The results of a class's thresholds, from the lowest up. */
  public record Ladder(String name, List<Step> steps) {}

  /**
   * The results of one threshold.
   *
   * @param flagged the share of the images that reach it, 0 to 1
   */
  public record Step(
      double threshold,
      double precision,
      double recall,
      double falsePositiveRate,
      double flagged) {}

  private record Point(double x, double y, double threshold) {}

  /**
   * Reads the curves of some classes.
   *
   * @param curves one model's rows of the table {@code curves}
   * @param drawn the classes to draw, at most {@link #LINES}
   * @param classes the number of classes of the split
   * @param images the number of images of the split
   * @return the section, or null where the table has none of the classes
   */
  static CurveSection gather(
      Dataset<Row> curves, String split, List<ClassRow> drawn, long classes, long images) {
    Dataset<Row> chosen =
        curves.where(
            col(CurvesTable.SPLIT)
                .equalTo(split)
                .and(col(CurvesTable.CLASS).isin(drawn.stream().map(ClassRow::label).toArray())));
    Map<String, List<Point>> points = new LinkedHashMap<>();
    for (Row row :
        chosen
            .select(
                CurvesTable.CURVE,
                CurvesTable.CLASS,
                CurvesTable.X,
                CurvesTable.Y,
                CurvesTable.THRESHOLD)
            .orderBy(CurvesTable.CURVE, CurvesTable.CLASS, CurvesTable.POINT)
            .collectAsList()) {
      Point point = new Point(row.getDouble(2), row.getDouble(3), row.getDouble(4));
      if (!Double.isNaN(point.x()) && !Double.isNaN(point.y())) {
        points
            .computeIfAbsent(key(row.getString(0), row.getString(1)), key -> new ArrayList<>())
            .add(point);
      }
    }
    List<Curve> roc = new ArrayList<>();
    List<Curve> pr = new ArrayList<>();
    List<Ladder> ladders = new ArrayList<>();
    for (ClassRow row : drawn) {
      List<Point> rates = points.get(key(CurvesTable.ROC, row.label()));
      if (rates != null) {
        roc.add(new Curve(row.label(), row.rocAuc(), path(rates, false), Double.NaN, marks(rates)));
      }
      List<Point> line = points.get(key(CurvesTable.PR, row.label()));
      if (line != null) {
        // Everything flagged: the precision is the class's share of the images.
        double base = line.get(line.size() - 1).y();
        pr.add(
            new Curve(row.label(), row.averagePrecision(), path(line, true), y(base), marks(line)));
      }
      if (rates != null && line != null) {
        ladders.add(new Ladder(row.label(), steps(rates, line, row.support(), images)));
      }
    }
    return roc.isEmpty() && pr.isEmpty()
        ? null
        : new CurveSection(split, classes, roc, pr, ladders);
  }

  /**
   * Returns the steps of a ladder. Both curves have a point at every threshold, in the same order.
   */
  private static List<Step> steps(List<Point> roc, List<Point> pr, long positives, long images) {
    List<Step> steps = new ArrayList<>();
    // The first point is where nothing is flagged.
    int last = Math.min(roc.size(), pr.size()) - 1;
    int wanted = Math.min(STEPS, last);
    for (int i = 0; i < wanted; i++) {
      int at = wanted == 1 ? last : (int) (last - (long) i * (last - 1) / (wanted - 1));
      double recall = pr.get(at).x();
      double alarms = roc.get(at).x();
      steps.add(
          new Step(
              pr.get(at).threshold(),
              pr.get(at).y(),
              recall,
              alarms,
              (recall * positives + alarms * (images - positives)) / images));
    }
    return steps;
  }

  private static String key(String curve, String label) {
    return curve + " " + label;
  }

  /**
   * Returns an SVG path of straight lines or steps. Average precision is the area under steps, and
   * a straight line between two points of a precision-recall curve promises results that no
   * threshold gives (Davis and Goadrich 2006).
   */
  private static String path(List<Point> points, boolean steps) {
    StringBuilder path = new StringBuilder();
    String last = "";
    for (Point point : points) {
      String x = coordinate(x(point.x()));
      String y = coordinate(y(point.y()));
      String here = x + " " + y;
      if (path.length() == 0) {
        path.append('M').append(here);
      } else if (!here.equals(last)) {
        path.append(steps ? "V" + y + "H" + x : "L" + here);
      }
      last = here;
    }
    return path.toString();
  }

  private static List<Mark> marks(List<Point> points) {
    List<Mark> marks = new ArrayList<>();
    Point last = null;
    for (double threshold : MARKED) {
      Point reached = null;
      for (Point point : points) {
        if (point.threshold() >= threshold && !Double.isInfinite(point.threshold())) {
          reached = point;
        }
      }
      if (reached != null && !reached.equals(last)) {
        marks.add(
            new Mark(
                reached.threshold(), reached.x(), reached.y(), x(reached.x()), y(reached.y())));
        last = reached;
      }
    }
    return marks;
  }

  private static double x(double value) {
    return LEFT + SIDE * value;
  }

  private static double y(double value) {
    return TOP + SIDE * (1 - value);
  }

  private static String coordinate(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
