package org.sparkvit.inference;

import java.io.Serializable;
import org.apache.spark.sql.Row;

/** Makes the output row of one image. */
@FunctionalInterface
public interface ResultRow extends Serializable {
  /**
   * The row.
   *
   * @param values what the model gave for this image; null where it has no pixels
   */
  Row of(ImageBatches.Image image, float[] values);
}
