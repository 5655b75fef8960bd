package org.sparkvit.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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
import org.sparkvit.metrics.Calibration;
import org.sparkvit.metrics.IsotonicScaling;
import org.sparkvit.metrics.Replicates;
import org.sparkvit.metrics.ScoreCounts;
import org.sparkvit.metrics.TemperatureFit;
import org.sparkvit.table.SplitsTable;
import scala.Tuple2;

/** What one model says of the labelled images of the validation and test splits. */
final class LabelledScores {
  /** Different scores of a class that come to the driver: some hundred bytes each on the way. */
  private static final long MAX_SCORES = 2_000_000;

  private static final int[] ONCE = {1};

  /**
   * An image.
   *
   * @param label place of its class among those of the model
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Image(String split, int label, float[] probabilities) implements Serializable {}

  private final JavaRDD<Image> images;
  private final int classes;

  private LabelledScores(JavaRDD<Image> images, int classes) {
    this.images = images;
    this.classes = classes;
  }

  /**
   * Those of a model; a label that it does not know leaves an image out.
   *
   * @param scored of {@link ScoredImages}
   */
  static LabelledScores of(Dataset<Row> scored, String model, int classes) {
    JavaRDD<Image> images =
        scored
            .where(
                col(ScoredImages.MODEL)
                    .equalTo(model)
                    .and(col(ScoredImages.PROBABILITIES).isNotNull())
                    .and(col(ScoredImages.PLACE).isNotNull())
                    .and(col(ScoredImages.SPLIT).isNotNull())
                    .and(not(col(ScoredImages.SPLIT).equalTo(SplitsTable.TRAIN))))
            .select(ScoredImages.SPLIT, ScoredImages.PLACE, ScoredImages.PROBABILITIES)
            .javaRDD()
            .map(LabelledScores::image)
            .persist(StorageLevel.MEMORY_AND_DISK());
    return new LabelledScores(images, classes);
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

  /** Images of each split and class. */
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

  /** The temperature with the least log-loss on the validation split. */
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

  /** With mended probabilities. */
  LabelledScores calibrated(Calibration calibration) {
    return new LabelledScores(
        images.map(
            image ->
                new Image(image.split(), image.label(), calibration.apply(image.probabilities()))),
        classes);
  }

  /** What the probabilities come to in each split. */
  Map<String, Replicates> sums() {
    int known = classes;
    return new TreeMap<>(
        images
            .mapToPair(image -> new Tuple2<>(image.split(), image))
            .aggregateByKey(
                new Replicates(known, 0, false),
                (sums, image) -> {
                  sums.add(
                      image.probabilities(), image.label(), argmax(image.probabilities()), ONCE);
                  return sums;
                },
                Replicates::merge)
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
   * The scores of a class in a split.
   *
   * @throws UserException when there are too many different ones for the driver
   */
  ScoreCounts ranking(String split, int label) {
    return onDriver(split, counted(split, label));
  }

  /** The highest probability of each image of a split; positives are the right predictions. */
  ScoreCounts confidences(String split) {
    return onDriver(
        split,
        counted(
            of(split)
                .mapToPair(
                    image -> {
                      int said = argmax(image.probabilities());
                      return new Tuple2<>(
                          image.probabilities()[said] + 0f, count(image.label() == said));
                    })));
  }

  /**
   * The curve of a class that never falls and is nearest to what images of a split are, by MLlib.
   */
  IsotonicScaling isotonic(SparkSession spark, String split, int label) {
    JavaRDD<Row> points =
        counted(split, label)
            // Sums in one order, whatever the partitions were.
            .coalesce(1)
            .map(
                score -> {
                  long images = score._2()[0] + score._2()[1];
                  return RowFactory.create(
                      score._1().doubleValue(), (double) score._2()[0] / images, (double) images);
                });
    StructType schema =
        new StructType()
            .add("score", DataTypes.DoubleType, false)
            .add("share", DataTypes.DoubleType, false)
            .add("images", DataTypes.DoubleType, false);
    IsotonicRegressionModel model =
        new IsotonicRegression()
            .setFeaturesCol("score")
            .setLabelCol("share")
            .setWeightCol("images")
            .fit(spark.createDataFrame(points, schema));
    return new IsotonicScaling(
        Arrays.stream(model.boundaries().toArray()).boxed().toList(),
        Arrays.stream(model.predictions().toArray()).boxed().toList());
  }

  private JavaPairRDD<Float, long[]> counted(String split, int label) {
    return counted(
        of(split)
            .mapToPair(
                image ->
                    new Tuple2<>(
                        // Adding 0 turns -0 into 0, which would otherwise be two scores.
                        image.probabilities()[label] + 0f, count(image.label() == label))));
  }

  private static long[] count(boolean positive) {
    return positive ? new long[] {1, 0} : new long[] {0, 1};
  }

  /** Positives and negatives of each distinct score, the highest first. */
  private static JavaPairRDD<Float, long[]> counted(JavaPairRDD<Float, long[]> scores) {
    return scores.reduceByKey((a, b) -> new long[] {a[0] + b[0], a[1] + b[1]}).sortByKey(false);
  }

  private static ScoreCounts onDriver(String split, JavaPairRDD<Float, long[]> scoreCounts) {
    List<Tuple2<Float, long[]>> counted = scoreCounts.take(Math.toIntExact(MAX_SCORES + 1));
    if (counted.size() > MAX_SCORES) {
      throw new UserException(
          "the "
              + split
              + " split has more than "
              + MAX_SCORES
              + " different scores of a class; a smaller one is enough for a threshold");
    }
    double[] scores = new double[counted.size()];
    long[] positives = new long[scores.length];
    long[] negatives = new long[scores.length];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = counted.get(i)._1();
      positives[i] = counted.get(i)._2()[0];
      negatives[i] = counted.get(i)._2()[1];
    }
    return ScoreCounts.counted(scores, positives, negatives);
  }
}
