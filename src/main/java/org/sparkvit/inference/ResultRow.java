package org.sparkvit.inference;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.sparkvit.loading.ImageBatches;
import org.sparkvit.model.architecture.Precision;

/** Makes the output row of one image. */
@FunctionalInterface
public interface ResultRow extends Serializable {
  /**
   * The row.
   *
   * @param values what the model gave for this image; null where it has no pixels
   * @param precision what the model computed in; null where it had nothing to compute
   */
  Row of(ImageBatches.Image image, float[] values, Precision precision);
}
