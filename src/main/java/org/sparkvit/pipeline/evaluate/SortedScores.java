package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.shiftright;
import static org.apache.spark.sql.functions.sum;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.ScoredImages;

/**
 * The distinct scores of every class against the rest in every region, sorted over the cluster from
 * the highest down. Each has the number of images of the class and of other images.
 *
 * <p>A ranking of many images lies in several partitions. The counts above a partition, for the
 * ranking that it begins with, are computed on the driver from one line per partition. So no
 * ranking has to fit into memory anywhere, and equal scores are never separated.
 */
final class SortedScores {
  /** The columns of the rows, which {@link ScoreKeys} gives. A value may have several rows. */
  private static final String VALUE = "value";

  private static final String COUNT = "count";

  private final JavaRDD<Row> rows;
  private final long[][] above;

  private SortedScores(JavaRDD<Row> rows, long[][] above) {
    this.rows = rows;
    this.above = above;
  }

  /**
   * Sorts the scores.
   *
   * @param keys the keys of the regions of these images
   * @param bins the number of ranges of the log-odds within which scores count as equal; 0 for
   *     exact scores
   */
  static SortedScores sort(Dataset<Row> scored, RankingKeys keys, int bins) {
    Dataset<Row> counted =
        scored
            .filter(
                col(ScoredImages.LABEL)
                    .isNotNull()
                    .and(col(ScoredImages.PROBABILITIES).isNotNull()))
            .select(Arrays.stream(ScoreKeys.COLUMNS).map(name -> col(name)).toArray(Column[]::new))
            .mapPartitions(
                new ScoreKeys(keys, bins), Encoders.tuple(Encoders.LONG(), Encoders.LONG()))
            .toDF(VALUE, COUNT);
    if (bins > 0) {
      counted = counted.groupBy(VALUE).agg(sum(COUNT));
    }
    JavaRDD<Row> rows =
        counted
            // Images of a class and others that have one score belong together.
            .repartitionByRange(shiftright(col(VALUE), 1))
            .sortWithinPartitions(VALUE)
            // From here on an RDD, whose partitions and shuffle stay what they are: another query
            // over the Dataset would draw the borders anew.
            .javaRDD();
    return new SortedScores(rows, carry(rows.mapPartitions(Edge::of).collect()));
  }

  /**
   * A partition's rows of one ranking, which must be read to their end before the next run.
   *
   * @param ranking the number of the ranking
   * @param positivesAbove the number of images of the class with higher scores in earlier
   *     partitions
   * @param negativesAbove the number of other images with higher scores in earlier partitions
   * @param scores the scores, the highest first
   */
  record Run(long ranking, long positivesAbove, long negativesAbove, Iterator<Score> scores) {}

  /** One distinct score with its numbers of images. */
  record Score(double score, long positives, long negatives) {}

  /** Turns the runs of a partition into results. */
  @FunctionalInterface
  interface RunFunction<T> extends Serializable {
    Iterator<T> apply(Run run);
  }

  /**
   * Applies a function to each run. There is one run for each ranking that a partition has a part
   * of.
   *
   * @param wanted selects the rankings
   */
  <T> JavaRDD<T> mapRuns(Wanted wanted, RunFunction<T> function) {
    long[][] carried = above;
    return rows.mapPartitionsWithIndex(
        (index, sorted) -> new Runs<>(sorted, carried[index], wanted, function), true);
  }

  /** Returns the number of partitions. */
  int partitions() {
    return rows.getNumPartitions();
  }

  /** Selects rankings. */
  @FunctionalInterface
  interface Wanted extends Serializable {
    boolean test(long ranking);
  }

  private static final class Runs<T> implements Iterator<T> {
    private final PeekingIterator<Row> rows;
    private final Wanted wanted;
    private final RunFunction<T> function;
    private long[] above;
    private Iterator<T> results = List.<T>of().iterator();

    Runs(Iterator<Row> rows, long[] above, Wanted wanted, RunFunction<T> function) {
      this.rows = new PeekingIterator<>(rows);
      this.above = above;
      this.wanted = wanted;
      this.function = function;
    }

    @Override
    public boolean hasNext() {
      while (!results.hasNext() && rows.hasNext()) {
        long ranking = ranking(rows.peek());
        Iterator<Score> scores = scoresOf(ranking);
        if (wanted.test(ranking)) {
          results = function.apply(new Run(ranking, above[0], above[1], scores));
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

    private Iterator<Score> scoresOf(long ranking) {
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext() && ranking(rows.peek()) == ranking;
        }

        @Override
        public Score next() {
          long key = key(rows.peek());
          long positives = 0;
          long images = 0;
          while (rows.hasNext() && key(rows.peek()) == key) {
            Row row = rows.next();
            positives += positives(row);
            images += row.getLong(1);
          }
          return new Score(RankingKeys.score(key), positives, images - positives);
        }
      };
    }
  }

  private static long key(Row row) {
    return ScoreKeys.key(row.getLong(0));
  }

  private static long ranking(Row row) {
    return RankingKeys.ranking(key(row));
  }

  private static long positives(Row row) {
    return ScoreKeys.positive(row.getLong(0)) ? row.getLong(1) : 0;
  }

  /** The rankings that a partition begins and ends with, and its counts of the last one. */
  private static final class Edge implements Serializable {
    private static final long NONE = -1;

    private long first = NONE;
    private long last = NONE;
    private long positives;
    private long negatives;

    static Iterator<Edge> of(Iterator<Row> rows) {
      Edge edge = new Edge();
      while (rows.hasNext()) {
        Row row = rows.next();
        long ranking = ranking(row);
        if (ranking != edge.last) {
          edge.last = ranking;
          edge.positives = 0;
          edge.negatives = 0;
        }
        edge.first = edge.first == NONE ? ranking : edge.first;
        edge.positives += positives(row);
        edge.negatives += row.getLong(1) - positives(row);
      }
      return List.of(edge).iterator();
    }
  }

  /**
   * Returns the positives and negatives above each partition, for the ranking that it begins with.
   */
  private static long[][] carry(List<Edge> edges) {
    long[][] above = new long[edges.size()][2];
    long open = Edge.NONE;
    long positives = 0;
    long negatives = 0;
    for (int i = 0; i < above.length; i++) {
      Edge edge = edges.get(i);
      if (edge.first == Edge.NONE) {
        continue;
      }
      boolean continues = edge.first == open;
      if (continues) {
        above[i] = new long[] {positives, negatives};
      }
      boolean whole = continues && edge.first == edge.last;
      positives = (whole ? positives : 0) + edge.positives;
      negatives = (whole ? negatives : 0) + edge.negatives;
      open = edge.last;
    }
    return above;
  }
}
