package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;

/**
 * The section on images that the model got wrong.
 *
 * @param split the split that they are from
 * @param judged the number of images of the split that have a prediction
 * @param wrong the number of mistakes among them
 * @param confident the mistakes with the highest confidence
 * @param positive the class of {@code missed}, or null where none was chosen
 * @param missedCount the number of images of that class that were taken for another class
 * @param missed the images among them to which the model gave the class the lowest probability
 */
public record MistakeSection(
    String split,
    long judged,
    long wrong,
    List<Mistake> confident,
    String positive,
    long missedCount,
    List<Mistake> missed) {
  /**
   * One mistake.
   *
   * @param confidence the probability of the predicted class
   * @param givenProbability the probability of the given class, or NaN where the model does not
   *     know it
   * @param image a JPEG in base 64, or null where none could be made
   * @param problem the reason why there is no image, or null
   */
  public record Mistake(
      String id,
      String path,
      String label,
      String predicted,
      double confidence,
      double givenProbability,
      String image,
      String problem) {}

  /**
   * Finds the worst mistakes and makes their thumbnails.
   *
   * @param scored the rows of {@link ReportedImages#of}
   * @param split one of their splits, or {@link MetricsTable#ALL}
   * @param images rows of the table {@code images}
   * @param positive the class whose missed images are shown, or null
   * @param shown the number of images of each kind
   */
  static MistakeSection gather(
      Dataset<Row> scored,
      String split,
      Dataset<Row> images,
      String positive,
      int shown,
      Thumbnails thumbnails) {
    Dataset<Row> judged = ReportedImages.judged(scored, split);
    Column mistaken = col(PredictionsTable.LABEL).notEqual(col(PredictionsTable.PREDICTED));
    // Null (no positive class) compares to nothing, so there are no missed images.
    Column overlooks = mistaken.and(col(PredictionsTable.LABEL).equalTo(lit(positive)));
    Row counts =
        judged.agg(count(lit(1)), count(when(mistaken, 1)), count(when(overlooks, 1))).head();
    Dataset<Row> wrong = judged.where(mistaken);
    Dataset<Row> missed = judged.where(overlooks);
    List<Mistake> confident = top(wrong, col(PredictionsTable.CONFIDENCE).desc(), shown);
    List<Mistake> overlooked =
        top(missed, coalesce(col(ReportedImages.GIVEN_PROBABILITY), lit(0f)).asc(), shown);
    Map<String, Thumbnails.Picture> made =
        thumbnails.make(
            images,
            Stream.concat(confident.stream(), overlooked.stream())
                .map(Mistake::id)
                .distinct()
                .toList());
    return new MistakeSection(
        split,
        counts.getLong(0),
        counts.getLong(1),
        illustrated(confident, made),
        positive,
        counts.getLong(2),
        illustrated(overlooked, made));
  }

  private static List<Mistake> top(Dataset<Row> wrong, Column order, int count) {
    return wrong
        .select(
            PredictionsTable.ID,
            PredictionsTable.PATH,
            PredictionsTable.LABEL,
            PredictionsTable.PREDICTED,
            PredictionsTable.CONFIDENCE,
            ReportedImages.GIVEN_PROBABILITY)
        .orderBy(order, col(PredictionsTable.ID))
        .limit(count)
        .collectAsList()
        .stream()
        .map(
            row ->
                new Mistake(
                    row.getString(0),
                    row.getString(1),
                    row.getString(2),
                    row.getString(3),
                    row.getFloat(4),
                    row.isNullAt(5) ? Double.NaN : row.getFloat(5),
                    null,
                    null))
        .toList();
  }

  /** Adds pictures to mistakes. */
  static List<Mistake> illustrated(List<Mistake> mistakes, Map<String, Thumbnails.Picture> made) {
    return mistakes.stream()
        .map(
            mistake -> {
              Thumbnails.Picture picture =
                  made.getOrDefault(
                      mistake.id(), new Thumbnails.Picture(null, "no longer in the catalog"));
              return new Mistake(
                  mistake.id(),
                  mistake.path(),
                  mistake.label(),
                  mistake.predicted(),
                  mistake.confidence(),
                  mistake.givenProbability(),
                  picture.image(),
                  picture.problem());
            })
        .toList();
  }
}
