package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.SliceGapsTable;
import org.sparkvit.stats.metrics.FalseDiscovery;
import org.sparkvit.stats.metrics.Proportion;

/**
 * Finds the slices on which a model performs worse: the rows of {@link SliceGapsTable}, computed
 * from the counts of table {@code confusion}.
 */
final class SliceGaps {
  /** The least number of images of a share. Shares of fewer images say little. */
  static final int SUPPORT = 30;

  /** The largest number of classes. With more the table would be larger than the predictions. */
  static final int MAX_CLASSES = 50;

  /** A share: the images that it is of, and the images that count. */
  private enum Measure {
    RECALL(SliceGapsTable.RECALL) {
      @Override
      Proportion of(ClassCounts counts, int c) {
        return new Proportion(counts.correct[c], counts.support[c]);
      }
    },
    FALSE_POSITIVE_RATE(SliceGapsTable.FALSE_POSITIVE_RATE) {
      @Override
      Proportion of(ClassCounts counts, int c) {
        return new Proportion(
            counts.predicted[c] - counts.correct[c], counts.total - counts.support[c]);
      }
    },
    PRECISION(SliceGapsTable.PRECISION) {
      @Override
      Proportion of(ClassCounts counts, int c) {
        return new Proportion(counts.correct[c], counts.predicted[c]);
      }
    };

    private final String label;

    Measure(String label) {
      this.label = label;
    }

    abstract Proportion of(ClassCounts counts, int c);

    boolean lowerIsBetter() {
      return this == FALSE_POSITIVE_RATE;
    }
  }

  /**
   * The number of images of each class, of images predicted as it, and of images of it that are
   * predicted as it.
   */
  private static final class ClassCounts {
    private final long[] support;
    private final long[] predicted;
    private final long[] correct;
    private long total;

    ClassCounts(int classes) {
      support = new long[classes];
      predicted = new long[classes];
      correct = new long[classes];
    }
  }

  private record Place(String model, String split, String slice) {}

  /** The share of one measure of a class for one value of a column. */
  private record Share(Place place, String value, String name, Measure measure, Proportion here) {}

  private SliceGaps() {}

  /**
   * Compares the values of each column.
   *
   * @param confusion rows of {@link ConfusionTable}
   * @param models the classes of each model: all that labels and predictions name
   */
  static List<Row> find(Dataset<Row> confusion, Map<String, List<String>> models) {
    List<String> small =
        models.entrySet().stream()
            .filter(model -> model.getValue().size() <= MAX_CLASSES)
            .map(Map.Entry::getKey)
            .toList();
    Map<Place, SortedMap<String, ClassCounts>> counts = new HashMap<>();
    Dataset<Row> some = confusion.where(col(ConfusionTable.MODEL).isin(small.toArray()));
    // Not the pairs of classes, which would be their square, come to the driver.
    for (Row row : sums(some, ConfusionTable.ACTUAL)) {
      int c = models.get(row.getString(0)).indexOf(row.getString(4));
      ClassCounts here = counts(counts, row, models);
      here.support[c] = row.getLong(5);
      here.correct[c] = row.getLong(6);
      here.total += row.getLong(5);
    }
    for (Row row : sums(some, ConfusionTable.PREDICTED)) {
      int c = models.get(row.getString(0)).indexOf(row.getString(4));
      counts(counts, row, models).predicted[c] = row.getLong(5);
    }
    List<Row> rows = new ArrayList<>();
    counts.forEach(
        (place, values) -> {
          if (!place.slice().equals(MetricsTable.ALL)) {
            Place whole = new Place(place.model(), place.split(), MetricsTable.ALL);
            ClassCounts all = counts.get(whole).get(MetricsTable.ALL);
            rows.addAll(rows(place, values, all, models.get(place.model())));
          }
        });
    return rows;
  }

  /**
   * Returns the number of images by place and class, and the number of those whose class is
   * predicted.
   */
  private static List<Row> sums(Dataset<Row> confusion, String column) {
    return confusion
        .groupBy(
            ConfusionTable.MODEL,
            ConfusionTable.SPLIT,
            ConfusionTable.SLICE,
            ConfusionTable.SLICE_VALUE,
            column)
        .agg(
            sum(ConfusionTable.COUNT),
            sum(
                when(
                        col(ConfusionTable.ACTUAL).equalTo(col(ConfusionTable.PREDICTED)),
                        col(ConfusionTable.COUNT))
                    .otherwise(0L)))
        .collectAsList();
  }

  private static ClassCounts counts(
      Map<Place, SortedMap<String, ClassCounts>> counts,
      Row row,
      Map<String, List<String>> models) {
    return counts
        .computeIfAbsent(
            new Place(row.getString(0), row.getString(1), row.getString(2)), k -> new TreeMap<>())
        .computeIfAbsent(
            row.getString(3), k -> new ClassCounts(models.get(row.getString(0)).size()));
  }

  private static List<Row> rows(
      Place place, SortedMap<String, ClassCounts> values, ClassCounts all, List<String> classes) {
    List<Row> rows = new ArrayList<>();
    for (Measure measure : Measure.values()) {
      for (int c = 0; c < classes.size(); c++) {
        List<Share> shares = new ArrayList<>();
        for (Map.Entry<String, ClassCounts> value : values.entrySet()) {
          Proportion here = measure.of(value.getValue(), c);
          if (here.total() >= SUPPORT) {
            shares.add(new Share(place, value.getKey(), classes.get(c), measure, here));
          }
        }
        rows.addAll(rows(shares, measure.of(all, c)));
      }
    }
    return rows;
  }

  /**
   * Returns the rows of one measure of one class, in which the values of a column are tested
   * together.
   */
  private static List<Row> rows(List<Share> shares, Proportion all) {
    double[] p = new double[shares.size()];
    double best = Double.NaN;
    for (int i = 0; i < p.length; i++) {
      Proportion here = shares.get(i).here();
      p[i] = here.pValue(elsewhere(here, all));
      boolean lower = shares.get(i).measure().lowerIsBetter();
      if (Double.isNaN(best) || (lower ? here.rate() < best : here.rate() > best)) {
        best = here.rate();
      }
    }
    double[] q = FalseDiscovery.adjust(p);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < q.length; i++) {
      Share share = shares.get(i);
      Proportion here = share.here();
      double above = share.measure().lowerIsBetter() ? best : here.rate();
      double below = share.measure().lowerIsBetter() ? here.rate() : best;
      Proportion rest = elsewhere(here, all);
      rows.add(
          RowFactory.create(
              share.place().model(),
              share.place().split(),
              share.place().slice(),
              share.value(),
              share.name(),
              share.measure().label,
              here.total(),
              here.rate(),
              here.low(),
              here.high(),
              rest.total() == 0 ? null : rest.rate(),
              Math.abs(here.rate() - best),
              below == 0 ? null : above / below,
              q[i]));
    }
    return rows;
  }

  private static Proportion elsewhere(Proportion here, Proportion all) {
    return new Proportion(all.hits() - here.hits(), all.total() - here.total());
  }
}
