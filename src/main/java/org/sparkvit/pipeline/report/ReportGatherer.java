package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.ModelReference;
import org.sparkvit.dataset.query.SameContent;
import org.sparkvit.dataset.query.ScoredModel;
import org.sparkvit.dataset.query.TrainedLabels;
import org.sparkvit.dataset.schema.AssociationsTable;
import org.sparkvit.dataset.schema.BalanceTable;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.ChecksTable;
import org.sparkvit.dataset.schema.ConfusionTable;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.schema.CurvesTable;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.ExplanationsTable;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.HistoryTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.LabelNoiseTable;
import org.sparkvit.dataset.schema.LeakageTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.RelabelSummaryTable;
import org.sparkvit.dataset.schema.ReliabilityTable;
import org.sparkvit.dataset.schema.ReviewTable;
import org.sparkvit.dataset.schema.SliceGapsTable;
import org.sparkvit.dataset.schema.SliceIssuesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.schema.ThresholdsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.report.MetricsSection.ClassRow;
import org.sparkvit.stats.metrics.ClassMetric;

/** Gathers a report from the tables that exist. Only the catalog is required. */
final class ReportGatherer {
  /** The number of images of each kind of finding. There are a dozen kinds. */
  private static final int GALLERY = 8;

  /** The longer side in pixels of the images of the train split beside a mistake. */
  private static final int NEAR_SIZE = 96;

  /** The number of images below which a share says little. */
  private static final int FEW = 30;

  /** The tables that note the label that an image had when they were made. */
  private static final List<TableSpec> LABELLED =
      List.of(
          DuplicatesTable.SPEC, FindingsTable.SPEC, LabelChecksTable.SPEC, ExplanationsTable.SPEC);

  private final SparkSession spark;
  private final Workspace workspace;
  private final ReportConfig config;

  ReportGatherer(SparkSession spark, Workspace workspace, ReportConfig config) {
    this.spark = spark;
    this.workspace = workspace;
    this.config = config;
  }

