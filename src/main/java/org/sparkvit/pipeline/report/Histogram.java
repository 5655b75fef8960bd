package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.image.hash.ImageQuality;

/**
 * The distribution over the images of a score from 0 (bad) to 1 (good).
 *
 * @param name the name of the score, e.g. {@code not dark}
 * @param threshold the score below which an image has a finding
 * @param below the number of images below the threshold
 * @param total the number of images that have the score
 * @param bars the bars from the lowest scores to the highest
 */
public record Histogram(String name, double threshold, long below, long total, List<Bar> bars) {
  private static final int BARS = 20;

  private static final String SCORE = "score";
  private static final String VALUE = "value";
  private static final String BAR = "bar";

  /** A score of the audit and the limit of its finding. */
  private record Score(String column, String name, double threshold) {}

  private static final List<Score> SCORES =
      List.of(
          new Score(PixelsTable.DARK, "bright enough", ImageQuality.DARK),
          new Score(PixelsTable.LIGHT, "not too bright", ImageQuality.LIGHT),
          new Score(PixelsTable.SHARPNESS, "sharp", ImageQuality.SHARPNESS),
          new Score(PixelsTable.INFORMATION, "much to see", ImageQuality.INFORMATION),
          new Score(PixelsTable.ASPECT, "near to square", ImageQuality.ASPECT));

  /**
   * The images of a range of scores.
   *
   * @param from the lowest score of the range
   * @param height the height as a share of the highest bar, 0 to 1
   */
  public record Bar(double from, double to, long count, double height) {}

  /** Returns the histograms of the scores that the audit has limits for. */
  static List<Histogram> gather(Dataset<Row> pixels) {
    List<Column> scores = new ArrayList<>();
    Map<String, long[]> counts = new LinkedHashMap<>();
    Map<String, Long> below = new LinkedHashMap<>();
    for (Score score : SCORES) {
      scores.add(
          struct(
              lit(score.column()).as(SCORE),
              col(score.column()).as(VALUE),
              lit(score.threshold()).as("threshold")));
      counts.put(score.column(), new long[BARS]);
    }
    for (Row row :
        pixels
            .select(explode(array(scores.toArray(Column[]::new))).as("each"))
            .select("each.*")
            .where(col(VALUE).isNotNull())
            .groupBy(col(SCORE), least(floor(col(VALUE).multiply(BARS)), lit(BARS - 1L)).as(BAR))
            .agg(count(lit(1)), count_if(col(VALUE).lt(col("threshold"))))
            .collectAsList()) {
      counts.get(row.getString(0))[(int) Math.max(0, row.getLong(1))] += row.getLong(2);
      below.merge(row.getString(0), row.getLong(3), Long::sum);
    }
    return SCORES.stream()
        .map(score -> of(score, counts.get(score.column()), below.getOrDefault(score.column(), 0L)))
        .filter(histogram -> histogram.total() > 0)
        .toList();
  }

  private static Histogram of(Score score, long[] counts, long below) {
    long most = 1;
    long total = 0;
    for (long n : counts) {
      most = Math.max(most, n);
      total += n;
    }
    List<Bar> bars = new ArrayList<>();
    for (int i = 0; i < BARS; i++) {
      bars.add(
          new Bar(
              i / (double) BARS, (i + 1) / (double) BARS, counts[i], counts[i] / (double) most));
    }
    return new Histogram(score.name(), score.threshold(), below, total, bars);
  }
}
