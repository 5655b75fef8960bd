package org.sparkvit.pipeline.evaluate;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.dataset.schema.CurvesTable;
import org.sparkvit.stats.metrics.CurvePoint;
import org.sparkvit.stats.metrics.RankingAccumulator;
import scala.Tuple2;

/**
 * ROC-AUC, average precision and curves of every class against the rest, computed from sorted
 * scores.
 */
final class RankingMetrics {
  private final RankingKeys keys;
  private final SortedScores scores;
  private final JavaPairRDD<Long, RankingAccumulator> sums;

  private RankingMetrics(
      RankingKeys keys, SortedScores scores, JavaPairRDD<Long, RankingAccumulator> sums) {
    this.keys = keys;
    this.scores = scores;
    this.sums = sums;
  }

  /**
   * Computes the rankings.
   *
   * @param keys the keys of the regions of these images
   * @param bins the number of ranges of scores within which scores count as equal; 0 for exact
   *     rankings
   */
  static RankingMetrics rank(Dataset<Row> scored, RankingKeys keys, int bins) {
    SortedScores scores = SortedScores.sort(scored, keys, bins);
    JavaPairRDD<Long, RankingAccumulator> sums =
        scores
            .mapRuns(ranking -> true, RankingMetrics::sum)
            .mapToPair(sum -> sum)
            .reduceByKey(
                (a, b) -> {
                  a.merge(b);
                  return a;
                })
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new RankingMetrics(keys, scores, sums);
  }

  private static Iterator<Tuple2<Long, RankingAccumulator>> sum(SortedScores.Run run) {
    RankingAccumulator sums = new RankingAccumulator(run.positivesAbove(), run.negativesAbove());
    run.scores().forEachRemaining(score -> sums.add(score.positives(), score.negatives()));
    return List.of(new Tuple2<>(run.ranking(), sums)).iterator();
  }

  /** Returns the sums by (model, split, slice, slice_value), each with the index of its class. */
  JavaPairRDD<Row, Tuple2<Integer, RankingAccumulator>> byRegion() {
    RankingKeys of = keys;
    return sums.mapToPair(
        sum -> new Tuple2<>(of.region(sum._1()), new Tuple2<>(of.classOf(sum._1()), sum._2())));
  }

  /**
   * Returns the largest possible errors of ROC-AUC and average precision of a whole split that come
   * from ranges of scores.
   */
  Tuple2<Double, Double> bounds() {
    RankingKeys of = keys;
    return sums.filter(sum -> of.unsliced(sum._1()))
        .values()
        .filter(sum -> sum.positives() > 0 && sum.negatives() > 0)
        .mapToPair(sum -> new Tuple2<>(sum.rocAucBound(), sum.averagePrecisionBound()))
        .fold(
            new Tuple2<>(0.0, 0.0),
            (a, b) -> new Tuple2<>(Math.max(a._1(), b._1()), Math.max(a._2(), b._2())));
  }

  void unpersist() {
    sums.unpersist();
  }

  /**
   * Returns the table {@code curves} for all images and each split. A curve begins where nothing is
   * flagged, at the threshold +infinity, and has at most 512 + 16 log2(images) points.
   *
   * <p>Its rows come by model, split, class, curve and point. Sorting millions of rows would be
   * expensive, so the rankings are sorted and each returns its rows in order.
   */
  Dataset<Row> curves(SparkSession spark) {
    RankingKeys of = keys;
    Map<Long, Tuple2<Long, Long>> totals =
        new HashMap<>(
            sums.filter(sum -> of.unsliced(sum._1()))
                .mapValues(sum -> new Tuple2<>(sum.positives(), sum.negatives()))
                .collectAsMap());
    List<Long> order = keys.unsliced();
    Map<Long, Integer> places = new HashMap<>();
    order.forEach(ranking -> places.put(ranking, places.size()));
    JavaRDD<Row> rows =
        scores
            .mapRuns(
                of::unsliced,
                run -> {
                  List<CurveSegment> segments = new ArrayList<>();
                  new CurveSegments(run, totals.get(run.ranking())).forEachRemaining(segments::add);
                  return List.of(new Tuple2<>(places.get(run.ranking()), segments)).iterator();
                })
            .mapToPair(run -> run)
            .repartitionAndSortWithinPartitions(new Stretches(order.size(), scores.partitions()))
            .mapPartitions(runs -> new Curves(runs, of, order, totals));
    return spark.createDataFrame(rows, CurvesTable.SPEC.schema());
  }

