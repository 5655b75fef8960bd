package org.sparkvit.delta;

import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.SparkSession;

/** Delta's own engine for Spark, which reads what this program has written. */
public final class DeltaSpark {
  private DeltaSpark() {}

  /** Reads Delta tables; the engine's parser and catalog, which it asks for, are for SQL only. */
  public static DataFrameReader read(SparkSession spark) {
    spark.conf().set("spark.databricks.delta.requiredSparkConfsCheck.enabled", "false");
    return spark.read().format("delta");
  }
}
