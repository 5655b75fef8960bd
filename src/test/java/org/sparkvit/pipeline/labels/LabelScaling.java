package org.sparkvit.pipeline.labels;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.query.ScalaCells;

/**
 * How long the check of labels takes: confident learning on ROWS x 10 probabilities, and the search
 * for the neighbours of POINTS points of 128 dimensions, with the share of true ones it finds.
 */
final class LabelScaling {
  private static final int CLASSES = 10;
  private static final int DIMENSIONS = 128;
  private static final int CLUSTERS = 500;
  private static final int TASKS = 16;

  private LabelScaling() {}

  public static void main(String[] arguments) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 8)
            .getOrCreate();
    confidentLearning(spark, Long.parseLong(arguments[0]));
    neighbors(spark, Long.parseLong(arguments[1]));
    spark.stop();
  }

  private static void confidentLearning(SparkSession spark, long rows) {
    StructType schema =
        new StructType()
            .add(ConfidentLearning.ID, DataTypes.StringType, false)
            .add(ConfidentLearning.GIVEN, DataTypes.IntegerType, false)
            .add(
                ConfidentLearning.PROBABILITIES,
                DataTypes.createArrayType(DataTypes.DoubleType, false),
                false);
    Dataset<Row> table =
        spark
            .range(0, rows, 1, TASKS)
            .as(Encoders.LONG())
            .map((MapFunction<Long, Row>) LabelScaling::labelled, Encoders.row(schema))
            .persist();
    table.count();
    long started = System.nanoTime();
    ConfidentLearning learned = ConfidentLearning.fit(table, CLASSES);
    Dataset<Row> checks = learned.checks().persist();
    StringBuilder found = new StringBuilder();
    for (IssueRule rule : IssueRule.values()) {
      found.append(
          String.format(
              Locale.ROOT, ", %s %,d", rule.option(), checks.where(rule.breaks()).count()));
    }
    System.out.printf(
        Locale.ROOT,
        "confident learning on %,d x %d probabilities: %.1f s%s%n",
        rows,
        CLASSES,
        (System.nanoTime() - started) / 1e9,
        found);
    checks.unpersist();
    table.unpersist();
  }

  /** One label of ten is wrong. */
  private static Row labelled(long number) {
    SplittableRandom random = new SplittableRandom(number);
    int right = random.nextInt(CLASSES);
    double[] weights = new double[CLASSES];
    double sum = 0;
    for (int c = 0; c < CLASSES; c++) {
      weights[c] = Math.exp((c == right ? 3 : 0) + random.nextDouble() * 2);
      sum += weights[c];
    }
    List<Double> probabilities = new ArrayList<>();
    for (double weight : weights) {
      probabilities.add(weight / sum);
    }
    int given = random.nextInt(CLASSES) == 0 ? random.nextInt(CLASSES) : right;
    return RowFactory.create(Long.toString(number), given, seq(probabilities));
  }

  private static void neighbors(SparkSession spark, long count) {
    StructType schema =
        new StructType()
            .add(Neighbors.ID, DataTypes.StringType, false)
            .add(Neighbors.POINT, DataTypes.createArrayType(DataTypes.FloatType, false), false);
    Dataset<Row> points =
        spark
            .range(0, count, 1, TASKS)
            .as(Encoders.LONG())
            .map((MapFunction<Long, Row>) LabelScaling::point, Encoders.row(schema))
            .persist();
    points.count();
    long started = System.nanoTime();
    Neighbors search = new Neighbors(10, 1);
    Dataset<Row> found = search.find(points).persist();
    long pairs = found.count();
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(
        Locale.ROOT,
        "10 neighbours of each of %,d points of %d dimensions: %,d pairs in %.1f s, of the true"
            + " ones %.1f %% found%n",
        count,
        DIMENSIONS,
        pairs,
        seconds,
        100 * search.recall(points, found, 300));
  }

  /** Around one of many centres, as embeddings are. */
  private static Row point(long number) {
    SplittableRandom center = new SplittableRandom(number % CLUSTERS);
    SplittableRandom random = new SplittableRandom(1_000_000 + number);
    List<Float> point = new ArrayList<>(DIMENSIONS);
    for (int d = 0; d < DIMENSIONS; d++) {
      point.add((float) (center.nextGaussian() + random.nextGaussian() * 0.7));
    }
    return RowFactory.create(Long.toString(number), seq(point));
  }

  private static <T> scala.collection.Seq<T> seq(List<T> values) {
    return ScalaCells.seq(values);
  }
}
