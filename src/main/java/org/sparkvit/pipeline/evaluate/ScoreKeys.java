package org.sparkvit.pipeline.evaluate;

import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.stats.metrics.LogOddsRanges;
import scala.Tuple2;

/**
 * Converts images to the keys of their scores: {@link RankingKeys#key} of each class in each
 * region, doubled, plus one where the image is of that class. Each key comes with the number of
 * images that have it.
 *
 * <p>Equal keys are counted a million at a time, in an array. A table of all keys, as a query would
 * make it, costs more than the sorting that follows where most scores are distinct.
 */
final class ScoreKeys implements MapPartitionsFunction<Row, Tuple2<Long, Long>> {
  /** The columns of the input. */
  static final String[] COLUMNS = {
    ScoredImages.MODEL,
    ScoredImages.LABEL_INDEX,
    ScoredImages.PROBABILITIES,
    EvaluatedImages.REGIONS
  };

  private static final int AT_A_TIME = 1 << 20;

  private final RankingKeys keys;
  private final LogOddsRanges ranges;

  /**
   * Creates a function for the images of some regions.
   *
   * @param bins the number of ranges of the log-odds within which scores count as equal; 0 for
   *     exact scores
   */
  ScoreKeys(RankingKeys keys, int bins) {
    this.keys = keys;
    this.ranges = bins > 0 ? new LogOddsRanges(bins) : null;
  }

  /** Returns the key of a score without the bit for the class. */
  static long key(long value) {
    return value >> 1;
  }

  /** Returns whether the images are of the class. */
  static boolean positive(long value) {
    return (value & 1) == 1;
  }

  @Override
  public Iterator<Tuple2<Long, Long>> call(Iterator<Row> images) {
    return new Counted(images);
  }

  private float[] scores(Row image) {
    List<Float> list = image.getList(2);
    float[] scores = new float[list.size()];
    for (int c = 0; c < scores.length; c++) {
      float score = list.get(c);
      // The lowest probability of a range stands for all of it.
      scores[c] = ranges == null ? score : ranges.lowest(ranges.of(score));
    }
    return scores;
  }

  private final class Counted implements Iterator<Tuple2<Long, Long>> {
    private final Iterator<Row> images;
    private long[] values = new long[1 << 10];
    private int size;
    private int next;

    Counted(Iterator<Row> images) {
      this.images = images;
    }

    @Override
    public boolean hasNext() {
      if (next == size) {
        fill();
      }
      return next < size;
    }

    @Override
    public Tuple2<Long, Long> next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      long value = values[next];
      int from = next;
      while (next < size && values[next] == value) {
        next++;
      }
      return new Tuple2<>(value, (long) next - from);
    }

    private void fill() {
      size = 0;
      next = 0;
      while (images.hasNext() && size < AT_A_TIME) {
        add(images.next());
      }
      Arrays.sort(values, 0, size);
    }

    private void add(Row image) {
      String model = image.getString(0);
      int place = image.isNullAt(1) ? -1 : image.getInt(1);
      float[] scores = scores(image);
      for (Row region : image.<Row>getList(3)) {
        Row kind = region.getStruct(1);
        long first =
            keys.firstOf(
                RowFactory.create(
                    model, region.getString(0), kind.getString(0), kind.getString(1)));
        if (values.length - size < scores.length) {
          values = Arrays.copyOf(values, 2 * size + scores.length);
        }
        for (int c = 0; c < scores.length; c++) {
          values[size++] = RankingKeys.key(first + c, scores[c]) << 1 | (c == place ? 1 : 0);
        }
      }
    }
  }
}
