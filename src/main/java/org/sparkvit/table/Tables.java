package org.sparkvit.table;

import java.util.List;

/** The tables of a workspace. */
final class Tables {
  static final List<TableSpec> ALL =
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
}
