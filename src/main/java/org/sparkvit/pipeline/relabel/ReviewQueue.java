package org.sparkvit.pipeline.relabel;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.ReviewTable;

/** Creates the rows of the table {@code review} from decisions. */
final class ReviewQueue {
  private ReviewQueue() {}

  /**
   * Returns the images to review, in the order of falling value. They are sorted and numbered on
   * the executors, so that a limit of millions costs the driver nothing.
   */
  static Dataset<Row> of(Dataset<Row> decided, long limit) {
    StructType schema = ReviewTable.SPEC.schema();
    List<Column> columns = new ArrayList<>();
    for (int i = 1; i < schema.length(); i++) {
      columns.add(col(schema.fieldNames()[i]));
    }
    JavaRDD<Row> ranked =
        decided
            .filter(col(RelabelsTable.DECISION).equalTo(RelabelsTable.REVIEW))
            .select(columns.toArray(new Column[0]))
            .orderBy(col(RelabelsTable.VALUE).desc(), col(RelabelsTable.ID))
            .javaRDD()
            .zipWithIndex()
            .filter(row -> row._2() < limit)
            .map(row -> ranked(row._1(), row._2() + 1));
    return decided.sparkSession().createDataFrame(ranked, schema);
  }

  private static Row ranked(Row row, long rank) {
    Object[] values = new Object[row.length() + 1];
    values[0] = rank;
    for (int i = 0; i < row.length(); i++) {
      values[i + 1] = row.get(i);
    }
    return RowFactory.create(values);
  }
}
