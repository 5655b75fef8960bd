package org.sparkvit.pipeline.balance;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.schema.BalanceTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.training.recipe.BalancePolicy;
import org.sparkvit.training.recipe.ClassPlan;

/**
 * Reads {@code images} and {@code splits}, plans the train images by the labels that they have now,
 * writes {@code plan} and {@code balance}.
 */
public final class BalanceStage {
  /** An image that is shown so often an epoch is learnt by heart rather than learnt from. */
  private static final int MANY_COPIES = 20;

  private final BalanceConfig config;
  private final Progress progress;

  public BalanceStage(BalanceConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("balance", config.toMap());
    Workspace workspace = Workspace.forStage(spark, config.workspace());
    // Written last: without it an earlier run was interrupted, and this one may finish the work.
    workspace.requireAbsent(PlanTable.SPEC, config.overwrite());
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    CurrentLabels.require(images, "balance");
    Dataset<Row> splits = workspace.read(SplitsTable.SPEC);
    record
        .input("images", workspace.version(ImagesTable.SPEC))
        .input("splits", workspace.version(SplitsTable.SPEC));
    CurrentSplits current = CurrentSplits.of(images, splits);
    current.count().line().ifPresent(line -> progress.say("balance: warning: " + line));
    Dataset<Row> train = current.rows().where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));

    BalancePolicy policy = config.policy();
    SortedMap<String, ClassPlan> classes = policy.classes(train);
    BalanceSummary summary = new BalanceSummary(classes);
    record.result("balance", summary.toMap());
    workspace.replace(BalanceTable.SPEC, report(spark, classes), record);
    workspace.replace(PlanTable.SPEC, policy.plan(train, classes), record);
    summary.lines().forEach(progress::say);
    sayRepeated(classes);
    if (policy.sampling() != BalancePolicy.Sampling.NONE
        || policy.weights() != BalancePolicy.Weights.NONE) {
      progress.say(
          "a model trained on this plan overstates the rare classes' probabilities:"
              + " choose thresholds, and calibrate, on the validation split as it is");
    }
    progress.say("next: spark-vit train");
  }

  /** A class of few images that is shown as often as a large one is the same images over again. */
  private void sayRepeated(SortedMap<String, ClassPlan> classes) {
    List<Map.Entry<String, ClassPlan>> often =
        classes.entrySet().stream()
            .filter(entry -> entry.getValue().copies() >= MANY_COPIES)
            .sorted((a, b) -> Integer.compare(b.getValue().copies(), a.getValue().copies()))
            .toList();
    if (often.isEmpty()) {
      return;
    }
    Map.Entry<String, ClassPlan> most = often.get(0);
    progress.say(
        String.format(
            Locale.ROOT,
            "warning: of %,d classes each image is shown %d times an epoch or more, of '%s' %,d"
                + " times (%,d images): a model learns such images by heart; use a smaller --ratio,"
                + " 'spark-vit synthesize', or more images",
            often.size(),
            MANY_COPIES,
            most.getKey(),
            most.getValue().copies(),
            most.getValue().before()));
  }

  private static Dataset<Row> report(SparkSession spark, SortedMap<String, ClassPlan> classes) {
    List<Row> rows = new ArrayList<>();
    classes.forEach(
        (label, c) -> rows.add(RowFactory.create(label, c.before(), c.after(), c.weighted())));
    return spark.createDataFrame(rows, BalanceTable.SPEC.schema());
  }
}