  /**
   * Gathers all sections.
   *
   * @param images with the labels that they have now
   * @param run id of the run that makes the report
   */
  Report gather(Dataset<Row> images, String run) {
    Dataset<Row> splits = table(SplitsTable.SPEC);
    Dataset<Row> balance = table(BalanceTable.SPEC);
    ScoredModel model = model();
    Dataset<Row> predictions = table(PredictionsTable.SPEC, model);
    Dataset<Row> metrics = table(MetricsTable.SPEC, model);

    MetricsSection figures = metrics == null ? null : MetricsSection.gather(metrics);
    Headline headline = headline(figures, metrics);
    DataSetSection data = DataSetSection.gather(images, splits);
    Dataset<Row> scored =
        predictions == null
            ? null
            : ReportedImages.of(
                    images, Optional.ofNullable(splits), predictions, model.hash(), model.classes())
                .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      ScoringSection scoring = scored == null ? null : ScoringSection.gather(scored);
      return new Report(
          workspace.uri(),
          new NumberFormats().time(Instant.now()),
          config.blurSensitive(),
          model,
          headline,
          cautions(images, splits, data, scoring, headline),
          data,
          splits == null ? null : SplitSection.gather(CurrentSplits.of(images, splits).rows()),
          balance == null ? null : BalanceSection.gather(balance),
          scoring,
          figures,
          models(figures),
          gaps(figures, model),
          confusion(figures, model),
          curves(figures, headline, metrics, model),
          calibration(model),
          mistakes(images, splits != null, scored, headline),
          attention(images, model),
          relabel(images),
          audit(images),
          labels(images),
          gate(),
          TrainingSection.of(workspace, model),
          StudySection.of(workspace),
          ProvenanceSection.of(workspace, run, spark.version()));
    } finally {
      if (scored != null) {
        scored.unpersist();
      }
    }
  }

  private Dataset<Row> table(TableSpec spec) {
    return workspace.has(spec) ? workspace.read(spec) : null;
  }

  /** The one that is asked for, or that was used last; null where none has scored anything. */
  private ScoredModel model() {
    if (config.model().isPresent()) {
      return new ModelReference(config.model().get()).scored(workspace);
    }
    List<ScoredModel> models = ScoredModel.readAll(workspace);
    return models.isEmpty() ? null : models.get(models.size() - 1);
  }

  private Dataset<Row> table(TableSpec spec, ScoredModel model) {
    return model == null || !workspace.has(spec)
        ? null
        : workspace.read(spec).where(col(MetricsTable.MODEL).equalTo(model.hash()));
  }

  private Headline headline(MetricsSection figures, Dataset<Row> metrics) {
    if (figures == null) {
      return null;
    }
    if (config.positive().isPresent()) {
      return Headline.gather(figures, metrics, config.positive().get(), true);
    }
    // Who named a class to evaluate need not name it again.
    JsonNode evaluated = workspace.record(MetricsTable.SPEC).path("config");
    return Headline.gather(figures, metrics, evaluated.path("positive").asText(null), false);
  }

  private ConfusionSection confusion(MetricsSection figures, ScoredModel model) {
    Dataset<Row> counts = table(ConfusionTable.SPEC, model);
    return figures == null || counts == null
        ? null
        : ConfusionSection.gather(counts, figures.splits(), model.classes());
  }

  private CurveSection curves(
      MetricsSection figures, Headline headline, Dataset<Row> metrics, ScoredModel model) {
    Dataset<Row> curves = table(CurvesTable.SPEC, model);
    if (headline == null || curves == null) {
      return null;
    }
    // Of two classes, one says all: the other's ROC curve is the same, turned around.
    List<ClassRow> drawn =
        headline.classes() == 2
            ? List.of(headline.focus())
            : MetricsSection.classes(metrics)
                .where(
                    col(MetricsTable.SPLIT)
                        .equalTo(figures.split())
                        .and(col(ClassMetric.SUPPORT.label()).gt(0)))
                .orderBy(
                    col(ClassMetric.AVERAGE_PRECISION.label()).asc_nulls_last(),
                    col(MetricsTable.CLASS))
                .limit(CurveSection.LINES)
                .collectAsList()
                .stream()
                .map(MetricsSection::classRow)
                .toList();
    return CurveSection.gather(curves, figures.split(), drawn, headline.classes(), headline.n());
  }

  private List<ModelRow> models(MetricsSection figures) {
    return figures == null
        ? List.of()
        : ModelRow.gather(
            workspace.read(ModelsTable.SPEC),
            workspace.read(MetricsTable.SPEC),
            table(CostsTable.SPEC),
            figures.split());
  }

  private List<GapRow> gaps(MetricsSection figures, ScoredModel model) {
    Dataset<Row> gaps = table(SliceGapsTable.SPEC, model);
    return figures == null || gaps == null ? List.of() : GapRow.gather(gaps, figures.split());
  }

  private CalibrationSection calibration(ScoredModel model) {
    Dataset<Row> calibrations = table(CalibrationsTable.SPEC, model);
    if (calibrations == null) {
      return null;
    }
    JsonNode asked = workspace.record(CalibrationsTable.SPEC).path("config");
    return CalibrationSection.gather(
        calibrations,
        table(ReliabilityTable.SPEC, model),
        table(ThresholdsTable.SPEC, model),
        asked.path("images-per-day").asLong(0),
        asked.path("prevalence").asDouble(Double.NaN));
  }

  private MistakeSection mistakes(
      Dataset<Row> images, boolean split, Dataset<Row> scored, Headline headline) {
    if (scored == null || config.mistakes() == 0) {
      return null;
    }
    String from = split ? SplitsTable.TEST : MetricsTable.ALL;
    if (headline != null) {
      from = headline.split();
    }
    return MistakeSection.gather(
        scored,
        from,
        images,
        headline == null ? config.positive().orElse(null) : headline.focus().label(),
        config.mistakes(),
        new Thumbnails(spark, workspace, config.thumbnailSize()));
  }

  private AttentionSection attention(Dataset<Row> images, ScoredModel model) {
    Dataset<Row> explanations = table(ExplanationsTable.SPEC, model);
    return explanations == null || explanations.isEmpty()
        ? null
        : AttentionSection.gather(
            CurrentLabels.in(explanations, images),
            images,
            config.mistakes(),
            new Thumbnails(spark, workspace, NEAR_SIZE));
  }

  private RelabelSection relabel(Dataset<Row> images) {
    Dataset<Row> summary = table(RelabelSummaryTable.SPEC);
    // Both are of one run, unless one is in progress.
    return summary == null || summary.isEmpty() || !workspace.has(ReviewTable.SPEC)
        ? null
        : RelabelSection.gather(
            summary,
            workspace.read(ReviewTable.SPEC),
            images,
            config.mistakes(),
            new Thumbnails(spark, workspace, config.thumbnailSize()));
  }

  private AuditSection audit(Dataset<Row> images) {
    Dataset<Row> findings = table(FindingsTable.SPEC);
    // All of them are of one run, but an audit of an older version made fewer.
    return findings == null
            || !workspace.has(LeakageTable.SPEC)
            || !workspace.has(SliceIssuesTable.SPEC)
            || !workspace.has(AssociationsTable.SPEC)
            || !workspace.has(PixelsTable.SPEC)
        ? null
        : AuditSection.gather(
            CurrentLabels.in(findings, images),
            workspace.read(LeakageTable.SPEC),
            workspace.record(LeakageTable.SPEC).path("inputs").has(SplitsTable.SPEC.name()),
            workspace.read(SliceIssuesTable.SPEC),
            workspace.read(AssociationsTable.SPEC),
            measured(images),
            images,
            Math.min(GALLERY, config.mistakes()),
            new Thumbnails(spark, workspace, config.thumbnailSize()));
  }

  /**
   * Returns the measures of the contents that the catalog has now, without those of files that have
   * changed since.
   */
  private Dataset<Row> measured(Dataset<Row> images) {
    return SameContent.current(workspace.read(PixelsTable.SPEC), images);
  }

  private GateSection gate() {
    Dataset<Row> checks = table(ChecksTable.SPEC);
    return checks == null || !workspace.has(HistoryTable.SPEC)
        ? null
        : GateSection.gather(checks, workspace.read(HistoryTable.SPEC));
  }

  private LabelsSection labels(Dataset<Row> images) {
    Dataset<Row> checks = table(LabelChecksTable.SPEC);
    return checks == null || !workspace.has(LabelNoiseTable.SPEC)
        ? null
        : LabelsSection.gather(
            // A verdict on a label that was changed since says nothing of the new one.
            CurrentLabels.unchanged(checks, images),
            workspace.read(LabelNoiseTable.SPEC),
            images,
            config.mistakes(),
            new Thumbnails(spark, workspace, config.thumbnailSize()));
  }

  private List<String> cautions(
      Dataset<Row> images,
      Dataset<Row> splits,
      DataSetSection data,
      ScoringSection scoring,
      Headline headline) {
    NumberFormats figures = new NumberFormats();
    List<String> cautions = new ArrayList<>();
    cautions.addAll(otherLabels(images, splits));
    if (headline != null && !headline.split().equals(SplitsTable.TEST)) {
      cautions.add(
          "There is no test split: the model may have been trained on, or chosen by, the images"
              + " that it is judged on here, so the figures may be too good.");
    }
    if (headline != null && headline.focus().support() < FEW) {
      cautions.add(
          "Few images of '"
              + headline.focus().label()
              + "' were judged ("
              + figures.count(headline.focus().support())
              + "): its recall may be quite different on others.");
    }
    if (data.duplicates().acrossSplits() > 0) {
      cautions.add(
          "Exact duplicates in more than one split: "
              + figures.count(data.duplicates().acrossSplits())
              + ". A figure of the validation or test split is too good where the model has seen"
              + " the same image before.");
    }
    if (data.duplicates().labelConflicts() > 0) {
      cautions.add(
          "Exact duplicates with different labels: "
              + figures.count(data.duplicates().labelConflicts())
              + ". At least one label of each is wrong.");
    }
    if (scoring != null && scoring.failed() > 0) {
      cautions.add(
          "Images that could not be scored: "
              + figures.count(scoring.failed())
              + " of "
              + figures.count(scoring.images())
              + ". They are left out of all metrics of the model.");
    }
    if (headline != null) {
      changedLabels(images).ifPresent(cautions::add);
    }
    for (TableSpec input : List.of(ImagesTable.SPEC, SplitsTable.SPEC, PredictionsTable.SPEC)) {
      if (headline != null && newerThanMetrics(input)) {
        cautions.add(
            "The table '"
                + input.name()
                + "' has changed since the metrics were computed; run 'spark-vit evaluate"
                + " --overwrite' again.");
      }
    }
    return cautions;
  }

  /** Returns a note on labels that are not those that the metrics were computed from. */
  private Optional<String> changedLabels(Dataset<Row> images) {
    OptionalLong changed = LabelChanges.count(spark, workspace, MetricsTable.SPEC, images);
    if (changed.isEmpty()) {
      return Optional.of(
          "Labels may have changed since the metrics were computed; what they were then is no"
              + " longer stored. Run 'spark-vit evaluate --overwrite' again.");
    }
    return changed.getAsLong() == 0
        ? Optional.empty()
        : Optional.of(
            "Images whose label has changed since the metrics were computed, or that are left out"
                + " now: "
                + new NumberFormats().count(changed.getAsLong())
                + ". Run 'spark-vit evaluate --overwrite' again.");
  }

  /** Returns notes on tables that were made when the catalog had other labels. */
  private List<String> otherLabels(Dataset<Row> images, Dataset<Row> splits) {
    List<String> cautions = new ArrayList<>();
    if (splits != null) {
      CurrentSplits current = CurrentSplits.of(images, splits);
      current.count().line().ifPresent(line -> cautions.add(sentence(line)));
      new TrainedLabels(workspace, current)
          .lines(ScoredModel.readAll(workspace).stream().map(ScoredModel::hash).toList())
          .forEach(line -> cautions.add(sentence(line)));
    }
    for (TableSpec spec : LABELLED) {
      long changed = workspace.has(spec) ? CurrentLabels.changed(workspace.read(spec), images) : 0;
      if (changed > 0) {
        cautions.add(
            "The table '"
                + spec.name()
                + "' was made from other labels: "
                + new NumberFormats().count(changed)
                + " of its rows are of images that have another label now; run 'spark-vit "
                + spec.writtenBy()
                + "' again.");
      }
    }
    return cautions;
  }

  private static String sentence(String line) {
    return line.substring(0, 1).toUpperCase(Locale.ROOT) + line.substring(1) + ".";
  }

  private boolean newerThanMetrics(TableSpec input) {
    return workspace.has(input)
        && workspace.changedAt(input).isAfter(workspace.changedAt(MetricsTable.SPEC));
  }
}
