package org.sparkvit.dataset.neighbors;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A list of the k nearest points among those that were offered, in order. Of equally near points,
 * those of lower id are kept.
 */
final class NearestList {
  /** The columns of a point's list, besides its id. */
  static final String IDS = "neighbor_ids";

  static final String SQUARED = "squared_distances";

  static final StructType SCHEMA =
      new StructType()
          .add(Neighbors.ID, DataTypes.StringType, false)
          .add(IDS, DataTypes.createArrayType(DataTypes.StringType, false), false)
          .add(SQUARED, DataTypes.createArrayType(DataTypes.FloatType, false), false);

  /** The type of what {@link #merge} returns. */
  static final DataType MERGED =
      DataTypes.createArrayType(
          new StructType()
              .add(Neighbors.NEIGHBOR, DataTypes.StringType, false)
              .add(Neighbors.DISTANCE, DataTypes.FloatType, false)
              .add(Neighbors.RANK, DataTypes.IntegerType, false),
          false);

  private final String[] ids;
  private final float[] squared;
  private int size;

  NearestList(int k) {
    ids = new String[k];
    squared = new float[k];
  }

  /** Returns the squared distance that a point must not exceed to be added. */
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

  /** Returns the list as a row of {@link #SCHEMA}. */
  Row row(String point) {
    Float[] distances = new Float[size];
    for (int i = 0; i < size; i++) {
      distances[i] = squared[i];
    }
    return RowFactory.create(point, Arrays.copyOf(ids, size), distances);
  }

  /**
   * Returns the nearest points of several lists about one point. A point that is in more than one
   * list counts once.
   */
  static List<Row> merge(scala.collection.Seq<Row> lists, int k) {
    NearestList all = new NearestList(k);
    Set<String> seen = new HashSet<>();
    for (int l = 0; l < lists.size(); l++) {
      List<String> ids = lists.apply(l).getList(0);
      List<Float> squared = lists.apply(l).getList(1);
      for (int i = 0; i < ids.size(); i++) {
        if (seen.add(ids.get(i))) {
          all.offer(ids.get(i), squared.get(i));
        }
      }
    }
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < all.size; i++) {
      rows.add(RowFactory.create(all.ids[i], (float) Math.sqrt(all.squared[i]), i + 1));
    }
    return rows;
  }
}
