package org.sparkvit.pipeline.relabel;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.LabelDecisions;
import org.sparkvit.dataset.query.ModelClasses;
import org.sparkvit.dataset.query.PredictionChecks;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.CalibrationsTable;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.RelabelSummaryTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.ReviewTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.loading.ImageManifest;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;

/**
 * Changes labels by the predictions of a model. It reads the labels, {@code splits} (if there are
 * any), {@code scored_models} and {@code predictions}. It writes {@code relabels}, {@code
 * relabel_summary} and {@code review} together, the export {@code relabel-RUN}, and the changes as
 * decisions. The catalog itself stays as it is.
 */
@StageDescription(
    name = "relabel",
    group = Group.LABEL,
    help = {
      "Decides with a model's predictions which labels change, which people should look at, and"
          + " which stay. The changes count at once, in every command, and can be taken back.",
      "The rarer wrong labels are, the higher the floor has to be, or most changes are the model's"
          + " own mistakes.",
      "In its train split a model may repeat a wrong label that it learnt by heart; it is not found"
          + " there then."
    },
    readsEarlierVersions = true)
public final class RelabelStage extends Stage<RelabelConfig> {
  /**
   * The share of usable images without a prediction above which a warning is printed. Scoring was
   * then forgotten or cut short.
   */
  private static final double UNSCORED_SHARE = 0.1;

  private static final String SOURCE = "relabel";

  public RelabelStage() {
    super(RelabelConfig.class);
  }

  @Override
  protected List<TableSpec> replaces(RelabelConfig config) {
    return config.revert().isPresent() || config.dryRun() ? List.of() : List.of(RelabelsTable.SPEC);
  }

  @Override
  protected List<TableSpec> appends(RelabelConfig config) {
    return config.dryRun() ? List.of() : List.of(DecisionsTable.SPEC);
  }

  @Override
  protected void run(StageContext context, RelabelConfig config) {
    if (config.revert().isPresent()) {
      context.revert(config.revert().get(), Optional.of(SOURCE));
      return;
    }
    Dataset<Row> images = context.labels();
    Dataset<Row> predictions = context.read(PredictionsTable.SPEC);
    Optional<Dataset<Row>> splits = context.readIfPresent(SplitsTable.SPEC);
    splits
        .flatMap(placed -> CurrentSplits.of(images, placed).count().line())
        .ifPresent(line -> context.say("warning: %s", line));
    List<String> slices = config.slices().orElseGet(() -> SliceColumns.usual(images));
    SliceColumns.require(images, slices);
    Map.Entry<String, List<String>> model = model(context, config, predictions);
    requireFloors(config, model.getValue());
    context.record().input("model", model.getKey());
    Dataset<Row> said =
        config.calibrated()
            ? CalibratedPredictions.calibrate(
                predictions, context.read(CalibrationsTable.SPEC), model.getKey(), model.getValue())
            : predictions;

    Dataset<Row> decided =
        context.cache(
            RelabelDecisions.of(
                images,
                splits,
                said,
                model.getKey(),
                model.getValue(),
                context.decisions().map(LabelDecisions::ofPeople),
                config));
    PredictionChecks.requireSound(decided, ClassIndex.of(Map.of(model.getKey(), model.getValue())));
    Totals totals = Totals.tally(decided);
    requireScored(context, totals, model.getKey());
    ChangeRate rate = ChangeRate.of(totals, config);
    rate.requireUsual();
    context.record().result("reasons", totals.byReason()).result("change-rate", rate.share());
    if (config.dryRun()) {
      outcome(context, config, totals, rate, model.getKey());
      context.say("nothing was written, as --dry-run asks for");
      return;
    }
    LabelExport export =
        new LabelExport(
            context.spark(),
            context
                .workspace()
                .beginExport("relabel-" + context.record().runId(), context.record()));
    publish(context, config, decided, slices, export);
    context.decide(changes(decided), SOURCE, model.getKey());
    outcome(context, config, totals, rate, model.getKey());
    sayExport(context, config, decided, totals, export);
    if (totals.images(line -> line.reason().decision().equals(RelabelsTable.CHANGE)) > 0) {
      context.say(
          "the new labels count from now on; 'spark-vit relabel --revert %s' takes them back",
          context.record().runId());
      context.next("train --overwrite");
    }
  }

