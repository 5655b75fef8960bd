package org.sparkvit.pipeline.labels;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.schema.LabelChecksTable;

/** Lets the nearest images vote on the label of an image. Images that it repeats have no vote. */
final class NeighborVotes {
  private static final StructType VOTE =
      new StructType()
          .add(LabelChecksTable.AGREEMENT, DataTypes.DoubleType, false)
          .add(LabelChecksTable.NEIGHBORS_LABEL, DataTypes.StringType, false)
          .add(LabelChecksTable.DISTANCE, DataTypes.DoubleType, false);

  private NeighborVotes() {}

  /**
   * Counts votes.
   *
   * @param images rows with {@code id}, {@code label} and {@link LabelledImages#GROUP}
   * @param found the neighbours, as {@link Neighbors#find} gives them
   * @return rows with {@code id} and the columns of {@link LabelChecksTable} that votes fill,
   *     except {@link LabelChecksTable#OUTLIER}; images without a vote have no row
   */
  static Dataset<Row> of(Dataset<Row> images, Dataset<Row> found) {
    Dataset<Row> own =
        images.select(LabelChecksTable.ID, LabelChecksTable.LABEL, LabelledImages.GROUP);
    Dataset<Row> other = own.toDF(Neighbors.NEIGHBOR, "other_label", "other_group");
    return found
        .join(own, LabelChecksTable.ID)
        .join(other, Neighbors.NEIGHBOR)
        .where(not(col(LabelledImages.GROUP).equalTo(col("other_group"))))
        .groupBy(LabelChecksTable.ID, LabelChecksTable.LABEL)
        .agg(
            // Votes are sorted by rank, so that distances are summed in one order.
            array_sort(
                    collect_list(
                        struct(col(Neighbors.RANK), col(Neighbors.DISTANCE), col("other_label"))))
                .as("votes"))
        .select(
            col(LabelChecksTable.ID),
            udf((UDF2<String, scala.collection.Seq<Row>, Row>) NeighborVotes::count, VOTE)
                .apply(col(LabelChecksTable.LABEL), col("votes"))
                .as("vote"))
        .select(col(LabelChecksTable.ID), col("vote.*"));
  }

  private static Row count(String label, scala.collection.Seq<Row> votes) {
    Map<String, Integer> counts = new TreeMap<>();
    double distance = 0;
    for (int i = 0; i < votes.size(); i++) {
      distance += votes.apply(i).getFloat(1);
      counts.merge(votes.apply(i).getString(2), 1, Integer::sum);
    }
    String most = label;
    for (Map.Entry<String, Integer> entry : counts.entrySet()) {
      if (entry.getValue() > counts.getOrDefault(most, 0)) {
        most = entry.getKey();
      }
    }
    return RowFactory.create(
        counts.getOrDefault(label, 0) / (double) votes.size(), most, distance / votes.size());
  }
}
