package org.sparkvit.neighbors;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The k nearest of those that were offered, in order; of equally near ones those of lower id. */
final class NearestList {
  private final String[] ids;
  private final float[] squared;
  private int size;

  NearestList(int k) {
    ids = new String[k];
    squared = new float[k];
  }

  /** What a point must not exceed to be taken. */
  float limit() {
    return size < ids.length ? Float.POSITIVE_INFINITY : squared[size - 1];
  }

  void offer(String id, float distance) {
    if (distance > limit() || (distance == limit() && id.compareTo(ids[size - 1]) > 0)) {
      return;
    }
    int at = size < ids.length ? size++ : size - 1;
    while (at > 0
        && (squared[at - 1] > distance
            || (squared[at - 1] == distance && ids[at - 1].compareTo(id) > 0))) {
      squared[at] = squared[at - 1];
      ids[at] = ids[at - 1];
      at--;
    }
    squared[at] = distance;
    ids[at] = id;
  }

  /** Adds a row of point, neighbour and Euclidean distance for each. */
  void addTo(List<Row> rows, String point) {
    for (int i = 0; i < size; i++) {
      rows.add(RowFactory.create(point, ids[i], (float) Math.sqrt(Math.max(0, squared[i]))));
    }
  }
}
