package org.sparkvit.pipeline.catalog;

import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import scala.Tuple2;

/**
 * Sorts rows of the images table by their ids. Stages go through the images in ranges of ids, so a
 * file that holds a range is one that need not be opened for another range. Ids are hashes, whose
 * first digits are as good as a sample, which would read all images once more.
 */
final class IdOrder extends Partitioner {
  private static final long serialVersionUID = 1L;
  private static final int DIGITS = 8;

  private final int partitions;

  private IdOrder(int partitions) {
    this.partitions = partitions;
  }

  /**
   * Sorts rows.
   *
   * @param rows rows with the id in their first column
   * @param partitions the number of partitions of the result
   */
  static JavaRDD<Row> sorted(JavaRDD<Row> rows, int partitions) {
    return rows.mapToPair(row -> new Tuple2<>(row.getString(0), row))
        .repartitionAndSortWithinPartitions(new IdOrder(partitions))
        .values();
  }

  @Override
  public int numPartitions() {
    return partitions;
  }

  @Override
  public int getPartition(Object id) {
    long head = Long.parseLong(((String) id).substring(0, DIGITS), 16);
    return (int) ((head * partitions) >>> (4 * DIGITS));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IdOrder that && that.partitions == partitions;
  }

  @Override
  public int hashCode() {
    return partitions;
  }
}
