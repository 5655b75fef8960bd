package org.sparkvit.dataset.schema;

import java.util.List;
import org.sparkvit.core.UserException;

/** The tables of a workspace. */
public final class Tables {
  /** All tables, in the order of their names. */
  public static final List<TableSpec> ALL =
      List.of(
          AssociationsTable.SPEC,
          BalanceTable.SPEC,
          CalibrationsTable.SPEC,
          ChecksTable.SPEC,
          ComparisonsTable.SPEC,
          ConfusionTable.SPEC,
          CostsTable.SPEC,
          CropHashesTable.SPEC,
          CurvesTable.SPEC,
          DecisionsTable.SPEC,
          DuplicatesTable.SPEC,
          EmbeddingsTable.SPEC,
          ExplanationsTable.SPEC,
          FindingsTable.SPEC,
          FoldsTable.SPEC,
          HistoryTable.SPEC,
          ImagesSkippedTable.SPEC,
          ImagesTable.SPEC,
          LabelChecksTable.SPEC,
          LabelNoiseTable.SPEC,
          LeakageTable.SPEC,
          MetricsTable.SPEC,
          ModelsTable.SPEC,
          PackedTable.SPEC,
          PixelsTable.SPEC,
          PlanTable.SPEC,
          PredictionsTable.SPEC,
          RelabelSummaryTable.SPEC,
          RelabelsTable.SPEC,
          ReliabilityTable.SPEC,
          RepairsTable.SPEC,
          ResampledTable.SPEC,
          ReviewTable.SPEC,
          SliceGapsTable.SPEC,
          SliceIssuesTable.SPEC,
          SplitsTable.SPEC,
          SyntheticTable.SPEC,
          ThresholdsTable.SPEC,
          TrainingMetricsTable.SPEC);

  private Tables() {}

  /**
   * Returns the table of a name.
   *
   * @throws UserException when there is no such table; the message lists the names
   */
  public static TableSpec named(String name) {
    return ALL.stream()
        .filter(table -> table.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new UserException(
                    (name.isEmpty() ? "no table is named" : "there is no table '" + name + "'")
                        + "; name one of "
                        + ALL.stream().map(TableSpec::name).sorted().toList()));
  }
}
