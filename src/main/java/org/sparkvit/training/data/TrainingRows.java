package org.sparkvit.training.data;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.sparkvit.core.DataException;
import org.sparkvit.core.Labels;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.query.CurrentSplits;
import org.sparkvit.dataset.query.TrainedLabels;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.schema.SyntheticTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.training.recipe.BalancePolicy;
import org.sparkvit.training.recipe.RareClasses;
import org.sparkvit.training.recipe.Recipe;

/**
 * The images that training reads, how often it shows them and with what weight. It joins {@code
 * images}, {@code splits} and the plan and checks them against one another. Labels are those that
 * the catalog has now. Rows that were made from other labels are updated where possible; otherwise
 * they are left out and counted.
 */
public final class TrainingRows {
  private static final String PLAN_ID = "plan_id";
  private static final String PLAN_LABEL = "plan_label";

  /** The number of classes that lines for people show. The tables have all of them. */
  private static final int SHOWN = 20;

  private final Dataset<Row> rows;
  private final SortedMap<String, ClassCounts> counts;
  private final List<String> notes;
  private final String labelHash;

  private TrainingRows(
      Dataset<Row> rows,
      SortedMap<String, ClassCounts> counts,
      List<String> notes,
      String labelHash) {
    this.rows = rows;
    this.counts = counts;
    this.notes = List.copyOf(notes);
    this.labelHash = labelHash;
  }

  /**
   * The counts of a class.
   *
   * @param train the images in the train split
   * @param used the images of the train split that the plan does not leave out, and the synthetic
   *     ones
   * @param shown the samples of an epoch, all images together
   * @param validation the images in the validation split
   */
  record ClassCounts(long train, long used, long shown, long validation) {
    private static final ClassCounts NONE = new ClassCounts(0, 0, 0, 0);

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
   * A plan and the policy that it was made by.
   *
   * @param rows the rows of {@link PlanTable}
   * @param policy the policy, or empty where it is not known
   */
  record Plan(Dataset<Row> rows, Optional<BalancePolicy> policy) {}

  /**
   * Joins images with the other tables of a workspace. The record gets the differences between
   * them.
   *
   * @param images the images with the labels that they have now, with the columns of {@link
   *     ImagesTable}
   * @param usePlan whether the plan is used where there is one
   * @param useSynthetic whether the images of {@code synthetic} are shown as well
   * @param rare the treatment of rare classes
   * @param record the record of the run, which gets the notes and the hash of the labels
   * @throws UserException as {@link #collect} and {@link #with} do, or when a table does not exist
   *     yet
   */
  public static TrainingRows read(
      Workspace workspace,
      Dataset<Row> images,
      boolean usePlan,
      boolean useSynthetic,
      RareClasses rare,
      RunRecord record) {
    CurrentLabels.require(images, "train on");
    Dataset<Row> splits = workspace.read(SplitsTable.SPEC);
    Optional<Plan> plan = Optional.empty();
    if (usePlan && workspace.has(PlanTable.SPEC)) {
      plan =
          Optional.of(
              new Plan(
                  workspace.read(PlanTable.SPEC),
                  BalancePolicy.read(workspace.record(PlanTable.SPEC))));
    }
    TrainingRows rows = collect(images, splits, plan, rare);
    if (useSynthetic) {
      Dataset<Row> synthetic = workspace.read(SyntheticTable.SPEC);
      rows = rows.with(synthetic, splits);
    }
    record.result("notes", rows.notes).result(TrainedLabels.HASH, rows.labelHash);
    return rows;
  }

