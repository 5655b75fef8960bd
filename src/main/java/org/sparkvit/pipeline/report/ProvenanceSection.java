package org.sparkvit.pipeline.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.schema.BalanceTable;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.CurvesTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.RelabelSummaryTable;
import org.sparkvit.dataset.schema.ReviewTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * The section on where the numbers come from.
 *
 * @param report the run that made the report
 * @param runs the last run behind each table, in the order of the pipeline
 * @param versions the versions of the program and of the software that it runs on
 */
public record ProvenanceSection(String report, List<Run> runs, List<Entry> versions) {
  private static final List<TableSpec> TABLES =
      List.of(
          ImagesTable.SPEC,
          SplitsTable.SPEC,
          PlanTable.SPEC,
          BalanceTable.SPEC,
          PredictionsTable.SPEC,
          ModelsTable.SPEC,
          MetricsTable.SPEC,
          ConfusionTable.SPEC,
          CurvesTable.SPEC,
          RelabelSummaryTable.SPEC,
          ReviewTable.SPEC);

  /**
   * One run.
   *
   * @param tables the tables that it wrote
   * @param earlier the number of versions of its first table before this one
   * @param started the time when it started, as in its record
   */
  public record Run(
      String run,
      String stage,
      List<String> tables,
      long earlier,
      String started,
      double seconds,
      List<Entry> config,
      List<Entry> versions) {}

  /** A name and a value. */
  public record Entry(String name, String value) {}

  /**
   * Reads the records of the runs.
   *
   * @param report id of the run that makes the report
   */
  static ProvenanceSection of(Workspace workspace, String report, String sparkVersion) {
    Map<String, Run> runs = new LinkedHashMap<>();
    for (TableSpec table : TABLES) {
      if (!workspace.has(table)) {
        continue;
      }
      JsonNode json = workspace.record(table);
      String last = json.path("run").asText();
      Run known = runs.get(last);
      if (known == null) {
        known =
            new Run(
                last,
                json.path("stage").asText(),
                new ArrayList<>(),
                workspace.earlierVersions(table),
                json.path("started").asText(),
                json.path("seconds").asDouble(Double.NaN),
                entries(json.path("config")),
                entries(json.path("versions")));
        runs.put(last, known);
      }
      known.tables().add(table.name());
    }
    List<Entry> versions = new ArrayList<>();
    RunRecord.versions().forEach((name, value) -> versions.add(new Entry(name, value)));
    versions.add(new Entry("spark", sparkVersion));
    return new ProvenanceSection(report, List.copyOf(runs.values()), versions);
  }

  private static List<Entry> entries(JsonNode object) {
    List<Entry> entries = new ArrayList<>();
    object
        .fields()
        .forEachRemaining(
            field ->
                entries.add(
                    new Entry(
                        field.getKey(),
                        field.getValue().isValueNode()
                            ? field.getValue().asText()
                            : field.getValue().toString())));
    return entries;
  }
}
