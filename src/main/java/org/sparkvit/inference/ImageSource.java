package org.sparkvit.inference;

import java.io.Serializable;
import org.apache.spark.sql.Row;

/** Where the images of a Dataset are, as a function of its rows. Several threads use it at once. */
@FunctionalInterface
public interface ImageSource extends Serializable {
  /** The content of a row's image. What is wrong with the image is in the result. */
  ImageContent read(Row row);

  /**
   * How much memory waiting for its turn costs a row, in bytes, where rows differ in that: its own
   * content if it carries that.
   */
  default long weight(Row row) {
    return 0;
  }
}
