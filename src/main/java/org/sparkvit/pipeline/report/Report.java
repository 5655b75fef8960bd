package org.sparkvit.pipeline.report;

import java.util.List;
import org.sparkvit.dataset.query.ScoredModel;

/**
 * Everything that a page shows. A section is null where its table does not exist yet; the page then
 * names the command that makes it.
 *
 * @param workspace the URI of the workspace
 * @param created the time of the report, for people
 * @param blurred whether images are blurred until they are pointed at
 * @param model the model that the report is about
 * @param cautions sentences on what to keep in mind when reading the numbers
 * @param models the models that have metrics of the same split, the best first
 * @param gaps the slices where the model performs worse than elsewhere, the largest gap first
 */
public record Report(
    String workspace,
    String created,
    boolean blurred,
    ScoredModel model,
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
