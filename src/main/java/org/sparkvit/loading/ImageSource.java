package org.sparkvit.loading;

import java.io.Serializable;
import java.util.Iterator;
import java.util.function.Supplier;
import org.apache.spark.sql.Row;

/** Where the images of a Dataset are, as a function of its rows. Several threads use it at once. */
@FunctionalInterface
public interface ImageSource extends Serializable {
  /** Returns the content of a row's image. What is wrong with the image is in the result. */
  ImageContent read(Row row);

  /**
   * A row and its image, which is read when it is asked for.
   *
   * @param row one of a partition's
   * @param content safe to be asked by any one thread
   */
  record Pending(Row row, Supplier<ImageContent> content) {}

  /**
   * Returns the images of a partition in its order. One thread iterates, and looks ahead as far as
   * it helps reading; several read.
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
   * How much memory waiting for its turn costs a row, in bytes, where rows differ in that: its own
   * content if it carries that.
   */
  default long weight(Row row) {
    return 0;
  }
}
