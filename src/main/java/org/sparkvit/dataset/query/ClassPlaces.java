package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;

import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;

/**
 * The places of classes among those of each model, for queries. It travels once with a task, where
 * a column of names would be in every row of images: with a thousand classes that is far more than
 * all else that is known of an image.
 */
public final class ClassPlaces implements Serializable {
  private final Map<String, Map<String, Integer>> places = new HashMap<>();
  private final Map<String, Integer> sizes = new HashMap<>();

  private ClassPlaces() {}

  /**
   * Of some models.
   *
   * @param models the classes of each, in the order of its probabilities; of equal names the first
   *     counts
   */
  public static ClassPlaces of(Map<String, List<String>> models) {
    ClassPlaces all = new ClassPlaces();
    models.forEach(
        (model, classes) -> {
          Map<String, Integer> places = new HashMap<>();
          for (int c = 0; c < classes.size(); c++) {
            places.putIfAbsent(classes.get(c), c);
          }
          all.places.put(model, places);
          all.sizes.put(model, classes.size());
        });
    return all;
  }

  /** The place of a class, from 0; null where the model does not know it, or there is none. */
  public Column place(Column model, Column name) {
    UDF2<String, String, Integer> place = (of, named) -> places.get(of).get(named);
    return udf(place, DataTypes.IntegerType).apply(model, name);
  }

  /** The place of a class among those of one model. */
  public static Column place(List<String> classes, Column name) {
    return of(Map.of("", classes)).place(lit(""), name);
  }

  /** How many classes a model has. */
  public Column size(Column model) {
    UDF1<String, Integer> size = sizes::get;
    return udf(size, DataTypes.IntegerType).apply(model);
  }
}
