package org.sparkvit.pipeline.labels;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.posexplode;
import static org.apache.spark.sql.functions.rank;
import static org.apache.spark.sql.functions.round;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.dataset.schema.LabelChecksTable;

/**
 * Finds labels that are likely wrong from probabilities of a model that has not seen them
 * (Northcutt et al. 2021). Images with equal values at a limit are all flagged or all kept, so that
 * nothing depends on the order of rows.
 *
 * @param checks the rows that were given, with {@link #PREDICTED}, {@link
 *     LabelChecksTable#CONFIDENCE}, {@link LabelChecksTable#MARGIN} and a flag for each rule
 * @param noise the numbers of images by given label and likely class, {@code [K][K]}; see {@link
 *     LabelNoise}
 */
@SuppressWarnings("ArrayRecordComponent") // passed on, never compared
record ConfidentLearning(Dataset<Row> checks, long[][] noise) {
  /**
   * The columns of the rows to judge, of the types {@code string}, {@code int} and {@code
   * array<double>}.
   */
  static final String ID = "id";

  static final String GIVEN = "given";
  static final String PROBABILITIES = "probabilities";

  /** The most likely class, or the first of several equally likely ones. */
  static final String PREDICTED = "predicted";

  /** The class that an image is confidently of, or null where there is none. */
  private static final String GUESS = "guess";

  private static final String OTHER = "other";
  private static final String WIDE = "wide";
  private static final String BY_RATE = "found_by_noise_rate";

  /**
   * The amount by which thresholds are lowered when probabilities are compared with them. The least
   * threshold is twice this amount.
   */
  private static final double TOLERANCE = 1e-6;

  /**
   * The reciprocal of the unit in which probabilities are summed, 2^-32. Sums of whole units are
   * the same in any order.
   */
  private static final double UNIT = 1L << 32;

  /**
   * Judges labels.
   *
   * @param rows rows with the columns above and any others; the caller persists them, as they are
   *     read several times
   * @param classes the number of classes, K
   * @return the judged rows and the estimated noise
   */
  static ConfidentLearning fit(Dataset<Row> rows, int classes) {
    long[] counts = new long[classes];
    double[] thresholds = thresholds(rows, counts);
    Dataset<Row> judged =
        rows.withColumn(
                "judged",
                udf(new Judge(thresholds), Judge.SCHEMA).apply(col(PROBABILITIES), col(GIVEN)))
            .select(col("*"), col("judged.*"))
            .drop("judged");
    long[][] noise = LabelNoise.calibrate(confident(judged, classes), counts);
    Dataset<Row> flagged =
        byClass(judged, noise, counts)
            .withColumn(LabelChecksTable.DIFFERS, differs())
            .withColumn(
                LabelChecksTable.CONFIDENT,
                differs().and(coalesce(not(col(GUESS).equalTo(col(GIVEN))), lit(false))))
            .join(byNoiseRate(judged, noise), new String[] {ID}, "left")
            .withColumn(
                LabelChecksTable.BY_NOISE_RATE, differs().and(coalesce(col(BY_RATE), lit(false))))
            .drop(BY_RATE, GUESS);
    return new ConfidentLearning(flagged, noise);
  }

  private static Column differs() {
    return not(col(PREDICTED).equalTo(col(GIVEN)));
  }

  /**
   * Returns the mean probability of each class over the images with its label. It also fills in the
   * number of these images.
   */
  private static double[] thresholds(Dataset<Row> rows, long[] counts) {
    Column own = element_at(col(PROBABILITIES), col(GIVEN).plus(1));
    double[] thresholds = new double[counts.length];
    // A class without labels has no confident images.
    Arrays.fill(thresholds, Double.POSITIVE_INFINITY);
    for (Row row :
        rows.groupBy(GIVEN)
            .agg(count(lit(1)), sum(round(own.multiply(UNIT)).cast(DataTypes.LongType)))
            .collectAsList()) {
      counts[row.getInt(0)] = row.getLong(1);
      thresholds[row.getInt(0)] = Math.max(2 * TOLERANCE, row.getLong(2) / UNIT / row.getLong(1));
    }
    return thresholds;
  }

  private static long[][] confident(Dataset<Row> judged, int classes) {
    long[][] confident = new long[classes][classes];
    for (Row row :
        judged.where(col(GUESS).isNotNull()).groupBy(GIVEN, GUESS).count().collectAsList()) {
      confident[row.getInt(0)][row.getInt(1)] = row.getLong(2);
    }
    return confident;
  }

