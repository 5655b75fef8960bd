package org.sparkvit.pipeline.balance;

import static org.apache.spark.sql.functions.col;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.schema.BalanceTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.TableSpec;
import org.sparkvit.pipeline.stage.Group;
import org.sparkvit.pipeline.stage.Stage;
import org.sparkvit.pipeline.stage.StageContext;
import org.sparkvit.pipeline.stage.StageDescription;
import org.sparkvit.training.recipe.BalancePolicy;
import org.sparkvit.training.recipe.ClassPlan;

/**
 * Reads {@code images} and {@code splits}, plans the train images by the labels that they have now,
 * writes {@code plan} and {@code balance}.
 */
@StageDescription(
    name = "balance",
    group = Group.PREPARE,
    help = {
      "Reports how even the classes of the train split are, and plans how often and with what"
          + " weight training sees each image.",
      "Validation and test stay as they are. Sampling and weights can be combined: weights correct"
          + " what imbalance sampling leaves."
    })
public final class BalanceStage extends Stage<BalanceConfig> {
  /** An image that is shown so often an epoch is learnt by heart rather than learnt from. */
  private static final int MANY_COPIES = 20;

  public BalanceStage() {
    super(BalanceConfig.class);
  }

  /** The plan is written last: without it an earlier run was interrupted, and can be repeated. */
  @Override
  protected List<TableSpec> replaces(BalanceConfig config) {
    return List.of(PlanTable.SPEC);
  }

  @Override
  protected void run(StageContext context, BalanceConfig config) {
    Dataset<Row> images = context.labels();
    CurrentLabels.require(images, "balance");
    CurrentSplits current = CurrentSplits.of(images, context.read(SplitsTable.SPEC));
    current.count().line().ifPresent(line -> context.say("warning: " + line));
    Dataset<Row> train = current.rows().where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));

    BalancePolicy policy = config.policy();
    SortedMap<String, ClassPlan> classes = policy.classes(train);
    BalanceSummary summary = new BalanceSummary(classes);
    context.record().result("balance", summary.toMap());
    context.publish(BalanceTable.SPEC, report(context.spark(), classes));
    context.publish(PlanTable.SPEC, policy.plan(train, classes));
    summary.lines().forEach(context.progress()::say);
    sayRepeated(context, classes);
    if (policy.sampling() != BalancePolicy.Sampling.NONE
        || policy.weights() != BalancePolicy.Weights.NONE) {
      context.say(
          "a model trained on this plan overstates the rare classes' probabilities: choose"
              + " thresholds, and calibrate, on the validation split as it is");
    }
    context.next("train");
  }

  /** A class of few images that is shown as often as a large one is the same images over again. */
  private static void sayRepeated(StageContext context, SortedMap<String, ClassPlan> classes) {
    List<Map.Entry<String, ClassPlan>> often =
        classes.entrySet().stream()
            .filter(entry -> entry.getValue().copies() >= MANY_COPIES)
            .sorted((a, b) -> Integer.compare(b.getValue().copies(), a.getValue().copies()))
            .toList();
    if (often.isEmpty()) {
      return;
    }
    Map.Entry<String, ClassPlan> most = often.get(0);
    context.say(
        "warning: of %,d classes each image is shown %d times an epoch or more, of '%s' %,d"
            + " times (%,d images): a model learns such images by heart; use a smaller --ratio,"
            + " 'spark-vit synthesize', or more images",
        often.size(),
        MANY_COPIES,
        most.getKey(),
        most.getValue().copies(),
        most.getValue().before());
  }

  private static Dataset<Row> report(SparkSession spark, SortedMap<String, ClassPlan> classes) {
    List<Row> rows = new ArrayList<>();
    classes.forEach(
        (label, c) -> rows.add(RowFactory.create(label, c.before(), c.after(), c.weighted())));
    return spark.createDataFrame(rows, BalanceTable.SPEC.schema());
  }
}
