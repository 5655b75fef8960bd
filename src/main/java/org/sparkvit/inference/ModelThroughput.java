package org.sparkvit.inference;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.model.runtime.Classifier;

/** Measures how many images a second the model itself computes, which no scoring job can exceed. */
public final class ModelThroughput {
  private ModelThroughput() {}

  /**
   * Runs the model on noise in memory, in as many tasks at a time as scoring runs.
   *
   * @param batchSize the number of images per forward pass
   * @param batches the number of forward passes of each task, after one that is not counted
   * @return the images per second of all tasks together
   */
  public static double measure(SparkSession spark, SharedModel model, int batchSize, int batches) {
    int tasks = spark.sparkContext().defaultParallelism();
    Dataset<Long> oneEach = spark.range(0, tasks, 1, tasks).as(Encoders.LONG());
    MapPartitionsFunction<Long, Double> run =
        rows -> {
          Classifier session = model.session();
          byte[] noise = new byte[batchSize * model.input().bytes()];
          new SplittableRandom(1).nextBytes(noise);
          ByteBuffer pixels = ByteBuffer.allocateDirect(noise.length).put(0, noise);
          session.logits(pixels, batchSize);
          long started = System.nanoTime();
          for (int i = 0; i < batches; i++) {
            session.logits(pixels, batchSize);
          }
          double seconds = (System.nanoTime() - started) / 1e9;
          return List.of(batches * batchSize / seconds).iterator();
        };
    // All tasks run at the same time for almost the whole measurement, so their rates add up.
    return oneEach.mapPartitions(run, Encoders.DOUBLE()).collectAsList().stream()
        .mapToDouble(Double::doubleValue)
        .sum();
  }
}
