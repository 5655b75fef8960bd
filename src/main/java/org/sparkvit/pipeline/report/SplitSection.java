package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * The section on classes by split.
 *
 * @param names the splits, in the order of all counts here
 * @param totals the number of images of each split
 * @param shares the share of each split, 0 to 1
 * @param rows the largest classes
 * @param classes the number of classes
 */
public record SplitSection(
    List<String> names,
    List<Long> totals,
    List<Double> shares,
    long total,
    List<ClassRow> rows,
    long classes) {

  /** The number of images of one class in each split and in all of them. */
  public record ClassRow(String label, List<Long> counts, long total) {}

  static SplitSection gather(Dataset<Row> splits) {
    List<Column> counts = new ArrayList<>();
    for (String name : SplitsTable.NAMES) {
      counts.add(count(when(col(SplitsTable.SPLIT).equalTo(name), 1)).as(name));
    }
    Dataset<Row> classes =
        splits
            .groupBy(SplitsTable.LABEL)
            .agg(count(lit(1)).as("total"), counts.toArray(new Column[0]));
    List<ClassRow> rows = new ArrayList<>();
    for (Row row :
        classes
            .orderBy(col("total").desc(), col(SplitsTable.LABEL))
            .limit(Count.SHOWN)
            .collectAsList()) {
      rows.add(new ClassRow(row.getString(0), longs(row, 2), row.getLong(1)));
    }
    List<Column> sums = new ArrayList<>();
    sums.add(coalesce(sum("total"), lit(0L)));
    SplitsTable.NAMES.forEach(name -> sums.add(coalesce(sum(name), lit(0L))));
    Row all = classes.agg(count(lit(1)), sums.toArray(new Column[0])).head();
    long total = all.getLong(1);
    List<Long> totals = longs(all, 2);
    return new SplitSection(
        SplitsTable.NAMES,
        totals,
        totals.stream().map(part -> Count.share(part, total)).toList(),
        total,
        rows,
        all.getLong(0));
  }

  private static List<Long> longs(Row row, int from) {
    List<Long> values = new ArrayList<>();
    for (int i = 0; i < SplitsTable.NAMES.size(); i++) {
      values.add(row.getLong(from + i));
    }
    return values;
  }
}
