package org.sparkvit.pipeline.labels;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Locale;
import java.util.Optional;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.pipeline.stage.StageContext;

/**
 * Computes probabilities of each image by a linear head that has seen neither the image nor any
 * that it repeats. The images are divided into folds by group. Each fold is predicted by a head
 * that was trained on the embeddings of the others.
 */
final class OutOfSample {
  private static final int ROWS_PER_PARTITION = 50_000;
  private static final int ITERATIONS = 100;
  private static final String FOLD = "fold";
  private static final String FEATURES = "features";
  private static final String TARGET = "target";
  private static final String VECTOR = "vector";

  private OutOfSample() {}

  /**
   * Predicts all images.
   *
   * @param embedded rows with {@link ConfidentLearning#ID}, {@link ConfidentLearning#GIVEN}, {@link
   *     LabelledImages#GROUP} and {@link Neighbors#POINT}
   * @param classes the number of classes
   * @return rows with {@link ConfidentLearning#ID}, {@link ConfidentLearning#GIVEN} and {@link
   *     ConfidentLearning#PROBABILITIES}
   */
  static Dataset<Row> probabilities(
      StageContext context, LabelsConfig config, Dataset<Row> embedded, int classes) {
    int partitions =
        (int) Math.max(1, (embedded.count() + ROWS_PER_PARTITION - 1) / ROWS_PER_PARTITION);
    Dataset<Row> rows =
        context.cache(
            embedded
                .select(
                    col(ConfidentLearning.ID),
                    col(ConfidentLearning.GIVEN),
                    pmod(
                            xxhash64(lit(config.seed()), col(LabelledImages.GROUP)),
                            lit(config.folds()))
                        .cast("int")
                        .as(FOLD),
                    functions
                        .array_to_vector(col(Neighbors.POINT).cast("array<double>"))
                        .as(FEATURES))
                .withColumn(
                    TARGET,
                    col(ConfidentLearning.GIVEN)
                        .cast("double")
                        .as(
                            TARGET,
                            NominalAttribute.defaultAttr()
                                .withName(TARGET)
                                .withNumValues(classes)
                                .toMetadata()))
                // A fixed order keeps the last digits of sums the same.
                .repartition(partitions, col(ConfidentLearning.ID))
                .sortWithinPartitions(ConfidentLearning.ID));
    requireManyGroups(rows, config);
    Optional<Dataset<Row>> all = Optional.empty();
    for (int fold = 0; fold < config.folds(); fold++) {
      context.say("judging fold %d of %d by the others", fold + 1, config.folds());
      Dataset<Row> predicted =
          new LogisticRegression()
              .setFamily("multinomial")
              .setFeaturesCol(FEATURES)
              .setLabelCol(TARGET)
              .setProbabilityCol(VECTOR)
              .setRegParam(config.regularization())
              .setMaxIter(ITERATIONS)
              .fit(rows.where(not(col(FOLD).equalTo(fold))))
              .transform(rows.where(col(FOLD).equalTo(fold)))
              .select(
                  col(ConfidentLearning.ID),
                  col(ConfidentLearning.GIVEN),
                  functions
                      .vector_to_array(col(VECTOR), "float64")
                      .as(ConfidentLearning.PROBABILITIES));
      all = Optional.of(all.map(rest -> rest.union(predicted)).orElse(predicted));
    }
    return all.orElseThrow();
  }

  private static void requireManyGroups(Dataset<Row> rows, LabelsConfig config) {
    long folds = rows.select(FOLD).distinct().count();
    if (folds < config.folds()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "the labelled images fill %d of --folds %d folds, as images that repeat one another"
                  + " are not parted; use fewer folds, or more images",
              folds,
              config.folds()));
    }
  }
}
