package org.sparkvit.balance;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.balance.BalanceConfig.Sampling;
import org.sparkvit.balance.BalanceConfig.Weights;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.table.BalanceTable;
import org.sparkvit.table.PlanTable;
import org.sparkvit.table.SplitsTable;
import org.sparkvit.table.StableRank;
import org.sparkvit.table.Workspace;

/** Reads {@code splits}, plans its train images, writes {@code plan} and {@code balance}. */
public final class BalanceStage {
  private final BalanceConfig config;
  private final Progress progress;

  public BalanceStage(BalanceConfig config, Progress progress) {
    this.config = config;
    this.progress = progress;
  }

  /** Runs the stage. */
  public void run(SparkSession spark) {
    RunRecord record = RunRecord.start("balance", config.toMap());
    Workspace workspace = Workspace.at(spark, config.workspace());
    // Written last: without it an earlier run was interrupted, and this one may finish the work.
    workspace.requireAbsent(PlanTable.SPEC, config.overwrite());
    Dataset<Row> splits = workspace.read(SplitsTable.SPEC);
    record.input("splits", workspace.version(SplitsTable.SPEC));

    SortedMap<String, ClassPlan> classes = classes(splits, config);
    BalanceSummary summary = new BalanceSummary(classes);
    record.result("balance", summary.toMap());
    workspace.replace(BalanceTable.SPEC, report(spark, classes), record);
    workspace.replace(PlanTable.SPEC, plan(splits, classes, config.seed()), record);
    summary.lines().forEach(progress::say);
    if (config.sampling() != Sampling.NONE || config.weights() != Weights.NONE) {
      progress.say(
          "a model trained on this plan overstates the rare classes' probabilities:"
              + " choose thresholds, and calibrate, on the validation split as it is");
    }
    progress.say("next: spark-vit train");
  }

  /**
   * The whole of it as one function.
   *
   * @param splits rows of the table {@code splits}
   * @return rows of the table {@code plan}: one for each train image
   */
  static Dataset<Row> plan(Dataset<Row> splits, BalanceConfig config) {
    return plan(splits, classes(splits, config), config.seed());
  }

  /** What becomes of each class of the train split. */
  static SortedMap<String, ClassPlan> classes(Dataset<Row> splits, BalanceConfig config) {
    SortedMap<String, Long> sizes = new TreeMap<>();
    for (Row row : train(splits).groupBy(SplitsTable.LABEL).count().collectAsList()) {
      sizes.put(row.getString(0), row.getLong(1));
    }
    if (sizes.size() < 2) {
      String found =
          sizes.isEmpty() ? "has no image" : "has images of the class " + sizes.keySet() + " only";
      throw new UserException(
          "the train split "
              + found
              + "; it needs two classes or more: run 'spark-vit split --overwrite' with a larger"
              + " --train, or catalog more images");
    }
    return ClassPlan.of(sizes, config);
  }

  private static Dataset<Row> plan(
      Dataset<Row> splits, SortedMap<String, ClassPlan> classes, long seed) {
    StructType schema =
        new StructType()
            .add(SplitsTable.LABEL, DataTypes.StringType, false)
            .add("class_copies", DataTypes.IntegerType, false)
            .add("class_extra", DataTypes.LongType, false)
            .add(PlanTable.WEIGHT, DataTypes.DoubleType, false);
    List<Row> rows = new ArrayList<>();
    classes.forEach(
        (label, c) -> rows.add(RowFactory.create(label, c.copies(), c.extra(), c.weight())));
    Dataset<Row> perClass = splits.sparkSession().createDataFrame(rows, schema);
    return StableRank.withinLabel(train(splits), SplitsTable.ID, SplitsTable.LABEL, seed, "balance")
        .join(broadcast(perClass), SplitsTable.LABEL)
        .select(
            col(SplitsTable.ID).as(PlanTable.ID),
            col(SplitsTable.LABEL).as(PlanTable.LABEL),
            col("class_copies")
                .plus(when(col(StableRank.RANK).leq(col("class_extra")), lit(1)).otherwise(lit(0)))
                .as(PlanTable.COPIES),
            col(PlanTable.WEIGHT));
  }

  private static Dataset<Row> report(SparkSession spark, SortedMap<String, ClassPlan> classes) {
    List<Row> rows = new ArrayList<>();
    classes.forEach(
        (label, c) -> rows.add(RowFactory.create(label, c.before(), c.after(), c.weighted())));
    return spark.createDataFrame(rows, BalanceTable.SPEC.schema());
  }

  private static Dataset<Row> train(Dataset<Row> splits) {
    return splits
        .filter(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN))
        .select(SplitsTable.ID, SplitsTable.LABEL);
  }
}
