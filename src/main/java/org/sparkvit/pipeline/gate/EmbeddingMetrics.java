package org.sparkvit.pipeline.gate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;

import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedMap;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.query.SameContent;
import org.sparkvit.dataset.schema.EmbeddingsTable;
import org.sparkvit.pipeline.stage.StageContext;

/**
 * Metrics of how the embeddings of the images are spread, where there are any:
 *
 * <pre>
 * embedding_share.KEY.DIRECTION.BIN     of the embeddings, by their length along a direction
 * embedding_images.KEY                  how many they are
 * embedding_mean.KEY.DIRECTION          what the bins are counted from
 * embedding_deviation.KEY.DIRECTION
 * </pre>
 *
 * KEY is of the model and the precision that most images have embeddings of, so that two models are
 * never compared. The directions are random and the same in every run: what moves the embeddings of
 * many images anywhere moves them along most of these. Bins are half a standard deviation wide,
 * from two and a half below the mean to as many above, and what lies farther out is in the first or
 * the last; mean and deviation are those of the first run that had them.
 */
final class EmbeddingMetrics {
  /** What the names of all of them begin with. */
  static final String PREFIX = "embedding_";

  static final String SHARE = PREFIX + "share.";
  static final String IMAGES = PREFIX + "images.";
  static final String MEAN = PREFIX + "mean.";
  static final String DEVIATION = PREFIX + "deviation.";

  static final int DIRECTIONS = 8;
  static final int BINS = 10;

  /** Bins to a standard deviation. */
  private static final double PER_DEVIATION = 2;

  /** Values are summed in these units, so that a sum is the same in any order. */
  private static final double UNIT = 1 << 20;

  /**
   * A bit for each direction: entries of 1 and -1 are as good as normal ones (Achlioptas 2003). No
   * ViT's embedding is longer.
   */
  private static final long[] SIGNS =
      LongStream.range(0, 8192).map(i -> StableHash.hash64(i)).toArray();

  private EmbeddingMetrics() {}

  /** Adds those that there are. */
  static void addTo(
      SortedMap<String, Double> figures,
      StageContext context,
      Dataset<Row> images,
      MetricHistory metricHistory) {
    Optional<Dataset<Row>> embeddings = context.readIfPresent(EmbeddingsTable.SPEC);
    if (embeddings.isEmpty()) {
      return;
    }
    Dataset<Row> current =
        SameContent.current(
            embeddings.get().where(col(EmbeddingsTable.EMBEDDING).isNotNull()), images);
    List<Row> most =
        current
            .groupBy(EmbeddingsTable.MODEL, EmbeddingsTable.PRECISION)
            .agg(count(lit(1)).as("images"))
            .orderBy(
                col("images").desc(), col(EmbeddingsTable.MODEL), col(EmbeddingsTable.PRECISION))
            .limit(1)
            .collectAsList();
    if (most.isEmpty()) {
      return;
    }
    Row chosen = most.get(0);
    JavaRDD<double[]> lengths =
        current
            .where(
                col(EmbeddingsTable.MODEL)
                    .equalTo(chosen.getString(0))
                    .and(col(EmbeddingsTable.PRECISION).equalTo(chosen.getString(1))))
            .select(EmbeddingsTable.EMBEDDING)
            .javaRDD()
            .map(row -> lengths(row.getList(0)))
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      add(figures, lengths, key(chosen.getString(0), chosen.getString(1)), metricHistory);
    } finally {
      lengths.unpersist();
    }
  }

  private static String key(String model, String precision) {
    return model.substring(0, Math.min(12, model.length())) + "-" + precision;
  }

  private static void add(
      SortedMap<String, Double> figures,
      JavaRDD<double[]> lengths,
      String key,
      MetricHistory metricHistory) {
    double[] own =
        lengths.aggregate(new Moments(), Moments::add, Moments::merge).meanAndDeviation();
    double[] reference = new double[2 * DIRECTIONS];
    for (int d = 0; d < DIRECTIONS; d++) {
      reference[d] = metricHistory.first(MEAN + key + "." + d).orElse(own[d]);
      reference[DIRECTIONS + d] =
          metricHistory.first(DEVIATION + key + "." + d).orElse(own[DIRECTIONS + d]);
      figures.put(MEAN + key + "." + d, reference[d]);
      figures.put(DEVIATION + key + "." + d, reference[DIRECTIONS + d]);
    }
    Bins bins = lengths.aggregate(new Bins(reference), Bins::add, Bins::merge);
    figures.put(IMAGES + key, (double) bins.images);
    for (int d = 0; d < DIRECTIONS; d++) {
      for (int bin = 0; bin < BINS; bin++) {
        long there = bins.counts[d * BINS + bin];
        if (there > 0) {
          figures.put(
              String.format(Locale.ROOT, "%s%s.%d.%d", SHARE, key, d, bin),
              there / (double) bins.images);
        }
      }
    }
  }

  /** Along each direction, of the embedding at length 1. */
  private static double[] lengths(List<Float> embedding) {
    double[] along = new double[DIRECTIONS];
    double square = 0;
    for (int i = 0; i < embedding.size(); i++) {
      float value = embedding.get(i);
      square += (double) value * value;
      long signs = SIGNS[i % SIGNS.length];
      for (int d = 0; d < DIRECTIONS; d++) {
        along[d] += (signs >>> d & 1) == 0 ? value : -value;
      }
    }
    for (int d = 0; d < DIRECTIONS; d++) {
      along[d] /= square > 0 ? Math.sqrt(square) : 1;
    }
    return along;
  }

  private static final class Moments implements Serializable {
    private final long[] sums = new long[DIRECTIONS];
    private final long[] squares = new long[DIRECTIONS];
    private long images;

    Moments add(double[] along) {
      for (int d = 0; d < DIRECTIONS; d++) {
        sums[d] += Math.round(along[d] * UNIT);
        squares[d] += Math.round(along[d] * along[d] * UNIT);
      }
      images++;
      return this;
    }

    Moments merge(Moments other) {
      for (int d = 0; d < DIRECTIONS; d++) {
        sums[d] += other.sums[d];
        squares[d] += other.squares[d];
      }
      images += other.images;
      return this;
    }

    double[] meanAndDeviation() {
      double[] both = new double[2 * DIRECTIONS];
      for (int d = 0; d < DIRECTIONS; d++) {
        both[d] = sums[d] / UNIT / images;
        double variance = squares[d] / UNIT / images - both[d] * both[d];
        // Images that are all the same have no spread of their own.
        both[DIRECTIONS + d] = Math.sqrt(Math.max(variance, 1 / UNIT));
      }
      return both;
    }
  }

  private static final class Bins implements Serializable {
    private final double[] reference;
    private final long[] counts = new long[DIRECTIONS * BINS];
    private long images;

    Bins(double[] reference) {
      this.reference = reference;
    }

    Bins add(double[] along) {
      for (int d = 0; d < DIRECTIONS; d++) {
        double deviations = (along[d] - reference[d]) / reference[DIRECTIONS + d];
        double bin = Math.floor(deviations * PER_DEVIATION) + BINS / 2;
        counts[d * BINS + (int) Math.max(0, Math.min(BINS - 1, bin))]++;
      }
      images++;
      return this;
    }

    Bins merge(Bins other) {
      for (int i = 0; i < counts.length; i++) {
        counts[i] += other.counts[i];
      }
      images += other.images;
      return this;
    }
  }
}
