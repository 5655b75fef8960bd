package org.sparkvit.dataset.schema;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * Columns whose names come from people's files. Spark reads a dot in a name as a field of a struct,
 * and a name with a space not at all, unless the name is quoted.
 */
public final class QuotedColumn {
  private QuotedColumn() {}

  /** Returns the column of a name, whatever characters the name has. */
  public static Column named(String name) {
    return functions.col(quote(name));
  }

  /** Returns a name as SQL takes it, in backticks. */
  public static String quote(String name) {
    return "`" + name.replace("`", "``") + "`";
  }
}
