package org.sparkvit.dataset.query;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Finds connected components of keys, by union-find. A component is named after its smallest key,
 * so the order in which edges arrive does not matter.
 *
 * <p>All edges are processed in one task. In this program an edge joins a group and a content hash
 * that several images have each, so there are far fewer edges than images. Ten million edges take
 * about 3 GB.
 */
public final class Components {
  public static final String KEY = "component_key";
  public static final String NAME = "component_name";

  private static final StructType SCHEMA =
      new StructType().add(KEY, DataTypes.StringType, false).add(NAME, DataTypes.StringType, false);

  private final Map<String, String> parents = new HashMap<>();

  private Components() {}

  /**
   * Finds the components of a graph.
   *
   * @param edges the edges, in two string columns without nulls
   * @return the columns {@link #KEY} and {@link #NAME}, with one row for each key that an edge
   *     touches
   */
  public static Dataset<Row> of(Dataset<Row> edges) {
    return edges
        .repartition(1)
        .mapPartitions((MapPartitionsFunction<Row, Row>) Components::connect, Encoders.row(SCHEMA));
  }

  private static Iterator<Row> connect(Iterator<Row> edges) {
    Components components = new Components();
    edges.forEachRemaining(edge -> components.join(edge.getString(0), edge.getString(1)));
    List<String> keys = new ArrayList<>(components.parents.keySet());
    return keys.stream().map(key -> RowFactory.create(key, components.root(key))).iterator();
  }

  private void join(String a, String b) {
    String rootA = root(a);
    String rootB = root(b);
    if (rootA.compareTo(rootB) <= 0) {
      parents.put(rootB, rootA);
    } else {
      parents.put(rootA, rootB);
    }
  }

  private String root(String key) {
    String parent = parents.computeIfAbsent(key, k -> k);
    String current = key;
    while (!parent.equals(current)) {
      // Halving the path on the way keeps later look-ups short.
      String grandparent = parents.get(parent);
      parents.put(current, grandparent);
      current = grandparent;
      parent = parents.get(current);
    }
    return current;
  }
}
