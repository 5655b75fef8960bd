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
 * Converts names of classes to indexes and back, in queries. The index of a class is its position,
 * from 0, in the order of the model's probabilities.
 *
 * <p>The names are sent once with a task. An expression with a branch for each class grows with the
 * number of classes until Spark cannot compile it, which happened at 1,100 classes. A column of
 * names would repeat them in every row.
 */
public final class ClassIndex implements Serializable {
  /** The key of the only list of classes where there is no map of models. */
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
   * Creates the index of one list of classes.
   *
   * @param classes the names of the classes in their order; of equal names the first counts
   */
  public static ClassIndex of(List<String> classes) {
    return new ClassIndex(Map.of(ONLY, classes));
  }

  /**
   * Creates the indexes of several models.
   *
   * @param models the classes of each model, in the order of its probabilities, by the model's
   *     hash; of equal names the first counts
   */
  public static ClassIndex of(Map<String, List<String>> models) {
    return new ClassIndex(models);
  }

  /**
   * Returns the index of a class in the only list. It is null where the list lacks the name, or the
   * name is null.
   */
  public Column index(Column name) {
    return index(lit(ONLY), name);
  }

  /**
   * Returns the index of a class of a model. It is null where the model does not know the class, or
   * the name is null.
   */
  public Column index(Column model, Column name) {
    UDF2<String, String, Integer> index = this::index;
    return udf(index, DataTypes.IntegerType).apply(model, name);
  }

  /** Returns the index as {@link #index(Column, Column)} does, outside of a query. */
  public Integer index(String model, String name) {
    return indexes.get(model).get(name);
  }

  /** Returns the number of classes of a model. */
  public Column size(Column model) {
    UDF1<String, Integer> size = of -> size(of);
    return udf(size, DataTypes.IntegerType).apply(model);
  }

  /** Returns the number of classes as {@link #size(Column)} does, outside of a query. */
  public int size(String model) {
    return names.get(model).size();
  }

  /**
   * Returns the name of the class at an index of the only list. It is null where the index is null.
   */
  public Column name(Column index) {
    List<String> classes = names.get(ONLY);
    UDF1<Integer, String> name = i -> i == null ? null : classes.get(i);
    return udf(name, DataTypes.StringType).apply(index);
  }

  /**
   * Returns the index of the most probable class. Of equally probable classes it is the first.
   *
   * @param probabilities a column with an array of one number for each class, or null
   * @return the index, or null where there are no probabilities
   */
  public static Column mostProbable(Column probabilities) {
    return when(
        probabilities.isNotNull(),
        array_position(probabilities, array_max(probabilities)).minus(1).cast("int"));
  }
}