  /**
   * Adds images that were synthesized from images of the train split. Each is shown once with
   * weight 1. Images whose parents have another class now, or are no longer trained on, are left
   * out and counted.
   *
   * @param synthetic the rows of {@link SyntheticTable}
   * @param splits the rows of {@link org.sparkvit.dataset.schema.SplitsTable}
   * @throws UserException when a parent is not in the train split: a model must not learn from what
   *     was made of a validation or test image
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
              + " parents of images of the table 'synthetic' are not in the train split now;"
              + " run 'spark-vit synthesize --overwrite' again");
    }
    Dataset<Row> kept = ofTheseClasses(synthetic);
    SortedMap<String, ClassCounts> sums = new TreeMap<>(counts);
    long used = 0;
    for (Row row : kept.groupBy(SyntheticTable.LABEL).count().collectAsList()) {
      long made = row.getLong(1);
      used += made;
      sums.merge(row.getString(0), new ClassCounts(0, made, made, 0), ClassCounts::plus);
    }
    List<String> said = new ArrayList<>(notes);
    long stale = synthetic.count() - used;
    if (stale > 0) {
      said.add(
          String.format(
              Locale.ROOT,
              "%,d of %,d synthetic images are left out, as the images that they are made of have"
                  + " another class now or are not trained on; 'spark-vit synthesize --overwrite'"
                  + " makes them anew",
              stale,
              stale + used));
    }
    Dataset<Row> more =
        kept.select(
            col(SyntheticTable.ID).as(SplitsTable.ID),
            col(SyntheticTable.LABEL).as(SplitsTable.LABEL),
            lit(SplitsTable.TRAIN).as(SplitsTable.SPLIT),
            col(SyntheticTable.PATH).as(ImagesTable.PATH),
            lit(0L).as(ImagesTable.OFFSET),
            col(SyntheticTable.BYTES).as(ImagesTable.BYTES),
            col(SyntheticTable.SHA256).as(ImagesTable.SHA256),
            lit(1).as(PlanTable.COPIES),
            lit(1.0).as(PlanTable.WEIGHT));
    return new TrainingRows(rows.unionByName(more), sums, said, labelHash);
  }

  /**
   * Returns the synthetic images whose parents still have the class that the synthetic images were
   * given.
   */
  private Dataset<Row> ofTheseClasses(Dataset<Row> synthetic) {
    Dataset<Row> labels = trainLabels();
    Column first =
        col(SyntheticTable.PARENT)
            .equalTo(col("first_id"))
            .and(col(SyntheticTable.LABEL).equalTo(col("first_label")));
    Column second =
        col(SyntheticTable.OTHER_PARENT)
            .equalTo(col("second_id"))
            .and(col(SyntheticTable.LABEL).equalTo(col("second_label")));
    Dataset<Row> ofParent =
        synthetic.join(labels.toDF("first_id", "first_label"), first, "left_semi");
    // A method that takes only the look of the second image may take it from any class.
    Column look = col(SyntheticTable.METHOD).equalTo(SyntheticTable.FOURIER);
    return ofParent
        .where(look)
        .union(
            ofParent
                .where(not(look))
                .join(labels.toDF("second_id", "second_label"), second, "left_semi"));
  }

