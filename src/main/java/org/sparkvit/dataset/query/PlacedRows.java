package org.sparkvit.dataset.query;

import java.io.Serializable;
import java.util.Comparator;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import scala.Tuple2;

/**
 * Moves rows to partitions that were chosen for them, in an order that was chosen, too. Spark's own
 * partitioning by range goes by samples, so it does not promise which row goes where.
 */
public final class PlacedRows {
  private PlacedRows() {}

  /**
   * Returns a row with its place.
   *
   * @param partition the index of its partition, from 0
   * @param place its place in the order of all rows
   */
  public static Tuple2<Tuple2<Integer, Long>, Row> at(int partition, long place, Row row) {
    Object[] values = new Object[row.length()];
    for (int i = 0; i < values.length; i++) {
      values[i] = row.get(i);
    }
    // Without the schema, which every row of a Dataset carries into a shuffle of objects.
    return new Tuple2<>(new Tuple2<>(partition, place), RowFactory.create(values));
  }

  /**
   * Moves the rows. Nothing is computed before the result is used.
   *
   * @param placed the rows as {@link #at} returns them
   * @param partitions the number of partitions, more than any index
   */
  public static JavaRDD<Row> move(
      JavaRDD<Tuple2<Tuple2<Integer, Long>, Row>> placed, int partitions) {
    return JavaPairRDD.fromJavaRDD(placed)
        .repartitionAndSortWithinPartitions(new ByPartition(partitions), new ByPlace())
        .values();
  }

  private static final class ByPartition extends Partitioner {
    private static final long serialVersionUID = 1L;

    private final int partitions;

    private ByPartition(int partitions) {
      this.partitions = partitions;
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object key) {
      return (Integer) ((Tuple2<?, ?>) key)._1;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof ByPartition that && that.partitions == partitions;
    }

    @Override
    public int hashCode() {
      return partitions;
    }
  }

  private static final class ByPlace implements Comparator<Tuple2<Integer, Long>>, Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public int compare(Tuple2<Integer, Long> left, Tuple2<Integer, Long> right) {
      return left._2.compareTo(right._2);
    }
  }
}
