package org.sparkvit.dataset.delta;

import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.SparkSession;

/** Delta's own engine for Spark, which reads what this program has written. */
public final class DeltaSpark {
  private DeltaSpark() {}

  /** Reads Delta tables; the engine's parser and catalog, which it asks for, are for SQL only. */
  public static DataFrameReader read(SparkSession spark) {
    spark.conf().set("spark.databricks.delta.requiredSparkConfsCheck.enabled", "false");
    // Its own fifty tasks for each look at a log are meant for logs of millions of files.
    spark.conf().set("spark.databricks.delta.snapshotPartitions", "1");
    return spark.read().format("delta");
  }
}
