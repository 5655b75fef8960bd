package org.sparkvit.pipeline.evaluate;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.sparkvit.stats.metrics.CurvePoint;

/**
 * A segment of a curve: its first and its last point within one cell of {@link CurvePoint#cell}, as
 * thresholds, true positives and false positives. It is no record, because Kryo could not read one
 * back.
 */
final class CurveSegment implements Serializable {
  private final long cell;
  private final double firstThreshold;
  private final long firstTrue;
  private final long firstFalse;
  private final double lastThreshold;
  private final long lastTrue;
  private final long lastFalse;

  CurveSegment(CurvePoint first, CurvePoint last) {
    this(
        first.cell(),
        first.threshold(),
        first.truePositives(),
        first.falsePositives(),
        last.threshold(),
        last.truePositives(),
        last.falsePositives());
  }

  private CurveSegment(
      long cell,
      double firstThreshold,
      long firstTrue,
      long firstFalse,
      double lastThreshold,
      long lastTrue,
      long lastFalse) {
    this.cell = cell;
    this.firstThreshold = firstThreshold;
    this.firstTrue = firstTrue;
    this.firstFalse = firstFalse;
    this.lastThreshold = lastThreshold;
    this.lastTrue = lastTrue;
    this.lastFalse = lastFalse;
  }

  /** Returns the cell of the curve that the segment is in. */
  long cell() {
    return cell;
  }

  /** Merges two segments of a cell. The highest threshold comes first. */
  CurveSegment plus(CurveSegment other) {
    CurveSegment top = firstThreshold >= other.firstThreshold ? this : other;
    CurveSegment bottom = lastThreshold <= other.lastThreshold ? this : other;
    return new CurveSegment(
        cell,
        top.firstThreshold,
        top.firstTrue,
        top.firstFalse,
        bottom.lastThreshold,
        bottom.lastTrue,
        bottom.lastFalse);
  }

  /** Returns the points of the segment, one or two. */
  List<CurvePoint> points(long positives, long negatives) {
    List<CurvePoint> points = new ArrayList<>(2);
    points.add(new CurvePoint(firstThreshold, firstTrue, firstFalse, positives, negatives));
    if (lastThreshold != firstThreshold) {
      points.add(new CurvePoint(lastThreshold, lastTrue, lastFalse, positives, negatives));
    }
    return points;
  }
}
