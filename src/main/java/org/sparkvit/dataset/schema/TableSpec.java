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
 * What a table promises its readers.
 *
 * @param name the folder in the workspace
 * @param writtenBy the subcommand that makes it
 * @param comment what its rows are, for people who meet it in a catalog
 * @param schema the columns every row has, each with a comment on what it means; a column that may
 *     hold no value is nullable
 * @param open whether further columns are allowed behind these (the user's own, for slices)
 * @param key columns that tell rows apart in a table that runs add to, where the row of the latest
 *     part counts; empty for a table that each run writes as a whole
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

  /** A table that each run writes as a whole. */
  public TableSpec(String name, String writtenBy, String comment, StructType schema, boolean open) {
    this(name, writtenBy, comment, schema, open, List.of());
  }

  /** Whose its parts say that they are. */
  public String owner() {
    return "table " + name;
  }

  /** Returns whether runs add parts to it, several of them at the same time if need be. */
  public boolean grows() {
    return !key.isEmpty();
  }

  /**
   * Checks names and types and puts the columns in order.
   *
   * @throws DataException when a column is missing, has another type, or is one too many
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
      columns.add(col("`" + extra.replace("`", "``") + "`"));
    }
    return rows.select(columns.toArray(new Column[0]));
  }

  /**
   * Returns the columns of rows that were checked, with the comments of those that the
   * specification names. Rows that were computed have none of them.
   */
  public StructType described(StructType checked) {
    StructType described = schema;
    for (int i = schema.length(); i < checked.length(); i++) {
      described = described.add(checked.apply(i));
    }
    return described;
  }

  /** Returns the columns of {@code rows} that the specification does not name: the user's own. */
  public List<String> extraColumns(Dataset<Row> rows) {
    List<String> extra = new ArrayList<>(Arrays.asList(rows.columns()));
    extra.removeAll(Arrays.asList(schema.fieldNames()));
    return extra;
  }
}
