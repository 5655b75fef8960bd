package org.sparkvit.loading;

import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Supplier;
import org.apache.spark.sql.Row;

/** Reads the images of a Dataset, as a function of its rows. Several threads use it at once. */
@FunctionalInterface
public interface ImageSource extends Serializable {
  /** Reads the image of a row. If something is wrong with the image, the result says so. */
  ImageContent read(Row row);

  /**
   * A row and its image, which is read when it is asked for.
   *
   * @param row a row of the partition
   * @param content reads the image; any one thread may call it
   */
  record Pending(Row row, Supplier<ImageContent> content) {}

  /**
   * Returns the images of a partition in the order of the rows. One thread iterates, and the
   * iterator looks ahead as far as that helps reading; several threads read.
   */
  default Iterator<Pending> open(Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Pending next() {
        Row row = rows.next();
        return new Pending(row, () -> read(row));
      }
    };
  }

  /**
   * Returns the memory in bytes that a row takes while it waits for its turn, where rows differ in
   * that: the content that a row carries.
   */
  default long weight(Row row) {
    return 0;
  }
}
