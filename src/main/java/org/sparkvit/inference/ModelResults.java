package org.sparkvit.inference;

import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.function.LongConsumer;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.loading.ImageBatches;
import org.sparkvit.model.architecture.Precision;

/**
 * Runs a model on the batches of one partition. It gives one result for each row, in the order of
 * the rows.
 */
final class ModelResults implements Iterator<Row>, AutoCloseable {
  private final ImageBatches batches;
  private final SharedModel model;
  private final ModelOutput output;
  private final int batchSize;
  private final ResultRow result;
  private final LongConsumer done;
  private Iterator<Row> results = Collections.emptyIterator();

  /**
   * Creates the iterator.
   *
   * @param batchSize the number of images that each batch has room for; all of it is computed, so
   *     that the device sees one shape only
   * @param done receives the number of rows of each batch
   */
  ModelResults(
      ImageBatches batches,
      SharedModel model,
      ModelOutput output,
      int batchSize,
      ResultRow result,
      LongConsumer done) {
    this.batches = batches;
    this.model = model;
    this.output = output;
    this.batchSize = batchSize;
    this.result = result;
    this.done = done;
  }

  @Override
  public boolean hasNext() {
    while (!results.hasNext() && batches.hasNext()) {
      compute(batches.next());
    }
    return results.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return results.next();
  }

  private void compute(ImageBatches.Batch batch) {
    float[] values =
        batch.usable() == 0 ? new float[0] : output.of(model.session(), batch.pixels(), batchSize);
    Precision precision = batch.usable() == 0 ? null : model.precision();
    int width = values.length / batchSize;
    done.accept(batch.images().size());
    results =
        batch.images().stream()
            .map(
                image -> {
                  if (!image.isUsable()) {
                    return result.of(image, null, null);
                  }
                  int from = image.slot() * width;
                  float[] own = Arrays.copyOfRange(values, from, from + width);
                  requireNumbers(own, image.name());
                  return result.of(image, own, precision);
                })
            .iterator();
  }

  /**
   * Requires that the values are finite. A model that gives other values does so for all images, so
   * its results are of no use.
   */
  private void requireNumbers(float[] values, String name) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new UserException(
            "model "
                + model.hash()
                + " gives no numbers for '"
                + name
                + "': its weights are damaged, or its training diverged; use another model");
      }
    }
  }

  @Override
  public void close() {
    batches.close();
  }
}
