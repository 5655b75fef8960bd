package org.sparkvit.evaluate;

import static org.apache.spark.sql.functions.array_position;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.metrics.LogOddsRanges;
import org.sparkvit.table.MetricsTable;

/**
 * The distinct scores of every class against the rest in every region, sorted over the cluster from
 * the highest down, with the images of the class and the other images that have each.
 *
 * <p>A ranking of many images lies in several partitions. What lies above a partition of the
 * ranking it begins with is worked out from one line per partition, on the driver. So no ranking
 * has to fit anywhere, and equal scores, which count as one, are never parted.
 */
final class SortedScores {
  private static final List<String> KEY =
      List.of(
          MetricsTable.MODEL,
          MetricsTable.SPLIT,
          MetricsTable.SLICE,
          MetricsTable.SLICE_VALUE,
          MetricsTable.CLASS);
  private static final int SCORE = 5;
  private static final int POSITIVES = 6;
  private static final int NEGATIVES = 7;

  private final JavaRDD<Row> rows;
  private final long[][] above;

  private SortedScores(JavaRDD<Row> rows, long[][] above) {
    this.rows = rows;
    this.above = above;
  }

  /**
   * Sorts.
   *
   * @param bins ranges of the log-odds in which scores count as one; 0 for none
   */
  static SortedScores of(Dataset<Row> scored, int bins) {
    Column place = array_position(col(ScoredImages.CLASSES), col(ScoredImages.LABEL));
    Dataset<Row> labelled =
        scored.filter(
            col(ScoredImages.LABEL).isNotNull().and(col(ScoredImages.PROBABILITIES).isNotNull()));
    Dataset<Row> scores =
        ScoredImages.perRegion(
                labelled, col(ScoredImages.PROBABILITIES), place.minus(1).as("actual"))
            .select(
                col(MetricsTable.MODEL),
                col(MetricsTable.SPLIT),
                col(MetricsTable.SLICE),
                col(MetricsTable.SLICE_VALUE),
                col("actual"),
                posexplode(col(ScoredImages.PROBABILITIES))
                    .as(new String[] {MetricsTable.CLASS, "score"}));
    if (bins > 0) {
      scores = scores.withColumn("score", lowest(col("score"), bins));
    }
    Column positive = when(col("actual").equalTo(col(MetricsTable.CLASS)), lit(1L)).otherwise(0L);
    List<Column> key = new ArrayList<>();
    KEY.forEach(name -> key.add(col(name)));
    List<Column> order = new ArrayList<>(key);
    order.add(col("score").desc());
    key.add(col("score"));
    Column[] sorting = order.toArray(new Column[0]);
    JavaRDD<Row> rows =
        scores
            .groupBy(key.toArray(new Column[0]))
            .agg(sum(positive), sum(lit(1L).minus(positive)))
            .repartitionByRange(sorting)
            .sortWithinPartitions(sorting)
            // From here on an RDD, whose partitions and shuffle stay what they are: another query
            // over the Dataset would draw the borders anew.
            .javaRDD();
    return new SortedScores(rows, carry(rows.mapPartitions(Edge::of).collect()));
  }

  /** The lowest probability of a range of the log-odds; 0 of the lowest range. */
  private static Column lowest(Column score, int bins) {
    LogOddsRanges ranges = new LogOddsRanges(bins);
    UDF1<Float, Float> lowest = p -> ranges.lowest(ranges.of(p));
    return udf(lowest, DataTypes.FloatType).apply(score);
  }

  /** A run of rows of one ranking, which must be read to its end before the next. */
  record Run(Row key, long positivesAbove, long negativesAbove, Iterator<Score> scores) {}

  /** One distinct score. */
  record Score(double score, long positives, long negatives) {}

  /** Turns the runs of a partition into results. */
  @FunctionalInterface
  interface RunFunction<T> extends Serializable {
    Iterator<T> apply(Run run);
  }

  /**
   * Applies a function to each run: one for each ranking that a partition has a part of.
   *
   * @param key restricts the rankings
   */
  <T> JavaRDD<T> mapRuns(KeyFilter key, RunFunction<T> function) {
    long[][] carried = above;
    return rows.mapPartitionsWithIndex(
        (index, sorted) -> new Runs<>(sorted, carried[index], key, function), true);
  }

  /** Which rankings are wanted. */
  @FunctionalInterface
  interface KeyFilter extends Serializable {
    boolean test(Row key);
  }

  private static final class Runs<T> implements Iterator<T> {
    private final PeekingIterator<Row> rows;
    private final KeyFilter filter;
    private final RunFunction<T> function;
    private long[] above;
    private Iterator<T> results = List.<T>of().iterator();

    Runs(Iterator<Row> rows, long[] above, KeyFilter filter, RunFunction<T> function) {
      this.rows = new PeekingIterator<>(rows);
      this.above = above;
      this.filter = filter;
      this.function = function;
    }

    @Override
    public boolean hasNext() {
      while (!results.hasNext() && rows.hasNext()) {
        Row key = key(rows.peek());
        Iterator<Score> scores = scoresOf(key);
        if (filter.test(key)) {
          results = function.apply(new Run(key, above[0], above[1], scores));
        } else {
          scores.forEachRemaining(score -> {});
        }
        // Only the first ranking of a partition may have begun in an earlier one.
        above = new long[2];
      }
      return results.hasNext();
    }

    @Override
    public T next() {
      return results.next();
    }

    private Iterator<Score> scoresOf(Row key) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext() && key(rows.peek()).equals(key);
        }

        @Override
        public Score next() {
          Row row = rows.next();
          return new Score(row.getFloat(SCORE), row.getLong(POSITIVES), row.getLong(NEGATIVES));
        }
      };
    }
  }

  private static Row key(Row row) {
    return RowFactory.create(row.get(0), row.get(1), row.get(2), row.get(3), row.get(4));
  }

  /** The rankings that a partition begins and ends with, and what it holds of the last. */
  private static final class Edge implements Serializable {
    private Row first;
    private Row last;
    private long positives;
    private long negatives;

    static Iterator<Edge> of(Iterator<Row> rows) {
      Edge edge = new Edge();
      while (rows.hasNext()) {
        Row row = rows.next();
        Row key = key(row);
        if (!key.equals(edge.last)) {
          edge.last = key;
          edge.positives = 0;
          edge.negatives = 0;
        }
        edge.first = edge.first == null ? key : edge.first;
        edge.positives += row.getLong(POSITIVES);
        edge.negatives += row.getLong(NEGATIVES);
      }
      return List.of(edge).iterator();
    }
  }

  /** Positives and negatives above each partition, of the ranking that it begins with. */
  private static long[][] carry(List<Edge> edges) {
    long[][] above = new long[edges.size()][2];
    Row open = null;
    long positives = 0;
    long negatives = 0;
    for (int i = 0; i < above.length; i++) {
      Edge edge = edges.get(i);
      if (edge.first == null) {
        continue;
      }
      boolean continues = edge.first.equals(open);
      if (continues) {
        above[i] = new long[] {positives, negatives};
      }
      boolean whole = continues && edge.first.equals(edge.last);
      positives = (whole ? positives : 0) + edge.positives;
      negatives = (whole ? negatives : 0) + edge.negatives;
      open = edge.last;
    }
    return above;
  }
}
