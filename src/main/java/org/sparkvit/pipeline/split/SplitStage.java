package org.sparkvit.pipeline.split;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.not;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.FoldsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;
import org.sparkvit.stats.metrics.Association;

/**
 * Reads {@code images}, places them by {@link Splitter}, checks the result, writes {@code splits}.
 */
@StageDescription(
    name = "split",
    group = Group.PREPARE,
    help = {
      "Puts every usable, labelled image into train, validation or test.",
      "Each class is shared out exactly; the same images and seed always give the same split."
    })
public final class SplitStage extends Stage<SplitConfig> {
  public SplitStage() {
    super(SplitConfig.class);
  }

  @Override
  protected List<TableSpec> replaces(SplitConfig config) {
    return config.extend() ? List.of() : List.of(SplitsTable.SPEC);
  }

  /** Nothing is written unless the result passes its checks. */
  @Override
  protected void run(StageContext context, SplitConfig config) {
    Dataset<Row> images = context.labels();
    CurrentLabels.require(images, "split");
    Optional<Dataset<Row>> earlier =
        config.extend() ? context.readIfPresent(SplitsTable.SPEC) : Optional.empty();
    Optional<Dataset<Row>> duplicates =
        config.keepDuplicatesTogether()
            ? context.readIfPresent(DuplicatesTable.SPEC)
            : Optional.empty();
    Splitter splitter =
        new Splitter(context.cache(SplitItems.of(images, duplicates, earlier, config)), config);
    Dataset<Row> placed = context.cache(splitter.place());
    Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
    SortedMap<String, long[]> quotas = splitter.quotas();
    Dataset<Row> splits = placed;
    if (config.folds() > 0) {
      requireOwnValidation(splitter.closed());
      splits = holdOut(context, config, placed, quotas, tables);
    }
    SplitCheck check = SplitCheck.check(splits, quotas, SplitsTable.NAMES);
    tables.put(
        SplitsTable.SPEC,
        splits.select(
            col(SplitsTable.ID),
            LabelSet.className(col(SplitsTable.LABEL)).as(SplitsTable.LABEL),
            col(SplitsTable.SPLIT),
            col(SplitsTable.GROUP)));
    note(context, config, images, check, quotas, splitter.closed());
    context.publish(tables);
    next(context, quotas);
  }

  private static void next(StageContext context, SortedMap<String, long[]> quotas) {
    boolean validated = quotas.values().stream().anyMatch(quota -> quota[1] > 0);
    boolean trains = quotas.values().stream().anyMatch(quota -> quota[0] > 0);
    if (trains && validated) {
      context.next("balance, or spark-vit train");
    } else {
      context.say(
          "training needs images in train and in validation: catalog more images of each class, or"
              + " run spark-vit split --overwrite with other shares");
    }
  }

  private static void requireOwnValidation(List<String> closed) {
    if (closed.contains(SplitsTable.VALIDATION)) {
      throw new UserException(
          "--folds makes the validation split, but the data names one; pass --given ignore");
    }
  }

  /**
   * Shares all but the test split among folds.
   *
   * @param quotas of the splits, changed to those that hold out the fold
   * @param tables gets the table of folds
   */
  private static Dataset<Row> holdOut(
      StageContext context,
      SplitConfig config,
      Dataset<Row> placed,
      SortedMap<String, long[]> quotas,
      Map<TableSpec, Dataset<Row>> tables) {
    Column test = col(SplitsTable.SPLIT).equalTo(SplitsTable.TEST);
    Folds folds = new Folds(config);
    Dataset<Row> shared = context.cache(folds.place(placed.where(not(test))));
    SplitCheck check = SplitCheck.check(shared, folds.quotas(), folds.names());
    folds
        .quotas()
        .forEach(
            (label, quota) -> {
              long[] splits = quotas.get(label);
              long heldOut = quota[config.fold() - 1];
              splits[0] = Arrays.stream(quota).sum() - heldOut;
              splits[1] = heldOut;
            });
    tables.put(
        FoldsTable.SPEC,
        shared.select(
            col(SplitsTable.ID),
            LabelSet.className(col(SplitsTable.LABEL)).as(SplitsTable.LABEL),
            col(SplitsTable.SPLIT).cast("int").as(FoldsTable.FOLD)));
    context.record().result("folds", LabelCounts.classes(folds.quotas()));
    context.say(
        "fold %d of %d is the validation split; of %,d contents and groups that several images"
            + " share none is in two folds, and all %d quotas are met exactly",
        config.fold(), config.folds(), check.ties(), config.folds() * folds.quotas().size());
    return Folds.holdOut(shared, config.fold(), placed.where(test));
  }

  /** Says and records the outcome. */
  private static void note(
      StageContext context,
      SplitConfig config,
      Dataset<Row> images,
      SplitCheck check,
      SortedMap<String, long[]> quotas,
      List<String> closed) {
    SplitSummary summary = new SplitSummary(LabelCounts.classes(quotas), config.shares());
    summary.lines().forEach(context.progress()::say);
    SplitSummary labels = new SplitSummary(LabelCounts.labels(quotas), config.shares());
    if (config.labelsColumn().isPresent()) {
      context.say("of the labels in '%s':", config.labelsColumn().get());
      labels.labelLines().forEach(context.progress()::say);
      context.record().result("labels", labels.toMap());
    }
    if (!closed.isEmpty()) {
      context.say("taken as the data names them: %s", String.join(", ", closed));
    }
    Row left =
        images
            .agg(
                count_if(not(ImagesTable.usable())),
                count_if(ImagesTable.usable().and(not(ImagesTable.labelled()))))
            .first();
    if (left.getLong(0) + left.getLong(1) > 0) {
      context.say(
          "left out: %,d images that cannot be read, %,d without a label",
          left.getLong(0), left.getLong(1));
    }
    if (check.groups() > 0) {
      context.say("kept whole: %,d groups with %,d images", check.groups(), check.groupedImages());
    }
    Association shares = check.shares();
    context.say(
        "certificate: of %,d contents and groups that several images share none is in two"
            + " splits; all %,d quotas are met exactly; class shares by split: chi-squared"
            + " %.3f, %d degrees of freedom, p %.3f",
        check.ties(),
        quotas.size() * SplitsTable.NAMES.size(),
        shares.chiSquared(),
        shares.degrees(),
        shares.p());
    Map<String, Object> certificate = new LinkedHashMap<>();
    certificate.put("shared_contents_and_groups", check.ties());
    certificate.put("in_two_splits", 0);
    certificate.put("quotas_met", quotas.size() * SplitsTable.NAMES.size());
    certificate.put("chi_squared", shares.chiSquared());
    certificate.put("degrees_of_freedom", shares.degrees());
    certificate.put("p", shares.p());
    context
        .record()
        .result("certificate", certificate)
        .result("classes", summary.toMap())
        .result("images.unusable", left.getLong(0))
        .result("images.unlabelled", left.getLong(1))
        .result("groups", check.groups());
  }
}
