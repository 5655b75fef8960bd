package org.sparkvit.pipeline.evaluate;

import java.io.Serializable;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.MetricsTable;

/**
 * Assigns numbers to rankings, one for each class in each region, and packs a ranking and a score
 * into one {@code long}. A thousand classes make thousands of scores of each image, and the names
 * of models, splits and columns beside each score would be most of the data that is sorted.
 *
 * <p>In ascending order the keys of a ranking follow one another, the highest score first.
 */
final class RankingKeys implements Serializable {
  private static final int SLICE = 2;

  /**
   * The bits of the score 1. Scores are from 0 to 1, and their bits, read as whole numbers, have
   * the same order.
   */
  private static final int ONE = Float.floatToIntBits(1);

  private static final int SCORE_BITS = 30;

  private final List<Row> regions;
  private final Map<Row, Integer> places = new HashMap<>();

  /** The number of the first ranking of each region, then the number of all rankings. */
  private final long[] first;

  /** The names of the classes of each model. */
  private final Map<String, List<String>> models;

  private RankingKeys(List<Row> regions, Map<String, List<String>> models) {
    this.regions = regions;
    this.models = new HashMap<>(models);
    first = new long[regions.size() + 1];
    for (int i = 0; i < regions.size(); i++) {
      places.put(regions.get(i), i);
      // Even a model without classes, of which nothing can be scored, takes one.
      first[i + 1] = first[i] + Math.max(1, models.get(regions.get(i).getString(0)).size());
    }
  }

  /**
   * Assigns numbers to the rankings of all regions.
   *
   * @param counts the rows of {@link ConfusionCounts}
   * @param models the classes of each model
   */
  static RankingKeys collect(Dataset<Row> counts, Map<String, List<String>> models) {
    Comparator<Row> byName = Comparator.comparing(row -> row.getString(0));
    for (int i = 1; i < 4; i++) {
      int column = i;
      byName = byName.thenComparing(row -> row.getString(column));
    }
    List<Row> regions =
        counts
            .select(
                MetricsTable.MODEL,
                MetricsTable.SPLIT,
                MetricsTable.SLICE,
                MetricsTable.SLICE_VALUE)
            .distinct()
            .collectAsList()
            .stream()
            .map(MetricsTableWriter::region)
            .sorted(byName)
            .toList();
    return new RankingKeys(regions, models);
  }

  /**
   * Returns the number of the ranking of a region's first class. The rankings of the other classes
   * follow.
   */
  long firstOf(Row region) {
    return first[places.get(region)];
  }

  /** Returns the key of a score in a ranking, by which scores are sorted. */
  static long key(long ranking, float score) {
    // Adding 0 turns -0 into 0, which would otherwise be two scores.
    return ranking << SCORE_BITS | (ONE - Float.floatToIntBits(score + 0f));
  }

  static long ranking(long key) {
    return key >>> SCORE_BITS;
  }

  static float score(long key) {
    return Float.intBitsToFloat(ONE - (int) (key & (1L << SCORE_BITS) - 1));
  }

  /** Returns (model, split, slice, slice_value) of a ranking. */
  Row region(long ranking) {
    return regions.get(place(ranking));
  }

  /** Returns the index of a ranking's class among the classes of the model. */
  int classOf(long ranking) {
    return Math.toIntExact(ranking - first[place(ranking)]);
  }

  String className(long ranking) {
    return models.get(region(ranking).getString(0)).get(classOf(ranking));
  }

  /** Returns whether a ranking is of a whole split, or of all images. */
  boolean unsliced(long ranking) {
    return whole(region(ranking));
  }

  private static boolean whole(Row region) {
    return region.getString(SLICE).equals(MetricsTable.ALL);
  }

  /** Returns the rankings of whole splits, by model, split and name of the class. */
  List<Long> unsliced() {
    return IntStream.range(0, regions.size())
        .filter(i -> whole(regions.get(i)))
        .boxed()
        .flatMap(
            i ->
                LongStream.range(
                        first[i], first[i] + models.get(regions.get(i).getString(0)).size())
                    .boxed()
                    .sorted(Comparator.comparing(this::className)))
        .toList();
  }

  private int place(long ranking) {
    int found = Arrays.binarySearch(first, ranking);
    // What is not found lies behind the first ranking of its region. A region has one at least.
    return found >= 0 ? found : -found - 2;
  }
}
