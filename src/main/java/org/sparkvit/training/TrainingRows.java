package org.sparkvit.training;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.DataException;
import org.sparkvit.core.Labels;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.PlanTable;
import org.sparkvit.table.SplitsTable;
import org.sparkvit.table.SyntheticTable;
import org.sparkvit.table.Workspace;

/**
 * Which images training reads, how often it shows them and with what weight: {@code images}, {@code
 * splits} and the plan joined and checked against one another.
 */
public final class TrainingRows {
  private static final String PLAN_ID = "plan_id";
  private static final String PLAN_LABEL = "plan_label";

  private final Dataset<Row> rows;
  private final Map<String, ClassCounts> counts;

  private TrainingRows(Dataset<Row> rows, Map<String, ClassCounts> counts) {
    this.rows = rows;
    this.counts = counts;
  }

  /**
   * Images of a class.
   *
   * @param train in the train split
   * @param used of these, how many the plan does not leave out, and those made of them
   * @param shown how often they are shown in an epoch, all together
   * @param validation in the validation split
   */
  record ClassCounts(long train, long used, long shown, long validation) {
    private ClassCounts plus(ClassCounts other) {
      return new ClassCounts(
          train + other.train,
          used + other.used,
          shown + other.shown,
          validation + other.validation);
    }

    private Map<String, Object> toMap() {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("train", train);
      map.put("used", used);
      map.put("shown", shown);
      map.put("validation", validation);
      return map;
    }
  }

  /**
   * Reads the tables of a workspace, and notes their versions.
   *
   * @param usePlan whether the plan counts, where there is one
   * @param useSynthetic whether the images of {@code synthetic} are shown as well
   * @throws UserException as below, or when a table is not there yet
   */
  public static TrainingRows read(
      Workspace workspace, boolean usePlan, boolean useSynthetic, RunRecord record) {
    Dataset<Row> images = workspace.read(ImagesTable.SPEC);
    Dataset<Row> splits = workspace.read(SplitsTable.SPEC);
    record
        .input("images", workspace.version(ImagesTable.SPEC))
        .input("splits", workspace.version(SplitsTable.SPEC));
    Optional<Dataset<Row>> plan = Optional.empty();
    if (usePlan && workspace.has(PlanTable.SPEC)) {
      plan = Optional.of(workspace.read(PlanTable.SPEC));
      record.input("plan", workspace.version(PlanTable.SPEC));
    }
    TrainingRows real = of(images, splits, plan);
    if (!useSynthetic) {
      return real;
    }
    Dataset<Row> synthetic = workspace.read(SyntheticTable.SPEC);
    record.input("synthetic", workspace.version(SyntheticTable.SPEC));
    return real.with(synthetic, splits);
  }

