package org.sparkvit.pipeline.split;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.not;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.FoldsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.pipeline.split.SplitConfig.Existing;
import org.sparkvit.stats.metrics.Association;

/**
 * Reads {@code images}, places them by {@link Splitter}, checks the result, writes {@code splits}.
 */
public final class SplitStage {
  private final SplitConfig config;
  private final Progress progress;
  private final List<Dataset<Row>> persisted = new ArrayList<>();

  public SplitStage(SplitConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. Nothing is written unless the result passes its checks. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("split", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    if (config.existing() != Existing.EXTEND) {
      workspace.requireAbsent(SplitsTable.SPEC, config.existing() == Existing.OVERWRITE);
    }
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    CurrentLabels.require(images, "split");
    record.input("images", workspace.version(ImagesTable.SPEC));
    Optional<Dataset<Row>> earlier = Optional.empty();
    if (config.existing() == Existing.EXTEND && workspace.has(SplitsTable.SPEC)) {
      earlier = Optional.of(workspace.read(SplitsTable.SPEC));
      record.input("splits", workspace.version(SplitsTable.SPEC));
    }

    Optional<Dataset<Row>> duplicates = Optional.empty();
    if (config.keepDuplicatesTogether() && workspace.has(DuplicatesTable.SPEC)) {
      duplicates = Optional.of(workspace.read(DuplicatesTable.SPEC));
      record.input("duplicates", workspace.version(DuplicatesTable.SPEC));
    }

    String next;
    Dataset<Row> items = SplitItems.of(images, duplicates, earlier, config).persist();
    try {
      Splitter splitter = new Splitter(items, config);
      Dataset<Row> placed = splitter.place().persist();
      try {
        Map<TableSpec, Dataset<Row>> tables = new LinkedHashMap<>();
        SortedMap<String, long[]> quotas = splitter.quotas();
        Dataset<Row> splits = placed;
        if (config.folds() > 0) {
          requireOwnValidation(splitter.closed());
          splits = holdOut(placed, quotas, tables, record);
        }
        SplitCheck check = SplitCheck.check(splits, quotas, SplitsTable.NAMES);
        tables.put(
            SplitsTable.SPEC,
            splits.select(
                col(SplitsTable.ID),
                LabelSet.className(col(SplitsTable.LABEL)).as(SplitsTable.LABEL),
                col(SplitsTable.SPLIT),
                col(SplitsTable.GROUP)));
        workspace.replaceAll(tables, note(record, images, check, quotas, splitter.closed()));
        next = next(quotas);
      } finally {
        persisted.forEach(Dataset::unpersist);
        placed.unpersist();
      }
    } finally {
      items.unpersist();
    }
    progress.say(next);
  }

  private static String next(SortedMap<String, long[]> quotas) {
    boolean validated = quotas.values().stream().anyMatch(quota -> quota[1] > 0);
    boolean trains = quotas.values().stream().anyMatch(quota -> quota[0] > 0);
    return trains && validated
        ? "next: spark-vit balance, or spark-vit train"
        : "next: training needs images in train and in validation: catalog more images of each"
            + " class, or run spark-vit split --overwrite with other shares";
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
  private Dataset<Row> holdOut(
      Dataset<Row> placed,
      SortedMap<String, long[]> quotas,
      Map<TableSpec, Dataset<Row>> tables,
      RunRecord record) {
    Column test = col(SplitsTable.SPLIT).equalTo(SplitsTable.TEST);
    Folds folds = new Folds(config);
    Dataset<Row> shared = folds.place(placed.where(not(test))).persist();
    persisted.add(shared);
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
    record.result("folds", LabelCounts.classes(folds.quotas()));
    progress.say(
        String.format(
            Locale.ROOT,
            "fold %d of %d is the validation split; of %,d contents and groups that several images"
                + " share none is in two folds, and all %d quotas are met exactly",
            config.fold(),
            config.folds(),
            check.ties(),
            config.folds() * folds.quotas().size()));
    return Folds.holdOut(shared, config.fold(), placed.where(test));
  }

  /** Says and records the outcome. */
  private RunRecord note(
      RunRecord record,
      Dataset<Row> images,
      SplitCheck check,
      SortedMap<String, long[]> quotas,
      List<String> closed) {
    SplitSummary summary = new SplitSummary(LabelCounts.classes(quotas), config.shares());
    summary.lines().forEach(progress::say);
    SplitSummary labels = new SplitSummary(LabelCounts.labels(quotas), config.shares());
    if (config.labelsColumn().isPresent()) {
      progress.say("of the labels in '" + config.labelsColumn().get() + "':");
      labels.labelLines().forEach(progress::say);
      record.result("labels", labels.toMap());
    }
    if (!closed.isEmpty()) {
      progress.say("taken as the data names them: " + String.join(", ", closed));
    }
    Row left =
        images
            .agg(
                count_if(not(ImagesTable.usable())),
                count_if(ImagesTable.usable().and(not(ImagesTable.labelled()))))
            .first();
    if (left.getLong(0) + left.getLong(1) > 0) {
      progress.say(
          String.format(
              Locale.ROOT,
              "left out: %,d images that cannot be read, %,d without a label",
              left.getLong(0),
              left.getLong(1)));
    }
    if (check.groups() > 0) {
      progress.say(
          String.format(
              Locale.ROOT,
              "kept whole: %,d groups with %,d images",
              check.groups(),
              check.groupedImages()));
    }
    Association shares = check.shares();
    progress.say(
        String.format(
            Locale.ROOT,
            "certificate: of %,d contents and groups that several images share none is in two"
                + " splits; all %,d quotas are met exactly; class shares by split: chi-squared"
                + " %.3f, %d degrees of freedom, p %.3f",
            check.ties(),
            quotas.size() * SplitsTable.NAMES.size(),
            shares.chiSquared(),
            shares.degrees(),
            shares.p()));
    Map<String, Object> certificate = new LinkedHashMap<>();
    certificate.put("shared_contents_and_groups", check.ties());
    certificate.put("in_two_splits", 0);
    certificate.put("quotas_met", quotas.size() * SplitsTable.NAMES.size());
    certificate.put("chi_squared", shares.chiSquared());
    certificate.put("degrees_of_freedom", shares.degrees());
    certificate.put("p", shares.p());
    return record
        .result("certificate", certificate)
        .result("classes", summary.toMap())
        .result("images.unusable", left.getLong(0))
        .result("images.unlabelled", left.getLong(1))
        .result("groups", check.groups());
  }
}
