package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.approx_count_distinct;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.QuotedColumn;

/** Selects columns of {@code images} whose values divide the images into slices. */
public final class SliceColumns {
  /** The value that stands for a missing value of a slice column. */
  public static final String MISSING = "(missing)";

  /**
   * The largest number of values of a slice column. A column with more values identifies images
   * rather than kinds of images.
   */
  public static final int MAX_VALUES = 200;

  /**
   * The largest number of values of a column that is sliced by without being requested. A person
   * does not read more.
   */
  private static final int MAX_USUAL_VALUES = 20;

  private static final int MAX_USUAL_COLUMNS = 10;

  private SliceColumns() {}

  /** Returns the value of a slice column as text, never null. */
  public static Column value(String slice) {
    return coalesce(QuotedColumn.named(slice).cast(DataTypes.StringType), lit(MISSING));
  }

  /** Returns the value as {@link #value(String)} does, of a column in a struct. */
  public static Column value(String struct, String slice) {
    return coalesce(col(struct).getField(slice).cast(DataTypes.StringType), lit(MISSING));
  }

  /**
   * Returns the values of a column of groups as text, or null where they are blank.
   *
   * @throws UserException when {@code images} has no such column
   */
  public static Column group(Dataset<Row> images, String column) {
    if (!List.of(images.columns()).contains(column)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "--group-column '%s' is not a column of the table 'images'; it has %s",
              column,
              String.join(", ", images.columns())));
    }
    Column value = QuotedColumn.named(column).cast(DataTypes.StringType);
    return when(trim(value).notEqual(""), value);
  }

  /**
   * Checks that slices can be made from columns.
   *
   * @throws UserException when a column is named twice, does not exist, holds nested values, or has
   *     more than {@value #MAX_VALUES} values
   */
  public static void require(Dataset<Row> images, List<String> slices) {
    List<String> available = ImagesTable.SPEC.extraColumns(images);
    available.addAll(List.of(ImagesTable.FORMAT, ImagesTable.CHANNELS, ImagesTable.ORIENTATION));
    for (String slice : slices) {
      if (slices.indexOf(slice) != slices.lastIndexOf(slice)) {
        throw new UserException("--slices names '" + slice + "' twice; name each column once");
      }
      if (!available.contains(slice)) {
        throw new UserException(
            "--slices names '"
                + slice
                + "', which is no column of table 'images' to slice by; there are "
                + available);
      }
      DataType type = images.schema().apply(slice).dataType();
      if (isNested(type)) {
        throw new UserException(
            "--slices names '"
                + slice
                + "', whose values are of type "
                + type.simpleString()
                + "; choose a column of plain values");
      }
      long values =
          images.select(QuotedColumn.named(slice)).distinct().limit(MAX_VALUES + 1).count();
      if (values > MAX_VALUES) {
        throw new UserException(
            "--slices names '"
                + slice
                + "', which has more than "
                + MAX_VALUES
                + " values; choose a column with fewer, or put values into groups");
      }
    }
  }

  /**
   * Returns the columns to slice by unless others are requested: the user's own columns that have a
   * few values each.
   */
  public static List<String> usual(Dataset<Row> images) {
    List<String> plain = new ArrayList<>();
    List<Column> counts = new ArrayList<>();
    for (String column : ImagesTable.SPEC.extraColumns(images)) {
      if (!isNested(images.schema().apply(column).dataType())) {
        plain.add(column);
        counts.add(approx_count_distinct(QuotedColumn.named(column)));
      }
    }
    List<String> usual = new ArrayList<>();
    if (!plain.isEmpty()) {
      Row values = images.select(counts.toArray(new Column[0])).head();
      for (int i = 0; i < plain.size() && usual.size() < MAX_USUAL_COLUMNS; i++) {
        if (values.getLong(i) > 1 && values.getLong(i) <= MAX_USUAL_VALUES) {
          usual.add(plain.get(i));
        }
      }
    }
    return usual;
  }

  private static boolean isNested(DataType type) {
    return type instanceof ArrayType || type instanceof MapType || type instanceof StructType;
  }
}