  /** Returns the decisions that change a label. */
  private static Dataset<Row> changes(Dataset<Row> decided) {
    return decided
        .where(col(RelabelsTable.DECISION).equalTo(RelabelsTable.CHANGE))
        .select(
            col(RelabelsTable.ID),
            lit(DecisionsTable.LABEL).as(DecisionsTable.KIND),
            col(RelabelsTable.NEW_LABEL).as(DecisionsTable.VALUE),
            col(RelabelsTable.REASON).as(DecisionsTable.REASON));
  }

  private static void publish(
      StageContext context,
      RelabelConfig config,
      Dataset<Row> decided,
      List<String> slices,
      LabelExport export) {
    Dataset<Row> queue = context.cache(ReviewQueue.of(decided, config.reviewLimit()));
    try {
      if (config.export()) {
        export.writeManifest(decided);
      }
      export.writeReview(queue);
      context.record().result("export", export.folder());
      Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
      tables.put(RelabelSummaryTable.SPEC, Summary.of(decided, slices));
      tables.put(ReviewTable.SPEC, queue);
      tables.put(RelabelsTable.SPEC, RelabelDecisions.table(decided));
      context.publish(tables);
    } catch (Throwable e) { // Spark throws checked exceptions that it does not declare
      context.workspace().deleteExport(export.folder(), e);
      throw e;
    }
  }

  /** Returns the model that decides, which must be named where several models have predictions. */
  private static Map.Entry<String, List<String>> model(
      StageContext context, RelabelConfig config, Dataset<Row> predictions) {
    SortedMap<String, List<String>> models =
        ModelClasses.find(context.workspace(), predictions, config.model());
    if (models.size() > 1) {
      throw new UserException(
          models.size()
              + " models have predictions here, and one of them has to decide: pass --model with"
              + " the first digits of one of "
              + models.keySet());
    }
    return models.entrySet().iterator().next();
  }

  private static void requireFloors(RelabelConfig config, List<String> classes) {
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

  private static void requireScored(StageContext context, Totals totals, String model) {
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
      context.say(
          "warning: %,d of %,d usable images have no prediction of model %s as they are now and"
              + " keep their labels; run 'spark-vit score' and relabel again",
          unscored, usable, ModelClasses.abbreviate(model));
    }
  }

  private static void outcome(
      StageContext context, RelabelConfig config, Totals totals, ChangeRate rate, String model) {
    long review = totals.images(line -> line.reason().decision().equals(RelabelsTable.REVIEW));
    context.say(
        "model %s: of %,d images %,d change their label, %,d without one get one, %,d are"
            + " for review, %,d keep theirs",
        ModelClasses.abbreviate(model),
        totals.images(line -> true),
        totals.images(Reason.CONFIDENT),
        totals.images(Reason.NEWLY_LABELLED),
        review,
        totals.images(line -> line.reason().decision().equals(RelabelsTable.KEEP)));
    context.say(
        "by reason: %s",
        totals.byReason().entrySet().stream()
            .map(each -> String.format(Locale.ROOT, "%s %,d", each.getKey(), each.getValue()))
            .collect(Collectors.joining(", ")));
    if (totals.images(Reason.CONFIDENT) > 0) {
      context.say("changes (%s): %s", rate.shown(), totals.movements());
    }
    if (totals.images(Reason.UNKNOWN_LABEL) > 0) {
      context.say(
          "warning: %,d images have labels that the model does not know, and keep them",
          totals.images(Reason.UNKNOWN_LABEL));
    }
    if (review > config.reviewLimit()) {
      context.say(
          "the review queue holds the %,d most worthwhile of %,d; --review-limit sets how many",
          config.reviewLimit(), review);
    }
  }

  private static void sayExport(
      StageContext context,
      RelabelConfig config,
      Dataset<Row> decided,
      Totals totals,
      LabelExport export) {
    context.say("for people to look at: %s", export.review());
    if (!config.export()) {
      return;
    }
    Dataset<Row> images = LabelExport.images(decided);
    boolean unlabelled =
        totals.images(
                line ->
                    line.from() == null && !line.reason().decision().equals(RelabelsTable.CHANGE))
            > 0;
    if (ImageManifest.imageRoot(images).isEmpty()) {
      context.say(
          "the images' names start from several folders, so a catalog of the manifest would give"
              + " them new ids");
    }
    context.say(
        "a manifest of all labels: %s",
        ImageManifest.catalogCommand(config.workspace(), export.manifest(), images, unlabelled));
  }
}
