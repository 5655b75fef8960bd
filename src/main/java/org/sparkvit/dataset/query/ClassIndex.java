package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.array_max;
import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;

/**
 * The index of a class among the classes of a model, from 0, in the order of the model's
 * probabilities: from name to index and back, in queries.
 *
 * <p>The names travel once with a task. An expression with a branch for each class grows with their
 * number until Spark cannot compile it, which happened at 1,100 classes, and a column of names
 * would be in every row.
 */
public final class ClassIndex implements Serializable {
  /** What the only model is called where there is one. */
  private static final String ONLY = "";

  private final Map<String, List<String>> names = new HashMap<>();
  private final Map<String, Map<String, Integer>> indexes = new HashMap<>();

  private ClassIndex(Map<String, List<String>> models) {
    models.forEach(
        (model, classes) -> {
          Map<String, Integer> index = new HashMap<>();
          for (int c = 0; c < classes.size(); c++) {
            index.putIfAbsent(classes.get(c), c);
          }
          names.put(model, new ArrayList<>(classes));
          indexes.put(model, index);
        });
  }

  /**
   * The index of one list of classes.
   *
   * @param classes in their order; of equal names the first counts
   */
  public static ClassIndex of(List<String> classes) {
    return new ClassIndex(Map.of(ONLY, classes));
  }

  /**
   * The indexes of several models.
   *
   * @param models the classes of each, in the order of its probabilities; of equal names the first
   *     counts
   */
  public static ClassIndex of(Map<String, List<String>> models) {
    return new ClassIndex(models);
  }

  /** The index of a class of the one list; null where it is not in it, or the name is null. */
  public Column index(Column name) {
    return index(lit(ONLY), name);
  }

  /** The index of a class of a model; null where the model does not know it, or it is null. */
  public Column index(Column model, Column name) {
    UDF2<String, String, Integer> index = this::index;
    return udf(index, DataTypes.IntegerType).apply(model, name);
  }

  /** As {@link #index(Column, Column)}, outside of a query. */
  public Integer index(String model, String name) {
    return indexes.get(model).get(name);
  }

  /** How many classes a model has. */
  public Column size(Column model) {
    UDF1<String, Integer> size = of -> size(of);
    return udf(size, DataTypes.IntegerType).apply(model);
  }

  /** As {@link #size(Column)}, outside of a query. */
  public int size(String model) {
    return names.get(model).size();
  }

  /** The name of a class of the one list by its index; null where that is null. */
  public Column name(Column index) {
    List<String> classes = names.get(ONLY);
    UDF1<Integer, String> name = i -> i == null ? null : classes.get(i);
    return udf(name, DataTypes.StringType).apply(index);
  }

  /**
   * The index of the most probable class, and of equal ones the first.
   *
   * @param probabilities an array with one number for each class, or null
   * @return null where there are no probabilities
   */
  public static Column mostProbable(Column probabilities) {
    return when(
        probabilities.isNotNull(),
        array_position(probabilities, array_max(probabilities)).minus(1).cast("int"));
  }
}
