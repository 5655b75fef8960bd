package org.sparkvit.tools.bench;

import java.io.Serializable;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.SparkSession;

/** Runs the same work in as many tasks at a time as scoring uses. */
final class AllCores {
  private AllCores() {}

  /** The work of one task. */
  interface Work extends Serializable {
    /**
     * Works for a while.
     *
     * @param task the number of the task, from 0
     * @return images per second
     */
    double imagesPerSecond(int task) throws Exception;
  }

  /**
   * Returns the images per second of all tasks together. Tasks run beside each other, so their
   * rates add up.
   */
  static double measure(SparkSession spark, Work work) {
    int tasks = spark.sparkContext().defaultParallelism();
    MapPartitionsFunction<Long, Double> run =
        number -> List.of(work.imagesPerSecond(TaskContext.getPartitionId())).iterator();
    return spark
        .range(0, tasks, 1, tasks)
        .as(Encoders.LONG())
        .mapPartitions(run, Encoders.DOUBLE())
        .collectAsList()
        .stream()
        .mapToDouble(Double::doubleValue)
        .sum();
  }
}
