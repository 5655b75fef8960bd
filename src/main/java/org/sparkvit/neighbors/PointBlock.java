package org.sparkvit.neighbors;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Row;

/** Some points, to be compared with those of another block. */
final class PointBlock {
  private final List<String> ids = new ArrayList<>();
  private final List<float[]> points = new ArrayList<>();

  void add(String id, List<Float> point) {
    ids.add(id);
    points.add(Neighbors.values(point));
  }

  /** The k nearest in {@code base} of each point here, itself left out. */
  List<Row> nearest(PointBlock base, int k) {
    List<Row> rows = new ArrayList<>();
    if (base.points.isEmpty()) {
      return rows;
    }
    float[][] columns = base.columns();
    float[] squared = new float[base.points.size()];
    for (int q = 0; q < points.size(); q++) {
      NearestList nearest = new NearestList(k);
      distances(points.get(q), columns, squared);
      for (int b = 0; b < squared.length; b++) {
        if (squared[b] <= nearest.limit() && !base.ids.get(b).equals(ids.get(q))) {
          nearest.offer(base.ids.get(b), squared[b]);
        }
      }
      nearest.addTo(rows, ids.get(q));
    }
    return rows;
  }

  /** One array for each dimension, so that the inner loop below runs over many sums at once. */
  private float[][] columns() {
    float[][] columns = new float[points.get(0).length][points.size()];
    for (int p = 0; p < points.size(); p++) {
      float[] point = points.get(p);
      for (int d = 0; d < point.length; d++) {
        columns[d][p] = point[d];
      }
    }
    return columns;
  }

  /** Differences and not products, which would lose the digits of what is near. */
  private static void distances(float[] query, float[][] columns, float[] squared) {
    java.util.Arrays.fill(squared, 0);
    for (int d = 0; d < query.length; d++) {
      float value = query[d];
      float[] column = columns[d];
      for (int b = 0; b < squared.length; b++) {
        float difference = value - column[b];
        squared[b] += difference * difference;
      }
    }
  }
}
