package org.sparkvit.dataset.neighbors;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Row;

/** Some points that are compared with the points of another block. */
final class PointBlock implements Serializable {
  /**
   * The number of distances that are summed at a time. They and that many points fit into the
   * cache.
   */
  private static final int STRETCH = 512;

  private final List<String> ids = new ArrayList<>();
  private final List<float[]> points = new ArrayList<>();

  /** Packs the floats of a point into bytes. */
  static byte[] pack(scala.collection.Seq<Float> point) {
    ByteBuffer buffer = ByteBuffer.allocate(Float.BYTES * point.size());
    for (int i = 0; i < point.size(); i++) {
      buffer.putFloat(point.apply(i));
    }
    return buffer.array();
  }

  static float[] unpack(byte[] bytes) {
    float[] point = new float[bytes.length / Float.BYTES];
    ByteBuffer.wrap(bytes).asFloatBuffer().get(point);
    return point;
  }

  void add(String id, byte[] point) {
    ids.add(id);
    points.add(unpack(point));
  }

  /** Returns the positions of the nearest centres. A single centre is the nearest of any point. */
  static int[] nearest(float[] point, float[][] centers, int wanted) {
    int[] nearest = new int[wanted];
    float[] least = new float[wanted];
    Arrays.fill(least, Float.POSITIVE_INFINITY);
    for (int c = 0; centers.length > 1 && c < centers.length; c++) {
      float distance = squared(point, centers[c]);
      int at = wanted;
      while (at > 0 && distance < least[at - 1]) {
        at--;
      }
      if (at < wanted) {
        System.arraycopy(least, at, least, at + 1, wanted - at - 1);
        System.arraycopy(nearest, at, nearest, at + 1, wanted - at - 1);
        least[at] = distance;
        nearest[at] = c;
      }
    }
    return nearest;
  }

  static float squared(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      float difference = a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }

  /**
   * Returns the {@link NearestList} of each point of this block: its k nearest points in {@code
   * base} other than itself.
   */
  List<Row> nearest(PointBlock base, int k) {
    NearestList[] lists = new NearestList[points.size()];
    Arrays.setAll(lists, q -> new NearestList(k));
    for (int start = 0; start < base.points.size(); start += STRETCH) {
      int end = Math.min(start + STRETCH, base.points.size());
      float[][] columns = base.columns(start, end);
      float[] squared = new float[end - start];
      for (int q = 0; q < lists.length; q++) {
        distances(points.get(q), columns, squared);
        float limit = lists[q].limit();
        for (int b = 0; b < squared.length; b++) {
          if (squared[b] <= limit && !base.ids.get(start + b).equals(ids.get(q))) {
            lists[q].offer(base.ids.get(start + b), squared[b]);
            limit = lists[q].limit();
          }
        }
      }
    }
    List<Row> rows = new ArrayList<>(lists.length);
    for (int q = 0; q < lists.length; q++) {
      rows.add(lists[q].row(ids.get(q)));
    }
    return rows;
  }

  /**
   * Returns the points' coordinates as one array for each dimension, so that the inner loop of
   * {@link #distances} runs over many sums at once.
   */
  private float[][] columns(int start, int end) {
    float[][] columns = new float[points.get(start).length][end - start];
    for (int p = start; p < end; p++) {
      float[] point = points.get(p);
      for (int d = 0; d < point.length; d++) {
        columns[d][p - start] = point[d];
      }
    }
    return columns;
  }

  /**
   * Computes squared distances by differences. Products would lose the digits that tell near points
   * apart.
   */
  private static void distances(float[] query, float[][] columns, float[] squared) {
    Arrays.fill(squared, 0);
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
