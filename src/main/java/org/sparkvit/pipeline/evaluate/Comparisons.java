package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.array_contains;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.transform;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.schema.ComparisonsTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.stats.metrics.BootstrapAccumulator;
import org.sparkvit.stats.metrics.BootstrapAccumulator.Interval;
import org.sparkvit.stats.metrics.Evaluation;
import org.sparkvit.stats.metrics.Metric;

/**
 * Makes the rows of {@link ComparisonsTable}: each pair of models on the images that both have
 * scored. An image has the same weight for both models in a resample, so that images which are hard
 * for both do not hide a difference.
 */
final class Comparisons {
  private static final List<Metric> METRICS = List.of(Metric.values());

  private Comparisons() {}

  /** The sums over the images of two models. */
  private static final class Sums implements Serializable {
    private final Map<String, Integer> classes;
    private final int[] weights;
    private final BootstrapAccumulator model;
    private final BootstrapAccumulator other;
    private long onlyModel;
    private long onlyOther;

    Sums(Map<String, Integer> classes, int resamples) {
      this.classes = classes;
      weights = new int[resamples + 1];
      boolean ranked = classes.size() <= BootstrapMetrics.MAX_RANKED_CLASSES;
      model = new BootstrapAccumulator(classes.size(), resamples, ranked);
      other = new BootstrapAccumulator(classes.size(), resamples, ranked);
    }

    Sums add(Row row) {
      int label = classes.get(row.getString(1));
      int said = classes.get(row.getString(2));
      int otherSaid = classes.get(row.getString(4));
      BootstrapAccumulator.draw(row.getString(0), weights);
      model.add(floats(row.getList(3)), label, said, weights);
      other.add(floats(row.getList(5)), label, otherSaid, weights);
      onlyModel += said == label && otherSaid != label ? 1 : 0;
      onlyOther += said != label && otherSaid == label ? 1 : 0;
      return this;
    }

    private static float[] floats(List<Float> list) {
      float[] values = new float[list.size()];
      for (int c = 0; c < values.length; c++) {
        values[c] = list.get(c);
      }
      return values;
    }

    Sums merge(Sums more) {
      model.merge(more.model);
      other.merge(more.other);
      onlyModel += more.onlyModel;
      onlyOther += more.onlyOther;
      return this;
    }
  }

  /**
   * Compares each model with each of the models before it. Models of other classes, or in another
   * order, are not compared.
   *
   * @param scored the rows of {@link EvaluatedImages}
   * @param models the classes of each model
   * @param all the classes of each model, with those that only labels name
   * @param splits the split where each model is judged
   * @param resamples the number of resamples of the bootstrap
   */
  static List<Row> compare(
      Dataset<Row> scored,
      Map<String, List<String>> models,
      Map<String, List<String>> all,
      Map<String, String> splits,
      int resamples) {
    List<String> names = models.keySet().stream().sorted().toList();
    List<Row> rows = new ArrayList<>();
    for (int i = 1; i < names.size(); i++) {
      for (int j = 0; j < i; j++) {
        String model = names.get(i);
        String other = names.get(j);
        if (models.get(model).equals(models.get(other))
            && all.get(model).size() <= BootstrapMetrics.MAX_CLASSES) {
          rows.addAll(comparePair(scored, model, other, all, splits.get(model), resamples));
        }
      }
    }
    return rows;
  }

  private static List<Row> comparePair(
      Dataset<Row> scored,
      String model,
      String other,
      Map<String, List<String>> all,
      String split,
      int resamples) {
    Map<String, Integer> classes = new HashMap<>();
    all.get(model).forEach(name -> classes.put(name, classes.size()));
    all.get(other).forEach(name -> classes.putIfAbsent(name, classes.size()));
    Sums sums =
        of(scored, model, split)
            .join(
                of(scored, other, split)
                    .select(
                        col(ScoredImages.ID).as("other_id"),
                        col(ScoredImages.PREDICTED).as("other_predicted"),
                        col(ScoredImages.PROBABILITIES).as("other_probabilities")),
                col(ScoredImages.ID).equalTo(col("other_id")))
            .drop("other_id")
            .javaRDD()
            .aggregate(new Sums(classes, resamples), Sums::add, Sums::merge);
    Evaluation mine = sums.model.once();
    Evaluation theirs = sums.other.once();
    long n = mine.confusion().total();
    if (n == 0) {
      return List.of();
    }
    List<ToDoubleFunction<Evaluation>> figures = new ArrayList<>();
    METRICS.forEach(metric -> figures.add(e -> e.value(metric)));
    List<Interval> intervals = sums.model.differences(sums.other, figures);
    List<Row> rows = new ArrayList<>();
    for (int m = 0; m < METRICS.size(); m++) {
      Metric metric = METRICS.get(m);
      boolean counted = metric == Metric.ACCURACY;
      double value = mine.value(metric);
      double otherValue = theirs.value(metric);
      rows.add(
          RowFactory.create(
              model,
              other,
              split,
              metric.label(),
              number(value),
              number(otherValue),
              number(value - otherValue),
              number(intervals.get(m).low()),
              number(intervals.get(m).high()),
              counted ? sums.onlyModel : null,
              counted ? sums.onlyOther : null,
              counted ? mcNemar(sums.onlyModel, sums.onlyOther) : null,
              n));
    }
    return rows;
  }

  private static Dataset<Row> of(Dataset<Row> scored, String model, String split) {
    return scored
        .where(
            col(ScoredImages.MODEL)
                .equalTo(model)
                .and(col(ScoredImages.LABEL).isNotNull())
                .and(col(ScoredImages.PREDICTED).isNotNull())
                .and(
                    array_contains(
                        transform(
                            col(EvaluatedImages.REGIONS),
                            region -> region.getField(MetricsTable.SPLIT)),
                        split)))
        .select(
            ScoredImages.ID,
            ScoredImages.LABEL,
            ScoredImages.PREDICTED,
            ScoredImages.PROBABILITIES);
  }

  /**
   * Returns the p-value of the exact binomial test (McNemar) of the images that only one of two
   * models predicts correctly.
   */
  static double mcNemar(long onlyModel, long onlyOther) {
    long differ = onlyModel + onlyOther;
    if (differ == 0) {
      return 1;
    }
    BinomialDistribution chance = new BinomialDistribution(null, Math.toIntExact(differ), 0.5);
    int fewer = Math.toIntExact(Math.min(onlyModel, onlyOther));
    return Math.min(1, 2 * chance.cumulativeProbability(fewer));
  }

  private static Double number(double value) {
    return Double.isNaN(value) ? null : value;
  }
}
