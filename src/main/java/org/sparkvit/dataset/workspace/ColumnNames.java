package org.sparkvit.dataset.workspace;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.MetadataBuilder;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.dataset.schema.QuotedColumn;

/**
 * Converts names of columns to names that Delta tables may have. A user's own column may be called
 * {@code year taken}, but a Delta table that all readers know has no blanks and no brackets in its
 * names. There the column is {@code year_taken} with its own name as its comment, from which the
 * name is restored.
 */
final class ColumnNames {
  /** The key of a column's metadata that holds its own name. */
  private static final String OWN = "spark-vit.name";

  private static final String COMMENT = "comment";
  private static final String REFUSED = "[ ,;{}()\n\t=]";

  private ColumnNames() {}

  /** Returns the schema under which a table stores rows. */
  static StructType stored(StructType schema) {
    Set<String> taken = new HashSet<>();
    for (StructField field : schema.fields()) {
      taken.add(field.name().toLowerCase(Locale.ROOT));
    }
    List<StructField> fields = new ArrayList<>();
    for (StructField field : schema.fields()) {
      String plain = field.name().replaceAll(REFUSED, "_");
      if (plain.equals(field.name())) {
        fields.add(field);
        continue;
      }
      String name = plain;
      for (int i = 2; !taken.add(name.toLowerCase(Locale.ROOT)); i++) {
        name = plain + "_" + i;
      }
      fields.add(
          new StructField(
              name,
              field.dataType(),
              field.nullable(),
              new MetadataBuilder()
                  .withMetadata(field.metadata())
                  .putString(COMMENT, field.name())
                  .putString(OWN, field.name())
                  .build()));
    }
    return new StructType(fields.toArray(new StructField[0]));
  }

  /** Returns the rows with the names that {@link #stored} gives to their columns. */
  static Dataset<Row> store(Dataset<Row> rows) {
    StructType stored = stored(rows.schema());
    Column[] columns = new Column[stored.length()];
    for (int i = 0; i < columns.length; i++) {
      StructField field = stored.apply(i);
      columns[i] = QuotedColumn.named(rows.columns()[i]).as(field.name(), field.metadata());
    }
    return rows.select(columns);
  }

  /** Returns the rows of a table with the own names of their columns. */
  static Dataset<Row> restore(Dataset<Row> rows, StructType stored) {
    Column[] columns = new Column[stored.length()];
    for (int i = 0; i < columns.length; i++) {
      StructField field = stored.apply(i);
      Column column = QuotedColumn.named(field.name());
      columns[i] =
          field.metadata().contains(OWN) ? column.as(field.metadata().getString(OWN)) : column;
    }
    return rows.select(columns);
  }
}
