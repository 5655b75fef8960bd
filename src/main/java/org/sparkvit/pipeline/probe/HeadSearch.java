package org.sparkvit.pipeline.probe;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.pipeline.stage.StageContext;

/**
 * Trains linear heads with MLlib's multinomial logistic regression (L-BFGS, or OWL-QN with L1). It
 * chooses the regularization by cross-validation. The fold of an image depends on its id and the
 * seed alone.
 */
final class HeadSearch {
  /** The columns of the rows to train on. */
  static final String ID = "id";

  static final String FEATURES = "features";
  static final String LABEL = "label_index";
  static final String WEIGHT = "weight";

  private static final String FOLD = "fold";

  private final StageContext context;
  private final ProbeConfig config;

  HeadSearch(StageContext context, ProbeConfig config) {
    this.context = context;
    this.config = config;
  }

  /**
   * The chosen head.
   *
   * @param regularization the strength of its regularization
   * @param elasticNet the mixture of L1 and L2, 0 (L2 only) to 1 (L1 only)
   * @param iterations the number of iterations on the whole train split
   * @param candidates the mean metric over the folds, by {@code regularization, elastic net}; empty
   *     where there was nothing to choose
   */
  record Found(
      Head head,
      double regularization,
      double elasticNet,
      int iterations,
      Map<String, Double> candidates) {}

  /** Trains on weighted rows with the columns above. */
  Found search(Dataset<Row> train) {
    LogisticRegression regression =
        new LogisticRegression()
            .setFamily("multinomial")
            .setFeaturesCol(FEATURES)
            .setLabelCol(LABEL)
            .setWeightCol(WEIGHT)
            .setMaxIter(config.maxIterations());
    ParamMap[] choices =
        new ParamGridBuilder()
            .addGrid(regression.regParam(), doubles(config.regularization()))
            .addGrid(regression.elasticNetParam(), doubles(config.elasticNet()))
            .build();
    if (choices.length == 1) {
      return found(regression.fit(train, choices[0]), Map.of());
    }
    context.say("cross-validating %d heads in %d folds", choices.length, config.folds());
    CrossValidatorModel validated =
        new CrossValidator()
            .setEstimator(regression)
            .setEstimatorParamMaps(choices)
            .setEvaluator(
                new MulticlassClassificationEvaluator()
                    .setMetricName(config.metric().sparkName())
                    .setLabelCol(LABEL)
                    .setWeightCol(WEIGHT))
            .setNumFolds(config.folds())
            .setFoldCol(FOLD)
            .fit(
                train.withColumn(
                    FOLD,
                    pmod(xxhash64(lit(config.seed()), col(ID)), lit(config.folds())).cast("int")));
    Map<String, Double> candidates = new LinkedHashMap<>();
    IntStream.range(0, choices.length)
        .forEach(
            i -> {
              String choice =
                  choices[i].apply(regression.regParam())
                      + ", "
                      + choices[i].apply(regression.elasticNetParam());
              candidates.put(choice, validated.avgMetrics()[i]);
              context.say(
                  "regularization, elastic net %s: %s %.4f",
                  choice, config.metric().label(), validated.avgMetrics()[i]);
            });
    return found((LogisticRegressionModel) validated.bestModel(), candidates);
  }

  private Found found(LogisticRegressionModel model, Map<String, Double> candidates) {
    int iterations = model.summary().totalIterations();
    if (iterations >= config.maxIterations()) {
      context.say(
          "warning: the head was still getting better after %d iterations; raise --max-iterations"
              + " or --regularization",
          iterations);
    }
    return new Found(
        Head.of(model), model.getRegParam(), model.getElasticNetParam(), iterations, candidates);
  }

  private static double[] doubles(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
