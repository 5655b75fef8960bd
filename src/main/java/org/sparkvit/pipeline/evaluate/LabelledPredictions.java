package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.ml.regression.IsotonicRegression;
import org.apache.spark.ml.regression.IsotonicRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.stats.metrics.BootstrapAccumulator;
import org.sparkvit.stats.metrics.Calibration;
import org.sparkvit.stats.metrics.ClassCalibration;
import org.sparkvit.stats.metrics.IsotonicScaling;
import org.sparkvit.stats.metrics.ScoreHistogram;
import org.sparkvit.stats.metrics.TemperatureFit;
import scala.Tuple2;

/** The predictions of one model for the labelled images of the validation and test splits. */
final class LabelledPredictions {
  /**
   * The largest number of distinct scores of a class that are collected to the driver, at some
   * hundred bytes each.
   */
  private static final long MAX_SCORES = 2_000_000;

  private static final int[] ONCE = {1};

  /** The points that a curve is fitted to. */
  private static final StructType POINT =
      new StructType()
          .add("score", DataTypes.DoubleType, false)
          .add("share", DataTypes.DoubleType, false)
          .add("images", DataTypes.DoubleType, false);

  /**
   * A scored image.
   *
   * @param split the split of the image
   * @param label the index of its class among those of the model
   * @param probabilities the predicted probability of each class
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Image(String split, int label, float[] probabilities) implements Serializable {}

  private final JavaRDD<Image> images;
  private final int classes;

  private LabelledPredictions(JavaRDD<Image> images, int classes) {
    this.images = images;
    this.classes = classes;
  }

  /**
   * Selects and persists the predictions of a model. An image whose label the model does not know
   * is left out.
   *
   * @param scored of {@link ScoredImages}
   */
  static LabelledPredictions of(Dataset<Row> scored, String model, int classes) {
    JavaRDD<Image> images =
        scored
            .where(
                col(ScoredImages.MODEL)
                    .equalTo(model)
                    .and(col(ScoredImages.PROBABILITIES).isNotNull())
                    .and(col(ScoredImages.LABEL_INDEX).isNotNull())
                    .and(col(ScoredImages.SPLIT).isNotNull())
                    .and(not(col(ScoredImages.SPLIT).equalTo(SplitsTable.TRAIN))))
            .select(ScoredImages.SPLIT, ScoredImages.LABEL_INDEX, ScoredImages.PROBABILITIES)
            .javaRDD()
            .map(LabelledPredictions::image)
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new LabelledPredictions(images, classes);
  }

  private static Image image(Row row) {
    List<Float> list = row.getList(2);
    float[] probabilities = new float[list.size()];
    for (int c = 0; c < probabilities.length; c++) {
      probabilities[c] = list.get(c);
    }
    return new Image(row.getString(0), row.getInt(1), probabilities);
  }

  void unpersist() {
    images.unpersist();
  }

  /** Returns the number of images of each split and class. */
  Map<String, long[]> sizes() {
    Map<String, long[]> sizes = new TreeMap<>();
    images
        .mapToPair(image -> new Tuple2<>(new Tuple2<>(image.split(), image.label()), 1L))
        .reduceByKey(Long::sum)
        .collect()
        .forEach(
            each ->
                sizes.computeIfAbsent(each._1()._1(), split -> new long[classes])[each._1()._2()] =
                    each._2());
    return sizes;
  }

  /** Returns the temperature with the least log-loss on the validation split. */
  double temperature(List<Double> shift) {
    JavaRDD<Image> validation = of(SplitsTable.VALIDATION);
    return TemperatureFit.find(
        factor ->
            validation.aggregate(
                new TemperatureFit.Slope(factor, shift),
                (slope, image) -> slope.add(image.probabilities(), image.label()),
                TemperatureFit.Slope::merge));
  }

  private JavaRDD<Image> of(String split) {
    return images.filter(image -> image.split().equals(split));
  }

  /** Returns these predictions with calibrated probabilities. */
  LabelledPredictions calibrated(Calibration calibration) {
    return new LabelledPredictions(
        images.map(
            image ->
                new Image(image.split(), image.label(), calibration.apply(image.probabilities()))),
        classes);
  }

  /** Returns the sums from which the metrics of each split follow. */
  Map<String, BootstrapAccumulator> sums() {
    int known = classes;
    return new TreeMap<>(
        images
            .mapToPair(image -> new Tuple2<>(image.split(), image))
            .aggregateByKey(
                new BootstrapAccumulator(known, 0, false),
                (sums, image) -> {
                  sums.add(
                      image.probabilities(), image.label(), argmax(image.probabilities()), ONCE);
                  return sums;
                },
                BootstrapAccumulator::merge)
            .collectAsMap());
  }

  private static int argmax(float[] values) {
    int best = 0;
    for (int c = 1; c < values.length; c++) {
      best = values[c] > values[best] ? c : best;
    }
    return best;
  }

  /**
   * Divides classes into batches whose scores the driver has room for. With a thousand classes, a
   * query for each would take minutes.
   *
   * @param images the number of images of the split
   */
  static List<List<Integer>> batches(List<Integer> labels, long images) {
    int size = (int) Math.max(1, Math.min(labels.size(), MAX_SCORES / Math.max(1, images)));
    List<List<Integer>> batches = new ArrayList<>();
    for (int from = 0; from < labels.size(); from += size) {
      batches.add(new ArrayList<>(labels.subList(from, Math.min(labels.size(), from + size))));
    }
    return batches;
  }

