package org.sparkvit.inference;

import java.io.Serializable;
import org.apache.spark.sql.Row;
import org.sparkvit.loading.ImageBatches;
import org.sparkvit.model.architecture.Precision;

/** Makes the output row of one image. */
@FunctionalInterface
public interface ResultRow extends Serializable {
  /**
   * Returns the output row of an image.
   *
   * @param values the model's values for this image, or null where it has no pixels
   * @param precision the precision that the model computed in, or null where it computed nothing
   */
  Row of(ImageBatches.Image image, float[] values, Precision precision);
}
