package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.BalanceTable;
import org.sparkvit.stats.metrics.ClassBalance;

/**
 * The section on the classes of the train split before and after the plan.
 *
 * @param rows the largest classes
 * @param classes the number of classes
 * @param before the balance of the images
 * @param after the balance of the samples in an epoch
 * @param weighted the balance of the samples times their weights in the loss
 */
public record BalanceSection(
    List<ClassRow> rows,
    long classes,
    ClassBalance before,
    ClassBalance after,
    ClassBalance weighted) {

  /**
   * One class.
   *
   * @param shareBefore its share of all train images
   * @param shareAfter its share of all samples
   * @param shareWeighted its share of the weighted samples
   */
  public record ClassRow(
      String label,
      long before,
      long after,
      double weighted,
      double shareBefore,
      double shareAfter,
      double shareWeighted) {}

  static BalanceSection gather(Dataset<Row> balance) {
    // One row per class: as many as the model has outputs, so the driver can hold them.
    List<Row> classes =
        balance
            .select(
                BalanceTable.LABEL, BalanceTable.BEFORE, BalanceTable.AFTER, BalanceTable.WEIGHTED)
            .orderBy(col(BalanceTable.BEFORE).desc(), col(BalanceTable.LABEL))
            .collectAsList();
    double[] before = values(classes, row -> row.getLong(1));
    double[] after = values(classes, row -> row.getLong(2));
    double[] weighted = values(classes, row -> row.getDouble(3));
    double sumBefore = sum(before);
    double sumAfter = sum(after);
    double sumWeighted = sum(weighted);
    List<ClassRow> rows = new ArrayList<>();
    for (int i = 0; i < Math.min(Count.SHOWN, classes.size()); i++) {
      rows.add(
          new ClassRow(
              classes.get(i).getString(0),
              (long) before[i],
              (long) after[i],
              weighted[i],
              before[i] / sumBefore,
              after[i] / sumAfter,
              weighted[i] / sumWeighted));
    }
    return new BalanceSection(
        rows,
        classes.size(),
        ClassBalance.of(before),
        ClassBalance.of(after),
        ClassBalance.of(weighted));
  }

  private static double[] values(List<Row> rows, ToDoubleFunction<Row> value) {
    return rows.stream().mapToDouble(value).toArray();
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }
}
