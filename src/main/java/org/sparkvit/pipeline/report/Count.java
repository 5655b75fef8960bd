package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * The number of rows that have a value.
 *
 * @param name the value
 * @param count the number of rows
 * @param share the share of all rows, 0 to 1
 */
public record Count(String name, long count, double share) {
  /** The largest number of rows of a table. Nobody reads more. */
  static final int SHOWN = 100;

  static Count of(String name, long count, long total) {
    return new Count(name, count, share(count, total));
  }

  /** Returns a fraction, or NaN where the total is 0. */
  static double share(long part, long total) {
    return total == 0 ? Double.NaN : (double) part / total;
  }

  /** Returns the most frequent values. Equally frequent ones are ordered by name. */
  static List<Count> top(Dataset<Row> rows, Column value, String ifNull, long total) {
    List<Count> counts = new ArrayList<>();
    for (Row row :
        rows.groupBy(coalesce(value, lit(ifNull)).as("name"))
            .count()
            .orderBy(col("count").desc(), col("name"))
            .limit(SHOWN)
            .collectAsList()) {
      counts.add(of(row.getString(0), row.getLong(1), total));
    }
    return counts;
  }
}
