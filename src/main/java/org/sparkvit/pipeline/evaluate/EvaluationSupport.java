package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * The support of an evaluation: the number of images of each class that have both a label and a
 * prediction, one line for each model, split and class.
 */
final class EvaluationSupport {
  /**
   * The number of labels unknown to a model from which on they are a mix-up, not a few stray
   * images.
   */
  private static final int MAX_UNKNOWN_LABELS = 1000;

  /**
   * A number of images.
   *
   * @param model the hash of the model
   * @param split the split, or {@link MetricsTable#ALL}
   * @param label the label, or null for images without one
   * @param scored whether the images have a prediction
   * @param count the number of images
   */
  record Line(String model, String split, String label, boolean scored, long count) {}

  private final List<Line> lines;

  private final Map<String, List<String>> models;

  private EvaluationSupport(List<Line> lines, Map<String, List<String>> models) {
    this.lines = lines;
    this.models = models;
  }

  /**
   * Collects the counts.
   *
   * @param models the classes of each model
   */
  static EvaluationSupport count(Dataset<Row> counts, Map<String, List<String>> models) {
    List<Line> lines = new ArrayList<>();
    for (Row row :
        counts
            .filter(col(MetricsTable.SLICE).equalTo(MetricsTable.ALL))
            .groupBy(
                col(MetricsTable.MODEL),
                col(MetricsTable.SPLIT),
                col(ConfusionTable.ACTUAL),
                col(ConfusionTable.PREDICTED).isNotNull())
            .agg(sum(ConfusionTable.COUNT))
            .collectAsList()) {
      lines.add(
          new Line(
              row.getString(0),
              row.getString(1),
              row.getString(2),
              row.getBoolean(3),
              row.getLong(4)));
    }
    return new EvaluationSupport(lines, models);
  }

  /**
   * Returns the number of images of a model's lines that meet a condition, in all splits together.
   */
  long images(String model, Predicate<Line> condition) {
    return lines.stream()
        .filter(line -> line.model().equals(model) && line.split().equals(MetricsTable.ALL))
        .filter(condition)
        .mapToLong(Line::count)
        .sum();
  }

  /** Returns the number of images that belong to a split. */
  long placed(String model) {
    return lines.stream()
        .filter(line -> line.model().equals(model) && !line.split().equals(MetricsTable.ALL))
        .mapToLong(Line::count)
        .sum();
  }

  /** Returns the split where a model is judged: the test split, or all images where it has none. */
  String judged(String model) {
    boolean tested = !supports(model, SplitsTable.TEST).isEmpty();
    return tested ? SplitsTable.TEST : MetricsTable.ALL;
  }

  /**
   * Returns the class with the fewest images where the model is judged. Of several it is the first
   * by name. A stray label that the model does not know is not considered.
   */
  Optional<String> rarest(String model) {
    return supports(model, judged(model)).entrySet().stream()
        .filter(support -> models.get(model).contains(support.getKey()))
        .min(Comparator.comparingLong(Map.Entry<String, Long>::getValue))
        .map(Map.Entry::getKey);
  }

  private SortedMap<String, Long> supports(String model, String split) {
    SortedMap<String, Long> supports = new TreeMap<>();
    for (Line line : lines) {
      if (line.model().equals(model)
          && line.split().equals(split)
          && line.scored()
          && line.label() != null) {
        supports.merge(line.label(), line.count(), Long::sum);
      }
    }
    return supports;
  }

  /**
   * Returns the labels of evaluated images that are no classes of the model, by name.
   *
   * @throws UserException when they are so many that data and model cannot belong together
   */
  List<String> unknownLabels(String model, List<String> classes) {
    TreeSet<String> unknown = new TreeSet<>(supports(model, MetricsTable.ALL).keySet());
    unknown.removeAll(new TreeSet<>(classes));
    if (unknown.size() > MAX_UNKNOWN_LABELS) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "model %s does not know %,d of the labels, e.g. '%s'; its classes are %s: evaluate it"
                  + " on data that has these, or choose another --model",
              ModelClasses.abbreviate(model),
              unknown.size(),
              unknown.first(),
              Labels.shown(classes)));
    }
    return List.copyOf(unknown);
  }
}
