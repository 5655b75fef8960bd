package org.sparkvit.pipeline.gate;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ChecksTable;
import org.sparkvit.dataset.schema.HistoryTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Reads the tables that are there; adds to {@code history} and writes {@code checks}. Throws where
 * a check fails, so that a scheduler stops; the tables are written nevertheless.
 */
@StageDescription(
    name = "gate",
    group = Group.LOOK_AT_DATA,
    help = {
      "Checks the figures of the data set against limits and against earlier runs, and fails where"
          + " they are broken.",
      "A scheduler that runs it between 'audit' and what comes next does not train on a data set"
          + " that has gone wrong."
    })
public final class GateStage extends Stage<GateConfig> {
  /** Limits unless others are given. */
  public static final String DEFAULTS =
      """
      images = fail < 1
      classes = warn < 2
      unusable_share = warn > 0.01, fail > 0.1
      finding_share.exact_duplicate = warn > 0.01
      finding_share.near_duplicate = warn > 0.05
      finding_share.label_conflict = warn > 0.001, fail > 0.02
      leakage_share = warn > 0, fail > 0.01
      label_issue_share = warn > 0.05, fail > 0.2
      """;

  /** Earlier runs that count. */
  private static final int RUNS = 100;

  /** Makes the stage. */
  public GateStage() {
    super(GateConfig.class);
  }

  @Override
  protected List<TableSpec> appends(GateConfig config) {
    return List.of(HistoryTable.SPEC);
  }

  @Override
  protected void run(StageContext context, GateConfig config) {
    List<Check> limits = limits(context.workspace(), config);
    MetricHistory metricHistory = metricHistory(context);
    SortedMap<String, Double> figures = DatasetMetrics.measure(context, metricHistory);
    List<Row> checks = new ArrayList<>();
    Set<String> absent = new HashSet<>();
    for (Check check : limits) {
      Row outcome = check(check, figures);
      // Of what does not exist yet one line says enough, however many limits it has.
      if (!outcome.isNullAt(1) || absent.add(check.metric())) {
        checks.add(outcome);
      }
    }
    for (MetricHistory.Anomaly anomaly : metricHistory.anomalies(figures)) {
      checks.add(
          RowFactory.create(
              anomaly.metric(),
              anomaly.value(),
              anomaly.text(),
              config.failOnAnomaly() ? ChecksTable.FAIL : ChecksTable.WARN));
    }
    write(context, figures, checks);
    conclude(context, checks, metricHistory.runs().size());
  }

  private static List<Check> limits(Workspace workspace, GateConfig config) {
    if (config.checks().isEmpty()) {
      return Check.parse(DEFAULTS, "the usual checks");
    }
    String file = config.checks().get();
    String text =
        workspace
            .text(file)
            .orElseThrow(() -> new UserException("--checks: there is no file " + file));
    List<Check> limits = Check.parse(text, file);
    if (limits.isEmpty()) {
      throw new UserException(file + ": has no checks; write 'METRIC = warn > 0.01, fail > 0.1'");
    }
    return limits;
  }

  /** A figure that does not occur is 0 where it is a share of findings, and else not known. */
  private static Row check(Check check, SortedMap<String, Double> figures) {
    Double value = figures.get(check.metric());
    if (value == null
        && check.metric().startsWith("finding_share.")
        && figures.containsKey("finding_share")) {
      value = 0.0;
    }
    if (value == null) {
      return RowFactory.create(
          check.metric(),
          null,
          "there is no such figure yet, so it is not checked",
          ChecksTable.NOTE);
    }
    return RowFactory.create(
        check.metric(),
        value,
        check.text(),
        check.isBroken(value) ? check.outcome() : ChecksTable.PASS);
  }

  private static MetricHistory metricHistory(StageContext context) {
    return context
        .readIfPresent(HistoryTable.SPEC)
        .map(GateStage::lastRuns)
        .orElseGet(() -> new MetricHistory(List.of()));
  }

  private static MetricHistory lastRuns(Dataset<Row> history) {
    List<String> last =
        history
            .select(HistoryTable.RUN)
            .distinct()
            .orderBy(col(HistoryTable.RUN).desc())
            .limit(RUNS)
            .collectAsList()
            .stream()
            .map(row -> row.getString(0))
            .toList();
    SortedMap<String, Map<String, Double>> runs = new TreeMap<>();
    history
        .where(col(HistoryTable.RUN).isin(last.toArray()))
        .collectAsList()
        .forEach(
            row ->
                runs.computeIfAbsent(row.getString(0), run -> new LinkedHashMap<>())
                    .put(row.getString(1), row.getDouble(2)));
    return new MetricHistory(new ArrayList<>(runs.values()));
  }

  private static void write(
      StageContext context, SortedMap<String, Double> figures, List<Row> checks) {
    String run = context.record().runId();
    List<Row> history = new ArrayList<>();
    figures.forEach((metric, value) -> history.add(RowFactory.create(run, metric, value)));
    context.append(
        HistoryTable.SPEC,
        context.spark().createDataFrame(history, HistoryTable.SPEC.schema()).coalesce(1));
    context.publish(
        ChecksTable.SPEC,
        context.spark().createDataFrame(checks, ChecksTable.SPEC.schema()).coalesce(1));
  }

  private static void conclude(StageContext context, List<Row> checks, int runs) {
    List<String> failed = new ArrayList<>();
    int warned = 0;
    for (Row check : checks) {
      context.say(
          "  %s %s%s (%s)",
          check.getString(3),
          check.getString(0),
          check.isNullAt(1) ? "" : String.format(Locale.ROOT, " is %.5g", check.getDouble(1)),
          check.getString(2));
      if (check.getString(3).equals(ChecksTable.FAIL)) {
        failed.add(check.getString(0));
      } else if (check.getString(3).equals(ChecksTable.WARN)) {
        warned++;
      }
    }
    context.say(
        "%d checks, %d warnings, %d failed; compared with %d earlier runs",
        checks.size(), warned, failed.size(), runs);
    if (!failed.isEmpty()) {
      throw new UserException(
          "the data set does not pass: "
              + String.join(", ", failed)
              + "; the table 'checks' has the limits, and --checks names others");
    }
  }
}
