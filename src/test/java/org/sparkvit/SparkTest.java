package org.sparkvit;

import org.apache.spark.sql.SparkSession;

/**
 * Base of the tests that need Spark. They share one local session, which lives until the JVM ends:
 * starting one takes longer than most tests.
 */
public abstract class SparkTest {
  protected static final SparkSession spark =
      SparkSession.builder()
          .master("local[2]")
          .appName("spark-vit tests")
          .config("spark.ui.enabled", false)
          .config("spark.driver.host", "127.0.0.1")
          .config("spark.driver.bindAddress", "127.0.0.1")
          .config("spark.sql.shuffle.partitions", 3)
          .config("spark.hadoop.fs.file.impl", QuickLocalFileSystem.class.getName())
          // Compiling queries took most of the time of tests, whose tables are small. The
          // integration
          // tests and the demo compile them.
          .config("spark.sql.codegen.wholeStage", false)
          .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
          .config("spark.sql.session.timeZone", "UTC")
          .config("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/warehouse")
          .getOrCreate();
}
