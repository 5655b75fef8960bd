package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.PlacedRows;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.loading.ParquetCell;
import scala.Tuple2;

/**
 * Divides a listing into partitions of equal work. The files are in the order of their names, and a
 * partition ends where the sum of their weights passes a multiple of total / partitions. A file's
 * weight is its bytes plus a constant for opening it, so that neither many small files nor a few
 * large ones make a straggler. Neighbours stay together, which makes reading a tar file from a disk
 * fast, and a Parquet file possible: its rows are in their own order.
 */
final class SizeBalancer {
  /** The cost of opening a file, as the number of bytes that could be read and decoded instead. */
  static final long OPEN_BYTES = 64 << 10;

  /** The weight of a file of unknown size, in bytes. */
  private static final long UNKNOWN_BYTES = 128 << 10;

  private SizeBalancer() {}

  /** Returns a column with the weight of each row of the {@link Listing}. */
  static Column weight() {
    return coalesce(col(ImagesTable.BYTES), col(Listing.ABOUT_BYTES), lit(UNKNOWN_BYTES))
        .plus(OPEN_BYTES);
  }

  /** Returns a column with the weight of each row of {@link ImagesTable}. */
  static Column knownWeight() {
    return col(ImagesTable.BYTES).plus(OPEN_BYTES);
  }

  /**
   * Moves the rows into partitions of equal weight.
   *
   * @param listing rows of {@link Listing#SCHEMA} with distinct names
   * @param total the sum of {@link #weight}
   * @return the rows in {@code partitions} partitions, in the order of their names
   */
  static JavaRDD<Row> balance(Dataset<Row> listing, long total, int partitions) {
    JavaRDD<Row> sorted = listing.orderBy(order()).javaRDD();
    long before = 0;
    List<Long> starts = new ArrayList<>();
    for (long sum : sorted.mapPartitions(SizeBalancer::sum).collect()) {
      starts.add(before);
      before += sum;
    }
    return PlacedRows.move(
        sorted.mapPartitionsWithIndex(
            (index, rows) -> placed(index, rows, starts.get(index), total, partitions), true),
        partitions);
  }

  /** Returns the order of names, in which rows of a Parquet file are counted and not spelled. */
  private static Column[] order() {
    Column cell = ParquetCell.isCell();
    Column name = col(Listing.NAME);
    return new Column[] {
      when(cell, regexp_replace(name, "/[0-9]+$", "")).otherwise(name),
      when(cell, col(ImagesTable.OFFSET)),
      name
    };
  }

  private static Iterator<Long> sum(Iterator<Row> rows) {
    long sum = 0;
    while (rows.hasNext()) {
      sum += weight(rows.next());
    }
    return List.of(sum).iterator();
  }

  private static long weight(Row row) {
    return OPEN_BYTES + bytes(row, UNKNOWN_BYTES);
  }

  /**
   * Returns the size of a file of the listing, or about how large it is.
   *
   * @param unknown the value where nothing is known of it
   */
  static long bytes(Row row, long unknown) {
    if (!row.isNullAt(Listing.AT_BYTES)) {
      return row.getLong(Listing.AT_BYTES);
    }
    return row.isNullAt(Listing.AT_ABOUT_BYTES) ? unknown : row.getLong(Listing.AT_ABOUT_BYTES);
  }

  /** Returns the rows with their partition, and their place in the order of all. */
  private static Iterator<Tuple2<Tuple2<Integer, Long>, Row>> placed(
      int index, Iterator<Row> rows, long start, long total, int partitions) {
    return new Iterator<>() {
      private long before = start;
      private long place = (long) index << 40;

      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Tuple2<Tuple2<Integer, Long>, Row> next() {
        Row row = rows.next();
        int partition = (int) Math.min(partitions - 1, (double) before / total * partitions);
        before += weight(row);
        return PlacedRows.at(partition, place++, row);
      }
    };
  }
}
