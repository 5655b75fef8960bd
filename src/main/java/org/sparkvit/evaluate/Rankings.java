package org.sparkvit.evaluate;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.metrics.CurvePoint;
import org.sparkvit.metrics.RankingSums;
import org.sparkvit.table.CurvesTable;
import org.sparkvit.table.MetricsTable;
import scala.Tuple2;

/** ROC-AUC, average precision and curves of every class against the rest, from sorted scores. */
final class Rankings {
  private static final int SLICE = 2;
  private static final int CLASS = 4;

  private final SortedScores scores;
  private final JavaPairRDD<Row, RankingSums> sums;

  private Rankings(SortedScores scores, JavaPairRDD<Row, RankingSums> sums) {
    this.scores = scores;
    this.sums = sums;
  }

  /**
   * Ranks.
   *
   * @param bins ranges of scores that count as one; 0 for exact rankings
   */
  static Rankings of(Dataset<Row> scored, int bins) {
    SortedScores scores = SortedScores.of(scored, bins);
    JavaPairRDD<Row, RankingSums> sums =
        scores
            .mapRuns(key -> true, Rankings::sum)
            .mapToPair(sum -> sum)
            .reduceByKey(
                (a, b) -> {
                  a.merge(b);
                  return a;
                })
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new Rankings(scores, sums);
  }

  private static Iterator<Tuple2<Row, RankingSums>> sum(SortedScores.Run run) {
    RankingSums sums = new RankingSums(run.positivesAbove(), run.negativesAbove());
    run.scores().forEachRemaining(score -> sums.add(score.positives(), score.negatives()));
    return List.of(new Tuple2<>(run.key(), sums)).iterator();
  }

  /** The sums by (model, split, slice, slice_value), with the index of the class. */
  JavaPairRDD<Row, Tuple2<Integer, RankingSums>> byRegion() {
    return sums.mapToPair(
        sum ->
            new Tuple2<>(Figures.region(sum._1()), new Tuple2<>(sum._1().getInt(CLASS), sum._2())));
  }

  /** How far off ROC-AUC and average precision of a whole split may be, by what ranges hide. */
  Tuple2<Double, Double> bounds() {
    return sums.filter(sum -> unsliced(sum._1()))
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
   * Table {@code curves}: all images and each split. A curve begins where nothing is flagged, at
   * the threshold +infinity, and has at most 512 + 16 log2(images) points.
   *
   * @param models classes by model
   */
  Dataset<Row> curves(SparkSession spark, Map<String, List<String>> models) {
    Map<Row, Tuple2<Long, Long>> totals =
        new HashMap<>(
            sums.filter(sum -> unsliced(sum._1()))
                .mapValues(sum -> new Tuple2<>(sum.positives(), sum.negatives()))
                .collectAsMap());
    JavaRDD<Row> rows =
        scores
            .mapRuns(Rankings::unsliced, run -> new Spans(run, totals.get(run.key())))
            .mapToPair(span -> span)
            .reduceByKey(Span::plus)
            .mapToPair(span -> new Tuple2<>(span._1()._1(), span._2()))
            .groupByKey()
            .flatMap(spans -> points(spans._1(), spans._2(), totals.get(spans._1()), models));
    return spark
        .createDataFrame(rows, CurvesTable.SPEC.schema())
        .orderBy(
            CurvesTable.MODEL,
            CurvesTable.SPLIT,
            CurvesTable.CLASS,
            CurvesTable.CURVE,
            CurvesTable.POINT);
  }

  private static boolean unsliced(Row key) {
    return key.getString(SLICE).equals(MetricsTable.ALL);
  }

  /** The spans of a run, one cell after another. */
  private static final class Spans implements Iterator<Tuple2<Tuple2<Row, Long>, Span>> {
    private final Row key;
    private final Tuple2<Long, Long> totals;
    private final PeekingIterator<SortedScores.Score> scores;
    private long truePositives;
    private long falsePositives;

    Spans(SortedScores.Run run, Tuple2<Long, Long> totals) {
      this.key = run.key();
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
    public Tuple2<Tuple2<Row, Long>, Span> next() {
      CurvePoint first = take();
      CurvePoint last = first;
      while (scores.hasNext() && after(scores.peek()).cell() == first.cell()) {
        last = take();
      }
      return new Tuple2<>(new Tuple2<>(key, first.cell()), new Span(first, last));
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

  private static Iterator<Row> points(
      Row key, Iterable<Span> spans, Tuple2<Long, Long> totals, Map<String, List<String>> models) {
    List<CurvePoint> points = new ArrayList<>();
    points.add(new CurvePoint(Double.POSITIVE_INFINITY, 0, 0, totals._1(), totals._2()));
    spans.forEach(span -> points.addAll(span.points(totals._1(), totals._2())));
    points.sort((a, b) -> Double.compare(b.threshold(), a.threshold()));
    String name = models.get(key.getString(0)).get(key.getInt(CLASS));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < points.size(); i++) {
      CurvePoint point = points.get(i);
      if (totals._1() > 0 && totals._2() > 0) {
        rows.add(
            row(key, name, CurvesTable.ROC, i, point.falsePositiveRate(), point.recall(), point));
      }
      if (totals._1() > 0) {
        rows.add(row(key, name, CurvesTable.PR, i, point.recall(), point.precision(), point));
      }
    }
    return rows.iterator();
  }

  private static Row row(
      Row key, String name, String curve, int index, double x, double y, CurvePoint point) {
    return RowFactory.create(key.get(0), key.get(1), name, curve, index, x, y, point.threshold());
  }
}
