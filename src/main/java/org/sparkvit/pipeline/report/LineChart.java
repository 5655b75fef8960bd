package org.sparkvit.pipeline.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A chart of numbers over epochs, steps or trials, ready to draw. The axes begin and end where the
 * numbers do.
 *
 * @param id the id of the chart, unique on the page
 * @param across the name of the x axis
 */
public record LineChart(
    String id,
    String title,
    String across,
    List<Tick> xTicks,
    List<Tick> yTicks,
    List<Line> lines) {
  /** The place of the drawing area, whose frame {@code training.ftlh} draws. */
  private static final double LEFT = 56;

  private static final double TOP = 10;
  private static final double WIDTH = 290;
  private static final double HEIGHT = 180;

  /** The largest number of points. More cannot be told apart. */
  private static final int POINTS = 300;

  /** A number at an axis, and its place in the drawing. */
  public record Tick(double at, String label) {}

  /**
   * One line of a chart.
   *
   * @param last the line's last number as a text
   * @param path an SVG path; empty where only the dots are shown
   */
  public record Line(String name, String last, String path, List<Dot> dots) {}

  /** A point to hover over. */
  public record Dot(double x, double y, String label) {}

  /**
   * The numbers of one line.
   *
   * @param points x and y, which is NaN where there is no number
   * @param joined whether the points are joined by a line, or shown as dots
   */
  record Series(String name, List<double[]> points, boolean joined) {}

  /** Draws some series. Series without numbers are left out. Returns null where none has any. */
  static LineChart of(String id, String title, String across, List<Series> all) {
    List<Series> series =
        all.stream()
            .map(one -> new Series(one.name(), thinned(one.points()), one.joined()))
            .filter(one -> !one.points().isEmpty())
            .toList();
    if (series.isEmpty()) {
      return null;
    }
    Scale x = Scale.of(series, 0);
    Scale y = Scale.of(series, 1);
    List<Line> lines = new ArrayList<>();
    for (Series one : series) {
      StringBuilder path = new StringBuilder();
      List<Dot> dots = new ArrayList<>();
      boolean few = one.points().size() <= 40;
      for (double[] point : one.points()) {
        double px = LEFT + WIDTH * x.share(point[0]);
        double py = TOP + HEIGHT * (1 - y.share(point[1]));
        if (one.joined()) {
          path.append(
              String.format(Locale.ROOT, "%s%.1f %.1f", path.length() == 0 ? "M" : "L", px, py));
        }
        if (few || !one.joined()) {
          dots.add(new Dot(px, py, text(point[0]) + ": " + text(point[1])));
        }
      }
      double[] last = one.points().get(one.points().size() - 1);
      lines.add(new Line(one.name(), text(last[1]), path.toString(), dots));
    }
    return new LineChart(
        id, title, across, x.ticks(LEFT, WIDTH, false), y.ticks(TOP, HEIGHT, true), lines);
  }

  private static List<double[]> thinned(List<double[]> points) {
    List<double[]> defined = points.stream().filter(point -> Double.isFinite(point[1])).toList();
    int every = (defined.size() + POINTS - 1) / POINTS;
    if (every <= 1) {
      return defined;
    }
    List<double[]> some = new ArrayList<>();
    for (int i = 0; i < defined.size(); i += every) {
      some.add(defined.get(i));
    }
    return some;
  }

  /**
   * Returns a number with at most four digits, and with a power of ten where there would be many
   * zeros.
   */
  private static String text(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e6) {
      return Long.toString((long) value);
    }
    return Math.abs(value) < 1e-3
        ? String.format(Locale.ROOT, "%.1e", value)
        : String.format(Locale.ROOT, "%.4g", value)
            .replaceFirst("(\\.\\d*?)0+$", "$1")
            .replaceFirst("\\.$", "");
  }

  private record Scale(double low, double high) {
    static Scale of(List<Series> series, int axis) {
      double low = Double.POSITIVE_INFINITY;
      double high = Double.NEGATIVE_INFINITY;
      for (Series one : series) {
        for (double[] point : one.points()) {
          low = Math.min(low, point[axis]);
          high = Math.max(high, point[axis]);
        }
      }
      double room = high > low ? axis == 0 ? 0 : (high - low) * 0.04 : 0.5;
      return new Scale(low - room, high + room);
    }

    double share(double value) {
      return (value - low) / (high - low);
    }

    /** Returns ticks at one, two or five times a power of ten. */
    List<Tick> ticks(double from, double length, boolean down) {
      double least = (high - low) / 6;
      double step = Math.pow(10, Math.floor(Math.log10(least)));
      double wide =
          step >= least
              ? step
              : step * 2 >= least ? step * 2 : step * 5 >= least ? step * 5 : step * 10;
      List<Tick> ticks = new ArrayList<>();
      for (double i = Math.ceil(low / wide); i * wide <= high + wide * 1e-9; i++) {
        double share = share(i * wide);
        // What steps of a tenth add up to is not always what it is called.
        double value = Double.parseDouble(String.format(Locale.ROOT, "%.6g", i * wide));
        ticks.add(new Tick(from + length * (down ? 1 - share : share), text(value)));
      }
      return ticks;
    }
  }
}
