package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ChecksTable;
import org.sparkvit.dataset.schema.HistoryTable;

/**
 * The section on whether the data set passes its checks, and on changes since the previous run.
 *
 * @param checks the checks of the last run, failed ones first
 * @param failed the number of checks that failed
 * @param warned the number of checks that warn
 * @param moves the metrics that have changed since the previous run, the largest relative change
 *     first
 * @param compared whether there is a previous run
 */
public record GateSection(
    List<Check> checks, int failed, int warned, List<Move> moves, boolean compared) {
  private static final int MOVES = 15;

  private static final List<String> ORDER =
      List.of(ChecksTable.FAIL, ChecksTable.WARN, ChecksTable.NOTE, ChecksTable.PASS);

  /** A check, whose value is NaN where there is none. */
  public record Check(String metric, double value, String check, String outcome) {}

  /** A metric before and now, which is NaN where it did not exist before, or does not exist now. */
  public record Move(String metric, double before, double now) {
    private double size() {
      if (Double.isNaN(before) || Double.isNaN(now)) {
        return Double.POSITIVE_INFINITY;
      }
      return Math.abs(now - before) / Math.max(Math.abs(before), Math.abs(now));
    }
  }

  static GateSection gather(Dataset<Row> checks, Dataset<Row> history) {
    List<Check> all =
        checks.collectAsList().stream()
            .map(
                row ->
                    new Check(
                        row.getAs(ChecksTable.METRIC),
                        number(row.getAs(ChecksTable.VALUE)),
                        row.getAs(ChecksTable.CHECK),
                        row.getAs(ChecksTable.OUTCOME)))
            .sorted(
                Comparator.comparingInt((Check check) -> ORDER.indexOf(check.outcome()))
                    .thenComparing(Check::metric))
            .toList();
    List<String> runs =
        history
            .select(HistoryTable.RUN)
            .distinct()
            .orderBy(col(HistoryTable.RUN).desc())
            .limit(2)
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList();
    boolean compared = runs.size() == 2;
    return new GateSection(
        all,
        count(all, ChecksTable.FAIL),
        count(all, ChecksTable.WARN),
        compared ? moves(history, runs.get(1), runs.get(0)) : List.of(),
        compared);
  }

  private static int count(List<Check> checks, String outcome) {
    return (int) checks.stream().filter(check -> check.outcome().equals(outcome)).count();
  }

  private static List<Move> moves(Dataset<Row> history, String before, String now) {
    Map<String, Move> moves = new HashMap<>();
    for (Row row : history.where(col(HistoryTable.RUN).isin(before, now)).collectAsList()) {
      String metric = row.getAs(HistoryTable.METRIC);
      double value = number(row.getAs(HistoryTable.VALUE));
      Move known = moves.getOrDefault(metric, new Move(metric, Double.NaN, Double.NaN));
      moves.put(
          metric,
          row.getAs(HistoryTable.RUN).equals(now)
              ? new Move(metric, known.before(), value)
              : new Move(metric, value, known.now()));
    }
    List<Move> sorted = new ArrayList<>(moves.values());
    // Of embeddings only the check says anything to people.
    sorted.removeIf(move -> move.before() == move.now() || move.metric().startsWith("embedding_"));
    sorted.sort(Comparator.comparingDouble(Move::size).reversed().thenComparing(Move::metric));
    return sorted.subList(0, Math.min(MOVES, sorted.size()));
  }

  private static double number(Double value) {
    return value == null ? Double.NaN : value;
  }
}