  /**
   * Adds images that were made of those of the train split; each is shown once with weight 1.
   *
   * @param synthetic rows of {@link SyntheticTable}
   * @throws UserException when a parent is not in the train split: what is made of an image of
   *     validation or test must not be learnt
   */
  TrainingRows with(Dataset<Row> synthetic, Dataset<Row> splits) {
    Dataset<Row> train =
        splits
            .where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN))
            .select(col(SplitsTable.ID).as(SyntheticTable.PARENT));
    Dataset<Row> parents =
        synthetic
            .select(col(SyntheticTable.PARENT))
            .union(synthetic.select(SyntheticTable.OTHER_PARENT))
            .distinct();
    long strangers =
        parents
            .join(
                train,
                parents.col(SyntheticTable.PARENT).equalTo(train.col(SyntheticTable.PARENT)),
                "left_anti")
            .count();
    if (strangers > 0) {
      throw new UserException(
          strangers
              + " images that those of the table 'synthetic' are made of are not in the train split"
              + " now; run 'spark-vit synthesize --overwrite' again");
    }
    Map<String, ClassCounts> sums = new TreeMap<>(counts);
    for (Row row : synthetic.groupBy(SyntheticTable.LABEL).count().collectAsList()) {
      long made = row.getLong(1);
      if (sums.computeIfPresent(
              row.getString(0), (label, real) -> real.plus(new ClassCounts(0, made, made, 0)))
          == null) {
        throw new UserException(
            "table 'synthetic' has images of a class '"
                + row.getString(0)
                + "' that the splits do not have; run 'spark-vit synthesize --overwrite' again");
      }
    }
    Dataset<Row> more =
        synthetic.select(
            col(SyntheticTable.ID).as(SplitsTable.ID),
            col(SyntheticTable.LABEL).as(SplitsTable.LABEL),
            lit(SplitsTable.TRAIN).as(SplitsTable.SPLIT),
            col(SyntheticTable.PATH).as(ImagesTable.PATH),
            lit(0L).as(ImagesTable.OFFSET),
            col(SyntheticTable.BYTES).as(ImagesTable.BYTES),
            col(SyntheticTable.SHA256).as(ImagesTable.SHA256),
            lit(1).as(PlanTable.COPIES),
            lit(1.0).as(PlanTable.WEIGHT));
    return new TrainingRows(rows.unionByName(more), sums);
  }

  /**
   * Joins and checks the tables.
   *
   * @throws UserException when a split is empty, there are fewer than two classes, or the tables do
   *     not belong together
   */
  public static TrainingRows of(
      Dataset<Row> images, Dataset<Row> splits, Optional<Dataset<Row>> plan) {
    Dataset<Row> wanted =
        splits
            .where(col(SplitsTable.SPLIT).isin(SplitsTable.TRAIN, SplitsTable.VALIDATION))
            .select(SplitsTable.ID, SplitsTable.LABEL, SplitsTable.SPLIT);
    Dataset<Row> placed =
        wanted.join(
            images.select(
                col(ImagesTable.ID),
                col(ImagesTable.PATH),
                col(ImagesTable.OFFSET),
                col(ImagesTable.BYTES),
                col(ImagesTable.SHA256)),
            scala.collection.JavaConverters.asScalaBuffer(List.of(ImagesTable.ID)).toSeq(),
            "left");
    Dataset<Row> all = plan.isPresent() ? planned(placed, plan.get()) : unplanned(placed);
    TrainingRows result =
        new TrainingRows(
            all.where(col(PlanTable.COPIES).gt(0)).drop(PLAN_ID, PLAN_LABEL), check(all));
    plan.ifPresent(table -> requireNoStrangers(wanted, table));
    result.requireTrainable();
    return result;
  }

  private static Dataset<Row> unplanned(Dataset<Row> placed) {
    return placed
        .withColumn(PLAN_ID, col(SplitsTable.ID))
        .withColumn(PLAN_LABEL, col(SplitsTable.LABEL))
        .withColumn(PlanTable.COPIES, lit(1))
        .withColumn(PlanTable.WEIGHT, lit(1.0));
  }

  private static Dataset<Row> planned(Dataset<Row> placed, Dataset<Row> plan) {
    Dataset<Row> entries =
        plan.select(
            col(PlanTable.ID).as(PLAN_ID),
            col(PlanTable.LABEL).as(PLAN_LABEL),
            col(PlanTable.COPIES),
            col(PlanTable.WEIGHT));
    Column mine =
        col(SplitsTable.ID)
            .equalTo(col(PLAN_ID))
            .and(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));
    return placed
        .join(entries, mine, "left")
        .withColumn(PlanTable.COPIES, coalesce(col(PlanTable.COPIES), lit(1)))
        .withColumn(PlanTable.WEIGHT, coalesce(col(PlanTable.WEIGHT), lit(1.0)));
  }

  /** Counts per class, and the checks that one pass over the rows can make. */
  private static Map<String, ClassCounts> check(Dataset<Row> all) {
    Column train = col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN);
    List<Row> groups =
        all.groupBy(SplitsTable.LABEL, SplitsTable.SPLIT)
            .agg(
                count(lit(1)).as("images"),
                count_if(col(PlanTable.COPIES).gt(0)).as("used"),
                sum(PlanTable.COPIES).as("shown"),
                count_if(col(ImagesTable.PATH).isNull()).as("missing"),
                count_if(train.and(col(PLAN_ID).isNull())).as("unplanned"),
                count_if(train.and(not(col(PLAN_LABEL).equalTo(col(SplitsTable.LABEL)))))
                    .as("relabelled"),
                min(PlanTable.COPIES).as("copies"),
                count_if(not(usableWeight())).as("weights"))
            .collectAsList();
    Map<String, ClassCounts> counts = new TreeMap<>();
    for (Row group : groups) {
      checkGroup(group);
      long images = group.getLong(2);
      counts.merge(
          group.getString(0),
          group.getString(1).equals(SplitsTable.TRAIN)
              ? new ClassCounts(images, group.getLong(3), group.getLong(4), 0)
              : new ClassCounts(0, 0, 0, images),
          ClassCounts::plus);
    }
    return counts;
  }

  private static Column usableWeight() {
    // Weights become floats; NaN is above every number in Spark's order.
    return col(PlanTable.WEIGHT).gt(0).and(col(PlanTable.WEIGHT).lt((double) Float.MAX_VALUE));
  }

  private static void checkGroup(Row group) {
    String label = group.getString(0);
    long missing = group.<Long>getAs("missing");
    if (missing > 0) {
      throw new UserException(
          missing
              + " images of class '"
              + label
              + "' are in the table 'splits' but not in 'images'; run 'spark-vit split' again");
    }
    requireFreshPlan(
        group.<Long>getAs("unplanned"),
        "train images of class '" + label + "' lack an entry in it");
    requireFreshPlan(
        group.<Long>getAs("relabelled"), "images have another label there than '" + label + "'");
    if (group.<Integer>getAs("copies") < 0) {
      throw new DataException(PlanTable.SPEC.name(), PlanTable.COPIES, "has negative numbers");
    }
    if (group.<Long>getAs("weights") > 0) {
      throw new DataException(
          PlanTable.SPEC.name(),
          PlanTable.WEIGHT,
          "has values that are no numbers above 0, in class '" + label + "'");
    }
  }

  private static void requireNoStrangers(Dataset<Row> wanted, Dataset<Row> plan) {
    Dataset<Row> train = wanted.where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));
    Column same = plan.col(PlanTable.ID).equalTo(train.col(SplitsTable.ID));
    requireFreshPlan(
        plan.join(train, same, "left_anti").count(), "of its images are not in the train split");
  }

  private static void requireFreshPlan(long count, String what) {
    if (count > 0) {
      throw new UserException(
          "the table 'plan' does not belong to these splits: "
              + count
              + " "
              + what
              + "; run 'spark-vit balance --overwrite' again, or pass --no-plan");
    }
  }

  private void requireTrainable() {
    ClassCounts total =
        counts.values().stream().reduce(new ClassCounts(0, 0, 0, 0), ClassCounts::plus);
    if (total.train() == 0) {
      throw new UserException(
          "the train split is empty; run 'spark-vit split --overwrite' with a larger --train");
    }
    if (total.validation() == 0) {
      throw new UserException(
          "the validation split is empty, and training needs it to find the best epoch; run"
              + " 'spark-vit split --overwrite' with a --validation above 0");
    }
    if (counts.size() == 1) {
      throw new UserException(
          "all images have the class '"
              + counts.keySet().iterator().next()
              + "'; training needs two classes or more");
    }
    counts.forEach(
        (label, count) -> {
          if (count.used() == 0) {
            throw new UserException(
                "class '"
                    + label
                    + "' has "
                    + count.validation()
                    + " validation images but none to train on; split again, or change the plan");
          }
          if (count.validation() == 0) {
            throw new UserException(
                "class '"
                    + label
                    + "' has "
                    + count.train()
                    + " images to train on but none in the validation split, which says how well it"
                    + " is learned; run 'spark-vit split --overwrite' with a larger --validation");
          }
        });
  }

  /**
   * The images to read, each once: id, label, split, path, offset, bytes, sha256, copies (1 or
   * more), weight.
   */
  public Dataset<Row> rows() {
    return rows;
  }

  /** The classes, in alphabetical order. */
  public Labels labels() {
    return Labels.sorted(counts.keySet());
  }

  /** Number of images to read. */
  public long images() {
    return counts.values().stream().mapToLong(count -> count.used() + count.validation()).sum();
  }

  /** Number of images in the validation split. */
  public long validationImages() {
    return counts.values().stream().mapToLong(ClassCounts::validation).sum();
  }

  /** Images shown in an epoch. */
  public long showings() {
    return counts.values().stream().mapToLong(ClassCounts::shown).sum();
  }

  /**
   * Checks that there is at least one batch.
   *
   * @throws UserException when there are fewer images
   */
  public void requireFills(Recipe recipe) {
    if (recipe.imagesPerStep() > showings()) {
      throw new UserException(
          "a step takes "
              + recipe.imagesPerStep()
              + " images (--batch-size times --accumulate), but an epoch shows only "
              + showings()
              + "; use fewer");
    }
  }

  /** Index of the class with the fewest images to train on; the first of several. */
  public int rarestClass() {
    List<Long> used = labels().names().stream().map(label -> counts.get(label).used()).toList();
    return used.indexOf(Collections.min(used));
  }

  /** Counts by class, for the training record. */
  public Map<String, Object> countsToMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    counts.forEach((label, count) -> map.put(label, count.toMap()));
    return map;
  }

  /** One line for people. */
  public String describe() {
    StringBuilder line = new StringBuilder();
    counts.forEach(
        (label, count) ->
            line.append(line.length() == 0 ? "" : ", ")
                .append(
                    String.format(
                        Locale.ROOT,
                        "%s %,d train (shown %,d) + %,d validation",
                        label,
                        count.train(),
                        count.shown(),
                        count.validation())));
    return line.toString();
  }
}
