package org.sparkvit.pipeline.relabel;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.RelabelSummaryTable;

/** Creates the rows of the table {@code relabel_summary} from decisions. */
final class Summary {
  private static final String[] KEY = {
    RelabelSummaryTable.MODEL,
    RelabelSummaryTable.SLICE,
    RelabelSummaryTable.SLICE_VALUE,
    RelabelSummaryTable.OLD_LABEL,
    RelabelSummaryTable.PREDICTED,
    RelabelSummaryTable.NEW_LABEL,
    RelabelSummaryTable.DECISION,
    RelabelSummaryTable.REASON
  };

  private Summary() {}

  static Dataset<Row> of(Dataset<Row> decided, List<String> slices) {
    List<Column> regions = new ArrayList<>();
    regions.add(region(lit(MetricsTable.ALL), lit(MetricsTable.ALL)));
    for (String slice : slices) {
      regions.add(region(lit(slice), SliceColumns.value(RelabelDecisions.IMAGE, slice)));
    }
    Column[] key = new Column[KEY.length];
    for (int i = 0; i < key.length; i++) {
      key[i] = col(KEY[i]);
    }
    return decided
        .withColumn("region", explode(array(regions.toArray(new Column[0]))))
        .withColumn(RelabelSummaryTable.SLICE, col("region.slice"))
        .withColumn(RelabelSummaryTable.SLICE_VALUE, col("region.slice_value"))
        .groupBy(key)
        .agg(count(lit(1)).as(RelabelSummaryTable.IMAGES))
        .orderBy(key);
  }

  private static Column region(Column slice, Column value) {
    return struct(slice.as(RelabelSummaryTable.SLICE), value.as(RelabelSummaryTable.SLICE_VALUE));
  }
}
