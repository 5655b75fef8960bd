package org.sparkvit.tools.bench;

import org.apache.spark.sql.SparkSession;
import org.sparkvit.inference.ModelThroughput;
import org.sparkvit.inference.SharedModel;

/** Measures the model on pixels that are in memory, which is the ceiling of any scoring job. */
record ModelOnly(String name, SparkSession spark, SharedModel model, int batchSize, int batches)
    implements Measurement {
  @Override
  public double imagesPerSecond() {
    return ModelThroughput.measure(spark, model, batchSize, batches);
  }
}
