package org.sparkvit.pipeline.split;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.when;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.DataException;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.StableRank;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * Decides the split of each image, in this order:
 *
 * <ol>
 *   <li>Images of the earlier table stay where they are.
 *   <li>Validation and test sets that the data names are taken as they are, and nothing is added to
 *       them but the rest of their groups.
 *   <li>A group with an image that is placed follows it. The other groups are placed as a whole by
 *       {@link GroupPlacement}.
 *   <li>All further images, also those named as training images, fill the {@link Quotas} of their
 *       class in a hashed order.
 * </ol>
 *
 * <p>So a data set with train and test folders keeps its test set, and its validation set is taken
 * from the training images. Where the data names all three, nothing is left to decide.
 */
final class Splitter {
  private static final int SPLITS = SplitsTable.NAMES.size();
  private static final String PLACED = "placed";
  private static final String IN_GROUP = "in_group";
  private static final String ALONE = "alone";

  private final SplitConfig config;
  private final Dataset<Row> items;

  /** The items with {@link #PLACED}: the split where the data leaves no choice, else null. */
  private final Dataset<Row> anchored;

  private boolean anyPlaced;
  private final boolean[] open = new boolean[SPLITS];
  private final List<BigDecimal> openShares = new ArrayList<>();
  private final SortedMap<String, long[]> quotas = new TreeMap<>();

  /**
   * Finds out what the data and an earlier table decide.
   *
   * @param items the rows of {@link SplitItems}; persisted by the caller, as they are read several
   *     times
   */
  Splitter(Dataset<Row> items, SplitConfig config) {
    this.config = config;
    this.items = items;
    findOpen();
    this.anchored = anchor();
  }

  /**
   * Returns the number of images of each class or label set in each split, in the order of {@link
   * SplitsTable#NAMES}.
   */
  SortedMap<String, long[]> quotas() {
    return quotas;
  }

  /** Returns the splits that the data names and that are therefore taken as they are. */
  List<String> closed() {
    List<String> names = new ArrayList<>();
    for (int s = 0; s < SPLITS; s++) {
      if (!open[s]) {
        names.add(SplitsTable.NAMES.get(s));
      }
    }
    return names;
  }

  /**
   * Returns the columns of {@code splits}, and the two keys of {@link SplitItems} for {@link
   * SplitCheck}.
   */
  Dataset<Row> place() {
    SortedMap<String, ClassCount> classes = census(anchored);
    requireTwo(classes);
    Dataset<Row> placed = select(anchored.filter(col(PLACED).isNotNull()), col(PLACED));

    if (classes.values().stream().anyMatch(c -> c.grouped() > 0)) {
      requireOpen();
      Dataset<Row> members =
          anchored.filter(col(PLACED).isNull().and(col(SplitItems.GROUP).isNotNull()));
      Dataset<Row> sizes =
          members.groupBy(SplitItems.GROUP, SplitItems.LABEL).agg(count(lit(1)).as("images"));
      Dataset<Row> homes =
          new GroupPlacement(classes, SplitsTable.NAMES, openShares, config.seed()).place(sizes);
      Dataset<Row> groups =
          select(
              members.join(
                  homes, members.col(SplitItems.GROUP).equalTo(homes.col(GroupPlacement.GROUP))),
              col(GroupPlacement.SPLIT));
      classes = withPlaced(classes, groups);
      placed = placed.union(groups);
    }

    if (classes.values().stream().anyMatch(c -> c.single() > 0)) {
      requireOpen();
    }
    quotas.putAll(config.quotas(classes, config.shares(), open));
    List<Row> ends = new ArrayList<>();
    classes.forEach(
        (label, c) -> {
          long[] have = c.placed();
          long[] quota = quotas.get(label);
          long trainEnd = quota[0] - have[0];
          ends.add(RowFactory.create(label, trainEnd, trainEnd + quota[1] - have[1]));
        });
    return placed.union(
        fill(anchored.filter(col(PLACED).isNull().and(col(SplitItems.GROUP).isNull())), ends));
  }

