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
 * How many rows have a value.
 *
 * @param name the value
 * @param share of all rows, 0 to 1
 */
public record Count(String name, long count, double share) {
  /** More rows than this make no table that anybody reads. */
  static final int SHOWN = 100;

  static Count of(String name, long count, long total) {
    return new Count(name, count, share(count, total));
  }

  /** Returns a fraction, NaN of nothing. */
  static double share(long part, long total) {
    return total == 0 ? Double.NaN : (double) part / total;
  }

  /** Returns the most frequent values, ties by name. */
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
