package org.sparkvit.dataset.schema;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.DataException;

/**
 * The specification of a table.
 *
 * @param name the folder in the workspace
 * @param writtenBy the subcommand that writes it
 * @param comment a description of its rows, for people who meet it in a data catalog
 * @param schema the columns that every row has, each with a comment on what it means; a column that
 *     may hold no value is nullable
 * @param open whether further columns are allowed behind these (the user's own, for slices)
 * @param key the columns whose values identify a row, in a table that runs add to; the row that was
 *     added last counts. It is empty for a table that each run writes as a whole
 */
public record TableSpec(
    String name,
    String writtenBy,
    String comment,
    StructType schema,
    boolean open,
    List<String> key) {

  public TableSpec {
    key = List.copyOf(key);
  }

  /** Creates the specification of a table that each run writes as a whole. */
  public TableSpec(String name, String writtenBy, String comment, StructType schema, boolean open) {
    this(name, writtenBy, comment, schema, open, List.of());
  }

  /** Returns the owner that the marks of its parts name. */
  public String owner() {
    return "table " + name;
  }

  /** Returns whether runs add parts to the table, possibly several runs at the same time. */
  public boolean grows() {
    return !key.isEmpty();
  }

  /**
   * Checks names and types of columns and puts the columns in order.
   *
   * @throws DataException when a column is missing, has another type, or is not allowed
   */
  public Dataset<Row> check(Dataset<Row> rows) {
    Set<String> present = new LinkedHashSet<>(Arrays.asList(rows.columns()));
    List<Column> columns = new ArrayList<>();
    for (StructField field : schema.fields()) {
      if (!present.remove(field.name())) {
        throw new DataException(
            name, field.name(), "is missing; the table has " + Arrays.toString(rows.columns()));
      }
      String type = rows.schema().apply(field.name()).dataType().simpleString();
      if (!type.equals(field.dataType().simpleString())) {
        throw new DataException(
            name, field.name(), "has type " + type + ", not " + field.dataType().simpleString());
      }
      columns.add(col(field.name()));
    }
    for (String extra : present) {
      if (!open) {
        throw new DataException(name, extra, "is not a column of this table");
      }
      columns.add(QuotedColumn.named(extra));
    }
    return rows.select(columns.toArray(new Column[0]));
  }

  /**
   * Returns the columns of checked rows with the comments of those that the specification names.
   * Rows that were computed have no comments.
   */
  public StructType described(StructType checked) {
    StructType described = schema;
    for (int i = schema.length(); i < checked.length(); i++) {
      described = described.add(checked.apply(i));
    }
    return described;
  }

  /**
   * Returns the columns of {@code rows} that the specification does not name, which are the user's
   * own.
   */
  public List<String> extraColumns(Dataset<Row> rows) {
    List<String> extra = new ArrayList<>(Arrays.asList(rows.columns()));
    extra.removeAll(Arrays.asList(schema.fieldNames()));
    return extra;
  }
}