  /** Partitions numbers from 0 on into ranges of equal size, in their order. */
  private static final class Stretches extends Partitioner {
    private final int numbers;
    private final int partitions;

    Stretches(int numbers, int partitions) {
      this.numbers = numbers;
      this.partitions = Math.max(1, Math.min(numbers, partitions));
    }

    @Override
    public int numPartitions() {
      return partitions;
    }

    @Override
    public int getPartition(Object key) {
      return (int) ((long) (Integer) key * partitions / numbers);
    }
  }

  /**
   * Converts the runs of a partition, in the order of the rankings, to the rows of their curves.
   */
  private static final class Curves implements Iterator<Row> {
    private final PeekingIterator<Tuple2<Integer, List<CurveSegment>>> runs;
    private final RankingKeys keys;
    private final List<Long> order;
    private final Map<Long, Tuple2<Long, Long>> totals;
    private Iterator<Row> rows = List.<Row>of().iterator();

    Curves(
        Iterator<Tuple2<Integer, List<CurveSegment>>> runs,
        RankingKeys keys,
        List<Long> order,
        Map<Long, Tuple2<Long, Long>> totals) {
      this.runs = new PeekingIterator<>(runs);
      this.keys = keys;
      this.order = order;
      this.totals = totals;
    }

    @Override
    public boolean hasNext() {
      while (!rows.hasNext() && runs.hasNext()) {
        int place = runs.peek()._1();
        // A cell may lie in several partitions of the scores.
        Map<Long, CurveSegment> segments = new HashMap<>();
        while (runs.hasNext() && runs.peek()._1() == place) {
          runs.next()
              ._2()
              .forEach(
                  curveSegment ->
                      segments.merge(curveSegment.cell(), curveSegment, CurveSegment::plus));
        }
        rows = points(order.get(place), segments.values());
      }
      return rows.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return rows.next();
    }

    private Iterator<Row> points(long ranking, Collection<CurveSegment> segments) {
      Tuple2<Long, Long> all = totals.get(ranking);
      List<CurvePoint> points = new ArrayList<>();
      points.add(new CurvePoint(Double.POSITIVE_INFINITY, 0, 0, all._1(), all._2()));
      segments.forEach(curveSegment -> points.addAll(curveSegment.points(all._1(), all._2())));
      points.sort((a, b) -> Double.compare(b.threshold(), a.threshold()));
      Row region = keys.region(ranking);
      String name = keys.className(ranking);
      List<Row> curves = new ArrayList<>();
      for (int i = 0; all._1() > 0 && i < points.size(); i++) {
        CurvePoint point = points.get(i);
        curves.add(row(region, name, CurvesTable.PR, i, point.recall(), point.precision(), point));
      }
      for (int i = 0; all._1() > 0 && all._2() > 0 && i < points.size(); i++) {
        CurvePoint point = points.get(i);
        curves.add(
            row(
                region,
                name,
                CurvesTable.ROC,
                i,
                point.falsePositiveRate(),
                point.recall(),
                point));
      }
      return curves.iterator();
    }
  }

  /** Iterates over the segments of a run, one cell after another. */
  private static final class CurveSegments implements Iterator<CurveSegment> {
    private final Tuple2<Long, Long> totals;
    private final PeekingIterator<SortedScores.Score> scores;
    private long truePositives;
    private long falsePositives;

    CurveSegments(SortedScores.Run run, Tuple2<Long, Long> totals) {
      this.totals = totals;
      this.scores = new PeekingIterator<>(run.scores());
      this.truePositives = run.positivesAbove();
      this.falsePositives = run.negativesAbove();
    }

    @Override
    public boolean hasNext() {
      return scores.hasNext();
    }

    @Override
    public CurveSegment next() {
      CurvePoint first = take();
      CurvePoint last = first;
      while (scores.hasNext() && after(scores.peek()).cell() == first.cell()) {
        last = take();
      }
      return new CurveSegment(first, last);
    }

    private CurvePoint take() {
      CurvePoint point = after(scores.next());
      truePositives = point.truePositives();
      falsePositives = point.falsePositives();
      return point;
    }

    private CurvePoint after(SortedScores.Score score) {
      return new CurvePoint(
          score.score(),
          truePositives + score.positives(),
          falsePositives + score.negatives(),
          totals._1(),
          totals._2());
    }
  }

  private static Row row(
      Row region, String name, String curve, int index, double x, double y, CurvePoint point) {
    return RowFactory.create(
        region.get(0), region.get(1), name, curve, index, x, y, point.threshold());
  }
}
