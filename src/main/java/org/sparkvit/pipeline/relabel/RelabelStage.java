package org.sparkvit.pipeline.relabel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.storage.StorageLevel;
import org.sparkvit.core.Labels;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.query.PredictionChecks;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.RelabelSummaryTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.ReviewTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.loading.ImageManifest;

/**
 * Reads {@code images}, {@code splits} (if there are any), {@code models} and {@code predictions};
 * writes {@code relabels}, {@code relabel_summary} and {@code review} together, and the export
 * {@code relabel-RUN}. The catalog itself is changed by no one but its owner, who reads the export
 * into it.
 */
public final class RelabelStage {
  /** With a larger part unscored than this, scoring was forgotten or cut short. */
  private static final double UNSCORED_SHARE = 0.1;

  private final RelabelConfig config;
  private final Progress progress;

  public RelabelStage(RelabelConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("relabel", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace(), record);
    workspace.requireAbsent(RelabelsTable.SPEC, config.overwrite());
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    Dataset<Row> predictions = workspace.read(PredictionsTable.SPEC);
    record.input("images", workspace.version(ImagesTable.SPEC));
    record.input("predictions", workspace.version(PredictionsTable.SPEC));
    Optional<Dataset<Row>> splits = Optional.empty();
    if (workspace.has(SplitsTable.SPEC)) {
      splits = Optional.of(workspace.read(SplitsTable.SPEC));
      record.input("splits", workspace.version(SplitsTable.SPEC));
      CurrentSplits.of(images, splits.get())
          .count()
          .line()
          .ifPresent(line -> progress.say("relabel: warning: " + line));
    }
    List<String> slices = config.slices().orElseGet(() -> SliceColumns.usual(images));
    SliceColumns.require(images, slices);
    Map.Entry<String, List<String>> model = model(workspace, predictions);
    requireFloors(model.getValue());
    record.input("model", model.getKey());
    Dataset<Row> said = predictions;
    if (config.calibrated()) {
      Dataset<Row> calibrations = workspace.read(CalibrationsTable.SPEC);
      record.input("calibrations", workspace.version(CalibrationsTable.SPEC));
      said =
          CalibratedPredictions.calibrate(
              predictions, calibrations, model.getKey(), model.getValue());
    }

    Dataset<Row> decided =
        RelabelDecisions.of(images, splits, said, model.getKey(), model.getValue(), config)
            .persist(StorageLevel.MEMORY_AND_DISK());
    try {
      PredictionChecks.requireSound(
          decided, ClassIndex.of(Map.of(model.getKey(), model.getValue())));
      Totals totals = Totals.tally(decided);
      requireScored(totals, model.getKey());
      ChangeRate rate = ChangeRate.of(totals, config);
      rate.requireUsual();
      record.result("reasons", totals.byReason());
      record.result("change-rate", rate.share());
      LabelExport export =
          new LabelExport(spark, workspace.beginExport("relabel-" + record.runId(), record));
      publish(workspace, decided, slices, export, record);
      outcome(totals, rate, model.getKey());
      next(decided, totals, export);
    } finally {
      decided.unpersist();
    }
  }

  private void publish(
      Workspace workspace,
      Dataset<Row> decided,
      List<String> slices,
      LabelExport export,
      RunRecord record) {
    Dataset<Row> queue =
        ReviewQueue.of(decided, config.reviewLimit()).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      export.writeManifest(decided);
      export.writeReview(queue);
      record.result("export", export.folder());
      Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
      tables.put(RelabelSummaryTable.SPEC, Summary.of(decided, slices));
      tables.put(ReviewTable.SPEC, queue);
      tables.put(RelabelsTable.SPEC, RelabelDecisions.table(decided));
      workspace.replaceAll(tables, record);
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      workspace.deleteExport(export.folder(), e);
      throw e;
    } finally {
      queue.unpersist();
    }
  }

  /** Labels are changed by one model, which has to be named where several have predictions. */
  private Map.Entry<String, List<String>> model(Workspace workspace, Dataset<Row> predictions) {
    SortedMap<String, List<String>> models =
        ModelClasses.find(workspace.read(ModelsTable.SPEC), predictions, config.model());
    if (models.size() > 1) {
      throw new UserException(
          models.size()
              + " models have predictions here"
              + config.model().map(name -> " that --model '" + name + "' fits").orElse("")
              + ", and one of them has to decide: pass --model with the first digits of one of "
              + models.keySet());
    }
    return models.entrySet().iterator().next();
  }

  private void requireFloors(List<String> classes) {
    for (String label : new TreeSet<>(config.classFloors().keySet())) {
      if (!classes.contains(label)) {
        throw new UserException(
            "--class-floor '"
                + label
                + "' is no class of the model; choose of "
                + Labels.shown(classes));
      }
    }
  }

  private void requireScored(Totals totals, String model) {
    long usable = totals.images(Totals.Line::usable);
    long unscored =
        totals.images(
            line ->
                line.usable()
                    && (line.reason() == Reason.NO_PREDICTION || line.reason() == Reason.FAILED));
    if (usable == unscored) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "model %s has a prediction of none of the %,d usable images as they are now; run"
                  + " 'spark-vit score' first",
              ModelClasses.abbreviate(model),
              usable));
    }
    if (unscored > UNSCORED_SHARE * usable) {
      say(
          "warning: %,d of %,d usable images have no prediction of model %s as they are now and"
              + " keep their labels; run 'spark-vit score' and relabel again",
          unscored, usable, ModelClasses.abbreviate(model));
    }
  }

  private void outcome(Totals totals, ChangeRate rate, String model) {
    long review = totals.images(line -> line.reason().decision().equals(RelabelsTable.REVIEW));
    say(
        "relabel: model %s: of %,d images %,d change their label, %,d without one get one, %,d are"
            + " for review, %,d keep theirs",
        ModelClasses.abbreviate(model),
        totals.images(line -> true),
        totals.images(Reason.CONFIDENT),
        totals.images(Reason.NEWLY_LABELLED),
        review,
        totals.images(line -> line.reason().decision().equals(RelabelsTable.KEEP)));
    say("  by reason: %s", totals.byReason());
    if (totals.images(Reason.CONFIDENT) > 0) {
      say("  changes (%s): %s", rate.shown(), totals.movements());
    }
    if (totals.images(Reason.UNKNOWN_LABEL) > 0) {
      say(
          "warning: %,d images have labels that the model does not know, and keep them",
          totals.images(Reason.UNKNOWN_LABEL));
    }
    if (review > config.reviewLimit()) {
      say(
          "  the review queue holds the %,d most worthwhile of %,d; --review-limit sets how many",
          config.reviewLimit(), review);
    }
  }

  private void next(Dataset<Row> decided, Totals totals, LabelExport export) {
    say("  for people to look at: %s", export.review());
    Dataset<Row> images = LabelExport.images(decided);
    boolean unlabelled =
        totals.images(
                line ->
                    line.from() == null && !line.reason().decision().equals(RelabelsTable.CHANGE))
            > 0;
    if (ImageManifest.imageRoot(images).isEmpty()) {
      say(
          "  the images' names start from several folders, so catalog will give them new ids: split"
              + " and score again after it");
    }
    say(
        "next, to take the new labels over: %s",
        ImageManifest.catalogCommand(config.workspace(), export.manifest(), images, unlabelled));
  }

  private void say(String format, Object... arguments) {
    progress.say(String.format(Locale.ROOT, format, arguments));
  }
}