  /** Returns {@code id} and {@code label} of the images of the train split that are trained on. */
  public Dataset<Row> trainLabels() {
    return rows.where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN))
        .select(SplitsTable.ID, SplitsTable.LABEL);
  }

  /**
   * Joins and checks the tables.
   *
   * @param plan the plan, which is made again by its policy where it was made from other labels or
   *     splits
   * @param rare the treatment of rare classes
   * @throws UserException when a split is empty, there are fewer than two classes, or the tables do
   *     not belong together
   */
  static TrainingRows collect(
      Dataset<Row> images, Dataset<Row> splits, Optional<Plan> plan, RareClasses rare) {
    List<String> notes = new ArrayList<>();
    CurrentSplits current = CurrentSplits.of(images, splits);
    CurrentSplits.Changes changes = current.count();
    changes.line().ifPresent(notes::add);
    Dataset<Row> wanted =
        current
            .rows()
            .where(col(SplitsTable.SPLIT).isin(SplitsTable.TRAIN, SplitsTable.VALIDATION))
            .select(SplitsTable.ID, SplitsTable.LABEL, SplitsTable.SPLIT);
    SortedMap<String, ClassCounts> sizes = sizes(wanted);
    requireSplits(sizes, changes);
    SortedMap<String, ClassCounts> learnt = learnt(sizes, rare, notes);
    if (learnt.size() < sizes.size()) {
      wanted = of(wanted, learnt.keySet());
    }
    Dataset<Row> placed =
        wanted.join(
            images.select(
                col(ImagesTable.ID),
                col(ImagesTable.PATH),
                col(ImagesTable.OFFSET),
                col(ImagesTable.BYTES),
                col(ImagesTable.SHA256)),
            new String[] {ImagesTable.ID},
            "inner");
    Dataset<Row> all = plan.map(p -> planned(placed, p.rows())).orElse(unplanned(placed));
    List<Row> groups = groups(all);
    if (plan.isPresent()) {
      Optional<String> stale = stale(groups, wanted, plan.get().rows());
      if (stale.isPresent()) {
        BalancePolicy policy =
            plan.get()
                .policy()
                .orElseThrow(
                    () ->
                        new UserException(
                            "the table 'plan' does not belong to these splits and labels: "
                                + stale.get()
                                + "; run 'spark-vit balance --overwrite' again, or pass"
                                + " --no-plan"));
        notes.add(
            "the table 'plan' was made from other splits or labels ("
                + stale.get()
                + "); it is computed again from the present ones with the same options, "
                + Options.values(policy)
                + "; 'spark-vit balance --overwrite' shows it");
        Dataset<Row> train = wanted.where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));
        all = planned(placed, policy.plan(train, policy.classes(train)));
        groups = groups(all);
      }
    }
    SortedMap<String, ClassCounts> counts = counts(groups);
    TrainingRows result =
        new TrainingRows(
            all.where(col(PlanTable.COPIES).gt(0)).drop(PLAN_ID, PLAN_LABEL),
            counts,
            notes,
            labelHash(groups));
    result.requireShown();
    return result;
  }

  private static SortedMap<String, ClassCounts> sizes(Dataset<Row> wanted) {
    SortedMap<String, ClassCounts> sizes = new TreeMap<>();
    for (Row row :
        wanted.groupBy(SplitsTable.LABEL, SplitsTable.SPLIT).agg(count(lit(1))).collectAsList()) {
      long images = row.getLong(2);
      sizes.merge(
          row.getString(0),
          row.getString(1).equals(SplitsTable.TRAIN)
              ? new ClassCounts(images, images, images, 0)
              : new ClassCounts(0, 0, 0, images),
          ClassCounts::plus);
    }
    return sizes;
  }

  private static void requireSplits(
      SortedMap<String, ClassCounts> sizes, CurrentSplits.Changes changes) {
    ClassCounts total = sizes.values().stream().reduce(ClassCounts.NONE, ClassCounts::plus);
    if (total.train() + total.validation() == 0 && changes.placed() > 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "none of the %,d images in the splits has a label in the catalog now; run"
                  + " 'spark-vit split --overwrite' again",
              changes.placed()));
    }
    if (total.train() == 0) {
      throw new UserException(
          "the train split is empty; run 'spark-vit split --overwrite' with a larger --train");
    }
    if (total.validation() == 0) {
      long largest = sizes.values().stream().mapToLong(ClassCounts::train).max().orElseThrow();
      throw new UserException(
          "the validation split is empty, and training needs it to find the best epoch; "
              + (largest == 1
                  ? "every class has one image only, which is needed to train on: catalog more"
                      + " images of each class, or a validation set, and run 'spark-vit split"
                      + " --overwrite'"
                  : "run 'spark-vit split --overwrite' with a --validation above 0"));
    }
  }

  /** Returns the classes that this training learns, as the policy for rare classes says. */
  private static SortedMap<String, ClassCounts> learnt(
      SortedMap<String, ClassCounts> sizes, RareClasses policy, List<String> notes) {
    SortedMap<String, ClassCounts> rare = new TreeMap<>(sizes);
    rare.values().removeIf(size -> !policy.isRare(size.train(), size.validation()));
    SortedMap<String, ClassCounts> learnt = new TreeMap<>(sizes);
    learnt.values().removeIf(size -> policy.leavesOut(size.train(), size.validation()));
    if (policy.rare() == RareClasses.Rare.ERROR && !rare.isEmpty()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%,d classes are rare: %s; --rare keep learns those that have an image to train on,"
                  + " --rare drop leaves them out, or catalog more images of them",
              rare.size(),
              shown(rare)));
    }
    SortedMap<String, ClassCounts> leftOut = new TreeMap<>(rare);
    leftOut.keySet().removeAll(learnt.keySet());
    if (!leftOut.isEmpty()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%,d rare classes with %,d images are left out, and the model will not know them: %s",
              leftOut.size(),
              leftOut.values().stream().mapToLong(size -> size.train() + size.validation()).sum(),
              shown(leftOut)));
    }
    rare.keySet().retainAll(learnt.keySet());
    if (!rare.isEmpty()) {
      notes.add(
          String.format(
              Locale.ROOT,
              "%,d classes are learnt without an image in the validation split, so that split has"
                  + " no metrics of them, and means over classes leave them out: %s; --rare drop"
                  + " leaves them out",
              rare.size(),
              shown(rare)));
    }
    if (learnt.size() == 1 && sizes.size() == 1) {
      throw new UserException(
          "all images have the class '"
              + learnt.firstKey()
              + "'; training needs two classes or more");
    }
    if (learnt.size() < 2) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "of %,d classes only %s can be learnt, and training needs two or more; left out are"
                  + " %s",
              sizes.size(),
              learnt.isEmpty() ? "none" : "'" + learnt.firstKey() + "'",
              shown(leftOut)));
    }
    if (learnt.values().stream().allMatch(size -> size.validation() == 0)) {
      throw new UserException(
          "none of the classes that can be learnt has an image in the validation split, which"
              + " training needs to find the best epoch; run 'spark-vit split --overwrite' with a"
              + " larger --validation, or catalog more images");
    }
    return learnt;
  }

  private static String shown(SortedMap<String, ClassCounts> classes) {
    String first =
        classes.entrySet().stream()
            .limit(SHOWN)
            .map(
                entry ->
                    String.format(
                        Locale.ROOT,
                        "%s (%,d train, %,d validation)",
                        entry.getKey(),
                        entry.getValue().train(),
                        entry.getValue().validation()))
            .collect(Collectors.joining(", "));
    return classes.size() <= SHOWN
        ? first
        : String.format(Locale.ROOT, "%s and %,d more", first, classes.size() - SHOWN);
  }

  /** Returns the rows of some classes, of which there may be thousands. */
  private static Dataset<Row> of(Dataset<Row> rows, Set<String> classes) {
    Dataset<Row> known =
        rows.sparkSession()
            .createDataset(List.copyOf(classes), Encoders.STRING())
            .toDF(SplitsTable.LABEL);
    return rows.join(broadcast(known), new String[] {SplitsTable.LABEL}, "left_semi")
        .select(SplitsTable.ID, SplitsTable.LABEL, SplitsTable.SPLIT);
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

  /** Returns all counts that one pass over the rows can give, by class and split. */
  private static List<Row> groups(Dataset<Row> all) {
    Column train = col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN);
    return all.groupBy(SplitsTable.LABEL, SplitsTable.SPLIT)
        .agg(
            count(lit(1)).as("images"),
            count_if(col(PlanTable.COPIES).gt(0)).as("used"),
            sum(PlanTable.COPIES).as("shown"),
            count_if(train.and(col(PLAN_ID).isNull())).as("unplanned"),
            count_if(train.and(not(col(PLAN_LABEL).equalTo(col(SplitsTable.LABEL)))))
                .as("relabelled"),
            min(PlanTable.COPIES).as("copies"),
            count_if(not(usableWeight())).as("weights"),
            TrainedLabels.hash().as("hash"))
        .collectAsList();
  }

  private static Column usableWeight() {
    // Weights become floats. NaN is above every number in Spark's order.
    return col(PlanTable.WEIGHT).gt(0).and(col(PlanTable.WEIGHT).lt((double) Float.MAX_VALUE));
  }

  /**
   * Returns the reason why a plan does not belong to these labels and splits, or empty where it
   * does.
   */
  private static Optional<String> stale(List<Row> groups, Dataset<Row> wanted, Dataset<Row> plan) {
    Dataset<Row> train = wanted.where(col(SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN));
    Column same = plan.col(PlanTable.ID).equalTo(train.col(SplitsTable.ID));
    Map<String, Long> reasons = new LinkedHashMap<>();
    reasons.put("train images have another label there", total(groups, "relabelled"));
    reasons.put("train images lack an entry in it", total(groups, "unplanned"));
    reasons.put(
        "of its images are not trained on now", plan.join(train, same, "left_anti").count());
    String why =
        reasons.entrySet().stream()
            .filter(entry -> entry.getValue() > 0)
            .map(entry -> String.format(Locale.ROOT, "%,d %s", entry.getValue(), entry.getKey()))
            .collect(Collectors.joining(", "));
    return why.isEmpty() ? Optional.empty() : Optional.of(why);
  }

  private static long total(List<Row> groups, String column) {
    return groups.stream().mapToLong(group -> group.<Long>getAs(column)).sum();
  }

  /**
   * Returns the hash of the labels of all images in the train split, whatever the plan does with
   * them.
   */
  private static String labelHash(List<Row> groups) {
    long hash = 0;
    long images = 0;
    for (Row group : groups) {
      if (group.getString(1).equals(SplitsTable.TRAIN)) {
        hash ^= group.<Long>getAs("hash");
        images += group.getLong(2);
      }
    }
    return TrainedLabels.text(hash, images);
  }

  private static SortedMap<String, ClassCounts> counts(List<Row> groups) {
    SortedMap<String, ClassCounts> counts = new TreeMap<>();
    for (Row group : groups) {
      String label = group.getString(0);
      if (group.<Integer>getAs("copies") < 0) {
        throw new DataException(PlanTable.SPEC.name(), PlanTable.COPIES, "has negative numbers");
      }
      if (group.<Long>getAs("weights") > 0) {
        throw new DataException(
            PlanTable.SPEC.name(),
            PlanTable.WEIGHT,
            "has values that are no numbers above 0, in class '" + label + "'");
      }
      long images = group.getLong(2);
      counts.merge(
          label,
          group.getString(1).equals(SplitsTable.TRAIN)
              ? new ClassCounts(images, group.getLong(3), group.getLong(4), 0)
              : new ClassCounts(0, 0, 0, images),
          ClassCounts::plus);
    }
    return counts;
  }

  private void requireShown() {
    counts.forEach(
        (label, count) -> {
          if (count.used() == 0) {
            throw new UserException(
                "class '"
                    + label
                    + "' has "
                    + count.train()
                    + " images to train on, but the table 'plan' shows none of them; run"
                    + " 'spark-vit balance --overwrite' again, or pass --no-plan");
          }
        });
  }

  /** Returns notes for people on how the tables fit together, one line each. */
  public List<String> notes() {
    return notes;
  }

  /**
   * Returns the images to read, each once, with the columns id, label, split, path, offset, bytes,
   * sha256, copies (1 or more) and weight.
   */
  public Dataset<Row> rows() {
    return rows;
  }

  /** Returns the classes in alphabetical order. */
  public Labels labels() {
    return Labels.sorted(counts.keySet());
  }

  /** Returns the number of images to read. */
  public long images() {
    return counts.values().stream().mapToLong(count -> count.used() + count.validation()).sum();
  }

  /** Returns the number of images in the validation split. */
  public long validationImages() {
    return counts.values().stream().mapToLong(ClassCounts::validation).sum();
  }

  /** Returns the number of samples of an epoch. */
  public long samplesPerEpoch() {
    return counts.values().stream().mapToLong(ClassCounts::shown).sum();
  }

  /**
   * Checks that the samples of an epoch fill at least one batch.
   *
   * @throws UserException when they do not
   */
  public void requireFills(Recipe recipe) {
    if (recipe.imagesPerStep() > samplesPerEpoch()) {
      throw new UserException(
          "a step takes "
              + recipe.imagesPerStep()
              + " images (--batch-size times --accumulate), but an epoch shows only "
              + samplesPerEpoch()
              + "; use fewer");
    }
  }

  /**
   * Returns the index of the class with the fewest images to train on, among the classes that have
   * images in the validation split. Of several it is the first.
   */
  public int rarestClass() {
    List<Long> used =
        counts.values().stream()
            .map(count -> count.validation() > 0 ? count.used() : Long.MAX_VALUE)
            .toList();
    return used.indexOf(Collections.min(used));
  }

  /** Returns the counts by class, for the training record. */
  public Map<String, Object> countsToMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    counts.forEach((label, count) -> map.put(label, count.toMap()));
    return map;
  }

  /** Returns a line for people that describes the data. */
  public String describe() {
    String first =
        counts.entrySet().stream()
            .limit(SHOWN)
            .map(
                entry ->
                    String.format(
                        Locale.ROOT,
                        "%s %,d train (shown %,d) + %,d validation",
                        entry.getKey(),
                        entry.getValue().train(),
                        entry.getValue().shown(),
                        entry.getValue().validation()))
            .collect(Collectors.joining(", "));
    if (counts.size() <= SHOWN) {
      return first;
    }
    ClassCounts total = counts.values().stream().reduce(ClassCounts.NONE, ClassCounts::plus);
    return String.format(
        Locale.ROOT,
        "%s and %,d more classes; all %,d: %,d train (shown %,d) + %,d validation",
        first,
        counts.size() - SHOWN,
        counts.size(),
        total.train(),
        total.shown(),
        total.validation());
  }
}