  /** Flags the images whose label is least probable, as many of each label as are likely wrong. */
  private static Dataset<Row> byClass(Dataset<Row> judged, long[][] noise, long[] counts) {
    List<Row> removals = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      removals.add(RowFactory.create(i, counts[i] > 1 ? counts[i] - noise[i][i] : 0L));
    }
    StructType schema =
        new StructType()
            .add(GIVEN, DataTypes.IntegerType, false)
            .add("removals", DataTypes.LongType, false);
    Dataset<Row> limits = judged.sparkSession().createDataFrame(removals, schema);
    WindowSpec upToHere =
        Window.partitionBy(GIVEN)
            .orderBy(LabelChecksTable.CONFIDENCE)
            .rangeBetween(Window.unboundedPreceding(), Window.currentRow());
    return judged
        .join(broadcast(limits), GIVEN)
        .withColumn("rank", count(lit(1)).over(upToHere))
        .withColumn(LabelChecksTable.BY_CLASS, differs().and(col("rank").leq(col("removals"))))
        .drop("rank", "removals");
  }

  /**
   * Flags images of label i that are likely of class j. These are the noise[i][j] images whose p_j
   * exceeds p_i the most. Images with a positive margin are few, and where there are enough of them
   * the rest need not be sorted.
   */
  private static Dataset<Row> byNoiseRate(Dataset<Row> judged, long[][] noise) {
    List<Row> wanted = new ArrayList<>();
    for (int i = 0; i < noise.length; i++) {
      for (int j = 0; j < noise.length; j++) {
        if (i != j && noise[i][j] > 0) {
          wanted.add(RowFactory.create(i, j, noise[i][j]));
        }
      }
    }
    StructType schema =
        new StructType()
            .add(GIVEN, DataTypes.IntegerType, false)
            .add(OTHER, DataTypes.IntegerType, false)
            .add("removals", DataTypes.LongType, false);
    Dataset<Row> pairs = judged.sparkSession().createDataFrame(wanted, schema);
    Dataset<Row> margins =
        judged
            .select(
                col(ID),
                col(GIVEN),
                col(LabelChecksTable.CONFIDENCE),
                posexplode(col(PROBABILITIES)).as(new String[] {OTHER, "p"}))
            .withColumn("margin", col("p").minus(col(LabelChecksTable.CONFIDENCE)))
            .drop("p", LabelChecksTable.CONFIDENCE);
    Dataset<Row> positive =
        margins.groupBy(GIVEN, OTHER).agg(count_if(col("margin").gt(0)).as("positive"));
    String[] pair = {GIVEN, OTHER};
    Dataset<Row> limits =
        pairs
            .join(positive, pair)
            .withColumn(WIDE, col("positive").geq(col("removals")))
            .drop("positive");
    return margins
        .join(broadcast(limits), pair)
        .where(col("margin").gt(0).or(not(col(WIDE))))
        .withColumn(
            "rank", rank().over(Window.partitionBy(GIVEN, OTHER).orderBy(col("margin").desc())))
        .where(col("rank").leq(col("removals")))
        .select(ID)
        .distinct()
        .withColumn(BY_RATE, lit(true));
  }

  /**
   * Judges one image. It returns the prediction, the confident class, the probability of the label
   * and the margin.
   */
  private static final class Judge implements UDF2<scala.collection.Seq<Double>, Integer, Row> {
    static final StructType SCHEMA =
        new StructType()
            .add(PREDICTED, DataTypes.IntegerType, false)
            .add(GUESS, DataTypes.IntegerType)
            .add(LabelChecksTable.CONFIDENCE, DataTypes.DoubleType, false)
            .add(LabelChecksTable.MARGIN, DataTypes.DoubleType, false);

    private final double[] thresholds;

    Judge(double[] thresholds) {
      this.thresholds = thresholds;
    }

    @Override
    public Row call(scala.collection.Seq<Double> probabilities, Integer given) {
      int predicted = 0;
      int first = -1;
      int confident = 0;
      double rival = 0;
      for (int c = 0; c < thresholds.length; c++) {
        double p = probabilities.apply(c);
        if (p > probabilities.apply(predicted)) {
          predicted = c;
        }
        if (p >= thresholds[c] - TOLERANCE) {
          first = first < 0 ? c : first;
          confident++;
        }
        if (c != given) {
          rival = Math.max(rival, p);
        }
      }
      Integer guess = null;
      if (confident > 0) {
        guess = confident > 1 ? predicted : first;
      }
      double own = probabilities.apply(given);
      return RowFactory.create(predicted, guess, own, (own - rival + 1) / 2);
    }
  }
}