  /**
   * Distributes the single images of a class, in hashed order, over the places that the quotas
   * leave.
   */
  private Dataset<Row> fill(Dataset<Row> singles, List<Row> ends) {
    StructType schema =
        new StructType()
            .add(SplitItems.LABEL, DataTypes.StringType, false)
            .add("train_end", DataTypes.LongType, false)
            .add("validation_end", DataTypes.LongType, false);
    Dataset<Row> limits = items.sparkSession().createDataFrame(ends, schema);
    Dataset<Row> ranked =
        StableRank.withinLabel(singles, SplitItems.ID, SplitItems.LABEL, config.seed(), "split")
            .join(broadcast(limits), SplitItems.LABEL);
    return select(
        ranked,
        when(col(StableRank.RANK).leq(col("train_end")), SplitsTable.TRAIN)
            .when(col(StableRank.RANK).leq(col("validation_end")), SplitsTable.VALIDATION)
            .otherwise(SplitsTable.TEST));
  }

  private static Dataset<Row> select(Dataset<Row> rows, Column split) {
    return rows.select(
        col(SplitItems.ID).as(SplitsTable.ID),
        col(SplitItems.LABEL).as(SplitsTable.LABEL),
        split.as(SplitsTable.SPLIT),
        col(SplitItems.GROUP).as(SplitsTable.GROUP),
        col(SplitItems.GROUP_KEY),
        col(SplitItems.CONTENT_KEY));
  }

  /** Finds out which splits the data names, and whether any place is fixed at all. */
  private void findOpen() {
    // A split or null in both columns: 16 pairs at most, so more than that are no splits.
    List<Row> pairs =
        items
            .select(SplitItems.GIVEN, SplitItems.EARLIER)
            .distinct()
            .limit((SPLITS + 1) * (SPLITS + 1) + 1)
            .collectAsList();
    Set<String> given = new TreeSet<>();
    for (Row pair : pairs) {
      if (!pair.isNullAt(0) && !SplitsTable.NAMES.contains(pair.getString(0))) {
        throw new DataException(
            ImagesTable.SPEC.name(),
            ImagesTable.GIVEN_SPLIT,
            String.format(
                Locale.ROOT,
                "has the value '%s', not one of %s",
                pair.getString(0),
                SplitsTable.NAMES));
      }
      if (!pair.isNullAt(0)) {
        given.add(pair.getString(0));
      }
      anyPlaced |= !pair.isNullAt(1);
    }
    for (int s = 0; s < SPLITS; s++) {
      String name = SplitsTable.NAMES.get(s);
      open[s] = name.equals(SplitsTable.TRAIN) || !given.contains(name);
      openShares.add(open[s] ? config.shares().get(s) : BigDecimal.ZERO);
      anyPlaced |= !open[s];
    }
  }

