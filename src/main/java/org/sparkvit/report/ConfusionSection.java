package org.sparkvit.report;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.table.ConfusionTable;
import org.sparkvit.table.MetricsTable;

/**
 * What was taken for what, for each split.
 *
 * @param matrices in the order of the splits that were asked for; splits without counts are absent
 */
public record ConfusionSection(List<Matrix> matrices) {
  /** A larger heat map has cells that nobody can read. */
  static final int CLASSES_DRAWN = 25;

  private static final int PAIRS_SHOWN = 20;

  /**
   * One split.
   *
   * @param classes how many classes occur
   * @param names of the columns of the heat map; empty where there are too many
   * @param rows of the heat map, by given label
   * @param pairs the most frequent mistakes
   */
  public record Matrix(
      String split, long classes, List<String> names, List<MatrixRow> rows, List<Pair> pairs) {}

  /** The images of one given label. */
  public record MatrixRow(String actual, long total, List<Cell> cells) {}

  /**
   * One cell.
   *
   * @param share of the row, 0 to 1
   * @param correct whether this is the diagonal
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
  static ConfusionSection of(Dataset<Row> confusion, List<String> splits, List<String> order) {
    Map<String, Integer> positions = new HashMap<>();
    order.forEach(name -> positions.put(name, positions.size()));
    List<Matrix> matrices = new ArrayList<>();
    for (String split : splits) {
      Dataset<Row> cells =
          confusion
              .where(
                  col(ConfusionTable.SLICE)
                      .equalTo(MetricsTable.ALL)
                      .and(col(ConfusionTable.SPLIT).equalTo(split))
                      .and(col(ConfusionTable.COUNT).gt(0)))
              .select(ConfusionTable.ACTUAL, ConfusionTable.PREDICTED, ConfusionTable.COUNT);
      Dataset<Row> names =
          cells
              .select(ConfusionTable.ACTUAL)
              .union(cells.select(ConfusionTable.PREDICTED))
              .distinct();
      long classes = names.count();
      if (classes > 0) {
        boolean drawn = classes <= CLASSES_DRAWN;
        List<String> columns = drawn ? sorted(names, positions) : List.of();
        matrices.add(
            new Matrix(
                split, classes, columns, drawn ? rows(cells, columns) : List.of(), pairs(cells)));
      }
    }
    return new ConfusionSection(matrices);
  }

  private static List<String> sorted(Dataset<Row> names, Map<String, Integer> positions) {
    List<String> sorted = new ArrayList<>();
    names
        .orderBy(ConfusionTable.ACTUAL)
        .collectAsList()
        .forEach(row -> sorted.add(row.getString(0)));
    // A stable sort, which keeps the labels that the model does not know in order of their names.
    sorted.sort(
        (a, b) ->
            Integer.compare(
                positions.getOrDefault(a, Integer.MAX_VALUE),
                positions.getOrDefault(b, Integer.MAX_VALUE)));
    return sorted;
  }

  private static List<MatrixRow> rows(Dataset<Row> cells, List<String> names) {
    Map<String, Map<String, Long>> counts = new HashMap<>();
    for (Row row : cells.collectAsList()) {
      counts
          .computeIfAbsent(row.getString(0), key -> new HashMap<>())
          .merge(row.getString(1), row.getLong(2), Long::sum);
    }
    List<MatrixRow> rows = new ArrayList<>();
    for (String actual : names) {
      Map<String, Long> row = counts.getOrDefault(actual, Map.of());
      long total = row.values().stream().mapToLong(Long::longValue).sum();
      rows.add(
          new MatrixRow(
              actual,
              total,
              names.stream()
                  .map(
                      predicted -> {
                        long count = row.getOrDefault(predicted, 0L);
                        double share = total == 0 ? 0 : (double) count / total;
                        return new Cell(predicted, count, share, predicted.equals(actual));
                      })
                  .toList()));
    }
    return rows;
  }

  private static List<Pair> pairs(Dataset<Row> cells) {
    return cells
        .where(col(ConfusionTable.ACTUAL).notEqual(col(ConfusionTable.PREDICTED)))
        .orderBy(
            col(ConfusionTable.COUNT).desc(),
            col(ConfusionTable.ACTUAL),
            col(ConfusionTable.PREDICTED))
        .limit(PAIRS_SHOWN)
        .collectAsList()
        .stream()
        .map(row -> new Pair(row.getString(0), row.getString(1), row.getLong(2)))
        .toList();
  }
}
