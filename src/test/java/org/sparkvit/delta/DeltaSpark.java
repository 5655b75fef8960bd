package org.sparkvit.delta;

import org.apache.spark.sql.SparkSession;

/** Delta's own engine for Spark, which reads what this program has written. */
public final class DeltaSpark {
  private DeltaSpark() {}

  /** A session beside that of the tests, in which the format {@code delta} can be read. */
  public static SparkSession session(SparkSession spark) {
    SparkSession session = spark.newSession();
    session
        .conf()
        .set(
            "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog");
    session.conf().set("spark.sql.session.timeZone", "UTC");
    return session;
  }
}
