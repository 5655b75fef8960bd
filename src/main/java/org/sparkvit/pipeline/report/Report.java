package org.sparkvit.pipeline.report;

import java.util.List;

/**
 * Everything a page shows. A part is null where its table is not there yet; the page then names the
 * command that makes it.
 *
 * @param workspace URI of the workspace
 * @param created when, for people
 * @param model the model judged
 * @param blurred whether images are blurred until they are pointed at
 * @param models those that have figures of the same split, the best first
 * @param gaps where the model does worse than elsewhere, the largest first
 * @param cautions what to keep in mind when reading the figures, a sentence each
 */
public record Report(
    String workspace,
    String created,
    boolean blurred,
    ModelFacts model,
    Headline headline,
    List<String> cautions,
    DataSetSection data,
    SplitSection splits,
    BalanceSection balance,
    ScoringSection scoring,
    MetricsSection metrics,
    List<ModelRow> models,
    List<GapRow> gaps,
    ConfusionSection confusion,
    CurveSection curves,
    CalibrationSection calibration,
    MistakeSection mistakes,
    AttentionSection attention,
    RelabelSection relabel,
    AuditSection audit,
    LabelsSection labels,
    GateSection gate,
    TrainingSection training,
    StudySection studies,
    ProvenanceSection provenance) {}
