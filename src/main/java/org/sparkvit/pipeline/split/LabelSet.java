package org.sparkvit.pipeline.split;

import static org.apache.spark.sql.functions.array_distinct;
import static org.apache.spark.sql.functions.array_join;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.substring_index;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.trim;

import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.QuotedColumn;

/**
 * The class and the further labels of an image as one name: the class, then the labels in
 * alphabetical order, each once. Images with the same name are split as one class.
 */
final class LabelSet {
  /** The separator of the labels in a cell that holds several. */
  static final String SEPARATOR = "|";

  /** The separator of the parts of the name: ASCII's unit separator, which no label contains. */
  private static final String UNIT = "\u001f";

  private LabelSet() {}

  /**
   * Returns the name of each image's set.
   *
   * @param column a column of {@code images} with the further labels: an array, or text in which
   *     {@value #SEPARATOR} separates them
   * @throws UserException when there is no such column
   */
  static Column of(Dataset<Row> images, String column) {
    if (!Arrays.asList(images.columns()).contains(column)) {
      throw new UserException(
          "table 'images' has no column '"
              + column
              + "' for --labels-column; it has "
              + String.join(", ", images.columns()));
    }
    Column cell = QuotedColumn.named(column);
    Column labels =
        images.schema().apply(column).dataType() instanceof ArrayType
            ? cell.cast(DataTypes.createArrayType(DataTypes.StringType))
            : split(cell.cast(DataTypes.StringType), "\\" + SEPARATOR);
    Column own =
        array_sort(
            array_distinct(
                filter(transform(labels, label -> trim(label)), label -> label.notEqual(lit("")))));
    Column joined = array_join(transform(own, label -> concat(lit(UNIT), label)), "");
    return concat(col(ImagesTable.LABEL), coalesce(joined, lit("")));
  }

  /** Returns the class in a set's name. */
  static String className(String set) {
    int end = set.indexOf(UNIT);
    return end < 0 ? set : set.substring(0, end);
  }

  /** Returns the class in each set's name of a column. */
  static Column className(Column set) {
    return substring_index(set, UNIT, 1);
  }

  /** Returns the further labels in a set's name. */
  static List<String> labels(String set) {
    String[] parts = set.split(UNIT);
    return List.of(parts).subList(1, parts.length);
  }
}