  private void requireOpen() {
    if (openShares.stream().noneMatch(share -> share.signum() > 0)) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              ("%s are taken as the data gives them and the other splits have a share of 0, so"
                  + " the remaining images have nowhere to go; give --train"
                  + " more than 0 or pass --given ignore"),
              closed()));
    }
  }

  /** Adds {@link #PLACED}: the split of each image that has one, by itself or by its group. */
  private Dataset<Row> anchor() {
    Column namedForTraining =
        col(SplitItems.EARLIER).isNull().and(col(SplitItems.GIVEN).equalTo(SplitsTable.TRAIN));
    Dataset<Row> own =
        items.withColumn(
            PLACED,
            coalesce(
                col(SplitItems.EARLIER),
                when(col(SplitItems.GIVEN).notEqual(SplitsTable.TRAIN), col(SplitItems.GIVEN))));
    if (!anyPlaced || (config.groupColumn().isEmpty() && !config.keepDuplicatesTogether())) {
      return own;
    }
    String first = "first_place";
    String last = "last_place";
    String training = "has_training";
    Dataset<Row> groups =
        own.filter(col(SplitItems.GROUP).isNotNull())
            .groupBy(SplitItems.GROUP)
            .agg(
                min(PLACED).as(first),
                max(PLACED).as(last),
                coalesce(max(namedForTraining), lit(false)).as(training))
            .filter(col(first).isNotNull());
    Column closedPlace = col(first).isin(closed().toArray());
    requireNoConflict(
        groups.filter(col(first).notEqual(col(last)).or(col(training).and(closedPlace))),
        first,
        last);
    return own.join(
            groups.select(col(SplitItems.GROUP), col(first)), toArray(SplitItems.GROUP), "left")
        .withColumn(PLACED, coalesce(col(PLACED), col(first)))
        .drop(first);
  }

  private static void requireNoConflict(Dataset<Row> conflicts, String first, String last) {
    List<Row> example =
        conflicts.agg(min(SplitItems.GROUP).as(SplitItems.GROUP), count(lit(1))).collectAsList();
    long conflicting = example.get(0).getLong(1);
    if (conflicting > 0) {
      String group = example.get(0).getString(0);
      Row places =
          conflicts.filter(col(SplitItems.GROUP).equalTo(group)).select(first, last).first();
      String other =
          places.getString(1).equals(places.getString(0)) ? SplitsTable.TRAIN : places.getString(1);
      throw new UserException(
          String.format(
              Locale.ROOT,
              ("group '%s' has images in %s and in %s already (%d such groups); pass --given ignore"
                  + " (for splits named by the data) or --overwrite (for an earlier table) to"
                  + " place them again, or let them part without --group-column and with"
                  + " --keep-duplicates-together=false"),
              group,
              places.getString(0),
              other,
              conflicting));
    }
  }

  private SortedMap<String, ClassCount> census(Dataset<Row> rows) {
    SortedMap<String, ClassCount> classes = new TreeMap<>();
    Column kind =
        coalesce(col(PLACED), when(col(SplitItems.GROUP).isNotNull(), IN_GROUP).otherwise(ALONE));
    for (Row row : rows.groupBy(col(SplitItems.LABEL), kind.as("kind")).count().collectAsList()) {
      long images = row.getLong(2);
      ClassCount former = classes.getOrDefault(row.getString(0), ClassCount.none(SPLITS));
      classes.put(
          row.getString(0),
          switch (row.getString(1)) {
            case IN_GROUP -> former.plusGrouped(images);
            case ALONE -> former.plusSingle(images);
            default -> former.plusPlaced(SplitsTable.NAMES.indexOf(row.getString(1)), images);
          });
    }
    return classes;
  }

  private static SortedMap<String, ClassCount> withPlaced(
      SortedMap<String, ClassCount> classes, Dataset<Row> groups) {
    SortedMap<String, ClassCount> counts = new TreeMap<>(classes);
    for (Row row : groups.groupBy(SplitsTable.LABEL, SplitsTable.SPLIT).count().collectAsList()) {
      int split = SplitsTable.NAMES.indexOf(row.getString(1));
      long images = row.getLong(2);
      counts.computeIfPresent(
          row.getString(0), (label, c) -> c.plusPlaced(split, images).plusGrouped(-images));
    }
    return counts;
  }

  private static void requireTwo(SortedMap<String, ClassCount> classes) {
    if (classes.isEmpty()) {
      throw new UserException(
          "table 'images' has no image that is both usable (status OK or EXT_MISMATCH) and"
              + " labelled; look at its columns status, reason and label, and"
              + " run 'spark-vit catalog' on the right folder");
    }
    String first = LabelSet.className(classes.firstKey());
    if (classes.keySet().stream().allMatch(set -> LabelSet.className(set).equals(first))) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              ("all %d usable images have the class '%s'; a classifier needs two classes or"
                  + " more: catalog a folder or manifest that has them"),
              classes.values().stream().mapToLong(ClassCount::total).sum(),
              first));
    }
  }

  private static String[] toArray(String name) {
    return new String[] {name};
  }
}
