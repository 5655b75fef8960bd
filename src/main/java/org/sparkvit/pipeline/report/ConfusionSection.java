package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.MetricsTable;

/**
 * The section on confusions of classes, for each split.
 *
 * @param matrices the matrices of the requested splits in order; splits without counts are left out
 */
public record ConfusionSection(List<Matrix> matrices) {
  /** The largest number of classes of a heat map. The cells of a larger one are unreadable. */
  static final int CLASSES_DRAWN = 25;

  private static final int PAIRS_SHOWN = 10;

  /**
   * The confusion matrix of one split.
   *
   * @param classes the number of classes that occur
   * @param names the names of the heat map's columns; empty where there are too many
   * @param rows the rows of the heat map, by given label
   * @param pairs the most frequent mistakes
   */
  public record Matrix(
      String split, long classes, List<String> names, List<MatrixRow> rows, List<Pair> pairs) {}

  /** The images of one given label. */
  public record MatrixRow(String actual, long total, List<Cell> cells) {}

  /**
   * One cell of the heat map.
   *
   * @param share the cell's share of its row, 0 to 1
   * @param correct whether the cell is on the diagonal
   */
  public record Cell(String predicted, long count, double share, boolean correct) {}

  /** A mistake and how often it was made. */
  public record Pair(String actual, String predicted, long count) {}

  /**
   * Gathers the counts.
   *
   * @param confusion one model's rows of the table {@code confusion}
   * @param order the model's classes; further labels follow by name
   */
  static ConfusionSection gather(Dataset<Row> confusion, List<String> splits, List<String> order) {
    Dataset<Row> cells =
        confusion
            .where(
                col(ConfusionTable.SLICE)
                    .equalTo(MetricsTable.ALL)
                    .and(col(ConfusionTable.COUNT).gt(0)))
            .select(
                ConfusionTable.SPLIT,
                ConfusionTable.ACTUAL,
                ConfusionTable.PREDICTED,
                ConfusionTable.COUNT);
    Map<String, Long> classes = classes(cells);
    Object[] drawn =
        classes.keySet().stream().filter(split -> classes.get(split) <= CLASSES_DRAWN).toArray();
    Map<String, Map<String, Map<String, Long>>> counts = new HashMap<>();
    for (Row row : cells.where(col(ConfusionTable.SPLIT).isin(drawn)).collectAsList()) {
      counts
          .computeIfAbsent(row.getString(0), key -> new HashMap<>())
          .computeIfAbsent(row.getString(1), key -> new HashMap<>())
          .merge(row.getString(2), row.getLong(3), Long::sum);
    }
    Map<String, List<Pair>> pairs = pairs(cells);
    List<Matrix> matrices = new ArrayList<>();
    for (String split : splits) {
      if (classes.containsKey(split)) {
        Map<String, Map<String, Long>> matrix = counts.getOrDefault(split, Map.of());
        List<String> names = names(matrix, order);
        matrices.add(
            new Matrix(
                split,
                classes.get(split),
                names,
                rows(matrix, names),
                pairs.getOrDefault(split, List.of())));
      }
    }
    return new ConfusionSection(matrices);
  }

  /** Returns the number of classes that occur, by split. */
  private static Map<String, Long> classes(Dataset<Row> cells) {
    Map<String, Long> classes = new HashMap<>();
    for (Row row :
        cells
            .select(ConfusionTable.SPLIT, ConfusionTable.ACTUAL)
            .union(cells.select(ConfusionTable.SPLIT, ConfusionTable.PREDICTED))
            .distinct()
            .groupBy(ConfusionTable.SPLIT)
            .count()
            .collectAsList()) {
      classes.put(row.getString(0), row.getLong(1));
    }
    return classes;
  }

  /** Returns the classes of a matrix in the model's order, followed by unknown labels by name. */
  private static List<String> names(Map<String, Map<String, Long>> matrix, List<String> order) {
    Set<String> found = new TreeSet<>(matrix.keySet());
    matrix.values().forEach(row -> found.addAll(row.keySet()));
    Set<String> names = new LinkedHashSet<>(order);
    names.addAll(found);
    names.retainAll(found);
    return List.copyOf(names);
  }

  private static List<MatrixRow> rows(Map<String, Map<String, Long>> matrix, List<String> names) {
    List<MatrixRow> rows = new ArrayList<>();
    for (String actual : names) {
      Map<String, Long> row = matrix.getOrDefault(actual, Map.of());
      long total = row.values().stream().mapToLong(Long::longValue).sum();
      List<Cell> cells = new ArrayList<>();
      for (String predicted : names) {
        long count = row.getOrDefault(predicted, 0L);
        double share = total == 0 ? 0 : (double) count / total;
        cells.add(new Cell(predicted, count, share, predicted.equals(actual)));
      }
      rows.add(new MatrixRow(actual, total, cells));
    }
    return rows;
  }

  private static Map<String, List<Pair>> pairs(Dataset<Row> cells) {
    WindowSpec most =
        Window.partitionBy(ConfusionTable.SPLIT)
            .orderBy(
                col(ConfusionTable.COUNT).desc(),
                col(ConfusionTable.ACTUAL).asc(),
                col(ConfusionTable.PREDICTED).asc());
    Map<String, List<Pair>> pairs = new HashMap<>();
    for (Row row :
        cells
            .where(col(ConfusionTable.ACTUAL).notEqual(col(ConfusionTable.PREDICTED)))
            .withColumn("rank", row_number().over(most))
            .where(col("rank").leq(PAIRS_SHOWN))
            .orderBy(ConfusionTable.SPLIT, "rank")
            .collectAsList()) {
      pairs
          .computeIfAbsent(row.getString(0), key -> new ArrayList<>())
          .add(new Pair(row.getString(1), row.getString(2), row.getLong(3)));
    }
    return pairs;
  }
}
