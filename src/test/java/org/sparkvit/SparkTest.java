package org.sparkvit;

import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Tag;

/**
 * Base of the tests that need Spark. They share one local session, which lives until the JVM ends:
 * starting one takes longer than most tests.
 */
@Tag("spark")
public abstract class SparkTest {
  protected static final SparkSession spark =
      SparkSession.builder()
          .master("local[2]")
          .appName("spark-vit tests")
          .config("spark.ui.enabled", false)
          .config("spark.driver.host", "127.0.0.1")
          .config("spark.driver.bindAddress", "127.0.0.1")
          .config("spark.sql.shuffle.partitions", 2)
          .config("spark.hadoop.fs.file.impl", QuickLocalFileSystem.class.getName())
          // Planning and compiling queries took most of the time of tests, whose tables are small:
          // without adaptive execution an audit of thirty images takes half as long. The
          // integration tests, the demo and TablesExchange plan and compile as production does.
          .config("spark.sql.adaptive.enabled", false)
          .config("spark.sql.codegen.wholeStage", false)
          .config("spark.sql.codegen.factoryMode", "NO_CODEGEN")
          // Interpreted, it costs more than what it saves.
          .config("spark.sql.subexpressionElimination.enabled", false)
          // A block of 4 MB for each broadcast, of which each stage has one, and pages of 64 MB for
          // each sort and hash table made most of the garbage.
          .config("spark.broadcast.blockSize", "64k")
          .config("spark.buffer.pageSize", "1m")
          .config("spark.broadcast.compress", false)
          .config("spark.shuffle.compress", false)
          // Nobody looks at plans, nor at what is over.
          .config("spark.sql.ui.explainMode", "simple")
          .config("spark.ui.retainedJobs", 10)
          .config("spark.ui.retainedStages", 10)
          .config("spark.ui.retainedTasks", 100)
          .config("spark.sql.ui.retainedExecutions", 10)
          .config("spark.sql.session.timeZone", "UTC")
          .config("spark.sql.warehouse.dir", System.getProperty("java.io.tmpdir") + "/warehouse")
          .getOrCreate();

  static {
    // Spark walks the stack, which is deep in a test, to find who makes each RDD.
    spark.sparkContext().setLocalProperty("callSite.short", "test");
    spark.sparkContext().setLocalProperty("callSite.long", "test");
  }
}
