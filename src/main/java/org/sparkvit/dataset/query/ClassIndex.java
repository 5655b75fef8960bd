package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.Labels;

/**
 * From the name of a class to its place among the classes, in queries: a lookup that stays small
 * for thousands of classes, where an expression of them would grow with their number until Spark
 * cannot compile it.
 */
public final class ClassIndex {
  private static final String NAME = "class_index_name";
  private static final String PLACE = "class_index_place";

  private final Labels labels;

  private ClassIndex(Labels labels) {
    this.labels = labels;
  }

  /** Of some classes, in their order. */
  public static ClassIndex of(Labels labels) {
    return new ClassIndex(labels);
  }

  /**
   * Adds the place of a class, from 0; null where the class is none of these.
   *
   * @param name the column with names of classes
   * @param place what the new column is called
   */
  public Dataset<Row> addTo(Dataset<Row> rows, String name, String place) {
    return rows.join(broadcast(table(rows)), rows.col(name).equalTo(col(NAME)), "left")
        .withColumn(place, col(PLACE))
        .drop(NAME, PLACE);
  }

  private Dataset<Row> table(Dataset<Row> rows) {
    List<Row> classes = new ArrayList<>();
    for (int c = 0; c < labels.size(); c++) {
      classes.add(RowFactory.create(labels.name(c), c));
    }
    return rows.sparkSession()
        .createDataFrame(
            classes,
            new StructType()
                .add(NAME, DataTypes.StringType, false)
                .add(PLACE, DataTypes.IntegerType, false));
  }
}