  /**
   * Returns the scores of some classes in a split.
   *
   * @param labels one of {@link #batches}
   * @throws UserException when there are too many distinct scores for the driver
   */
  SortedMap<Integer, ScoreHistogram> rankings(String split, List<Integer> labels) {
    return onDriver(split, counted(split, labels));
  }

  /** Returns the confidence of each image of a split; the positives are the correct predictions. */
  ScoreHistogram confidences(String split) {
    JavaPairRDD<Long, long[]> highest =
        of(split)
            .mapToPair(
                image -> {
                  int said = argmax(image.probabilities());
                  return new Tuple2<>(
                      RankingKeys.key(0, image.probabilities()[said]),
                      count(image.label() == said));
                });
    return onDriver(split, added(highest)).get(0);
  }

  /**
   * Fits the isotonic calibration curves of classes to the images of a split, by MLlib. Where the
   * scores of several classes fit on the driver, a curve costs no query over the images.
   *
   * @param images the number of images of the split
   */
  List<ClassCalibration> isotonic(
      SparkSession spark, String split, List<Integer> labels, long images) {
    List<ClassCalibration> curves = new ArrayList<>();
    for (List<Integer> batch : batches(labels, images)) {
      if (batch.size() == 1) {
        JavaRDD<Row> points =
            counted(split, batch)
                .sortByKey()
                // Sums in one order, whatever the partitions were.
                .coalesce(1)
                .map(
                    score ->
                        point(
                            RankingKeys.score(score._1()),
                            score._2()[0],
                            score._2()[0] + score._2()[1]));
        curves.add(fit(spark.createDataFrame(points, POINT)));
      } else {
        for (ScoreHistogram scores : rankings(split, batch).values()) {
          List<Row> points = new ArrayList<>();
          for (int i = 0; i < scores.size(); i++) {
            points.add(point(scores.score(i), scores.positives(i), scores.images(i)));
          }
          curves.add(fit(spark.createDataFrame(points, POINT).coalesce(1)));
        }
      }
    }
    return curves;
  }

  private static Row point(double score, long positives, long images) {
    return RowFactory.create(score, (double) positives / images, (double) images);
  }

  private static IsotonicScaling fit(Dataset<Row> points) {
    IsotonicRegressionModel model =
        new IsotonicRegression()
            .setFeaturesCol("score")
            .setLabelCol("share")
            .setWeightCol("images")
            .fit(points);
    return new IsotonicScaling(
        Arrays.stream(model.boundaries().toArray()).boxed().toList(),
        Arrays.stream(model.predictions().toArray()).boxed().toList());
  }

  /**
   * Returns the number of positives and negatives of each distinct score of some classes, by {@link
   * RankingKeys#key}.
   */
  private JavaPairRDD<Long, long[]> counted(String split, List<Integer> labels) {
    return added(
        of(split)
            .flatMapToPair(
                image ->
                    labels.stream()
                        .map(
                            c ->
                                new Tuple2<>(
                                    RankingKeys.key(c, image.probabilities()[c]),
                                    count(image.label() == c)))
                        .iterator()));
  }

  private static long[] count(boolean positive) {
    return positive ? new long[] {1, 0} : new long[] {0, 1};
  }

  private static JavaPairRDD<Long, long[]> added(JavaPairRDD<Long, long[]> scores) {
    return scores.reduceByKey((a, b) -> new long[] {a[0] + b[0], a[1] + b[1]});
  }

  /** Collects the scores to the driver, by class. */
  private static SortedMap<Integer, ScoreHistogram> onDriver(
      String split, JavaPairRDD<Long, long[]> counts) {
    List<Tuple2<Long, long[]>> counted =
        new ArrayList<>(counts.take(Math.toIntExact(MAX_SCORES + 1)));
    if (counted.size() > MAX_SCORES) {
      throw new UserException(
          "the "
              + split
              + " split has more than "
              + MAX_SCORES
              + " different scores of a class; a smaller split is enough to choose a threshold");
    }
    counted.sort(Comparator.comparing(Tuple2::_1));
    SortedMap<Integer, ScoreHistogram> byClass = new TreeMap<>();
    int end;
    for (int from = 0; from < counted.size(); from = end) {
      long label = RankingKeys.ranking(counted.get(from)._1());
      end = from;
      while (end < counted.size() && RankingKeys.ranking(counted.get(end)._1()) == label) {
        end++;
      }
      byClass.put(Math.toIntExact(label), scores(counted.subList(from, end)));
    }
    return byClass;
  }

  private static ScoreHistogram scores(List<Tuple2<Long, long[]>> counted) {
    double[] scores = new double[counted.size()];
    long[] positives = new long[scores.length];
    long[] negatives = new long[scores.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = RankingKeys.score(counted.get(i)._1());
      positives[i] = counted.get(i)._2()[0];
      negatives[i] = counted.get(i)._2()[1];
    }
    return ScoreHistogram.counted(scores, positives, negatives);
  }
}
