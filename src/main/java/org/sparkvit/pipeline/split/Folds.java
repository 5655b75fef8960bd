package org.sparkvit.pipeline.split;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.filter;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.when;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.dataset.query.StableRank;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * Distributes images among folds of equal size for cross-validation, by the rules of {@link
 * Splitter}: groups stay together, each class is distributed exactly, and an image's fold depends
 * on the images and the seed alone. So runs that hold out one fold after the other hold out each
 * image once.
 */
final class Folds {
  private static final String ENDS = "ends";

  private final List<String> names;
  private final SplitConfig config;
  private final SortedMap<String, long[]> quotas = new TreeMap<>();

  /** Creates the folds that a split asks for. */
  Folds(SplitConfig config) {
    this.names = IntStream.rangeClosed(1, config.folds()).mapToObj(Integer::toString).toList();
    this.config = config;
  }

  /** Returns the names of the folds: 1, 2, and so on. */
  List<String> names() {
    return names;
  }

  /**
   * Returns the number of images of each class in each fold. {@link #place} must have been called.
   */
  SortedMap<String, long[]> quotas() {
    return quotas;
  }

  /**
   * Replaces the split of each image by the name of its fold.
   *
   * @param images the rows of {@link Splitter#place} without the test split; persisted by the
   *     caller
   */
  Dataset<Row> place(Dataset<Row> images) {
    SortedMap<String, ClassCount> classes = new TreeMap<>();
    for (Row row :
        images
            .groupBy(col(SplitsTable.LABEL), col(SplitsTable.GROUP).isNotNull())
            .count()
            .collectAsList()) {
      ClassCount former = classes.getOrDefault(row.getString(0), ClassCount.none(names.size()));
      classes.put(
          row.getString(0),
          row.getBoolean(1)
              ? former.plusGrouped(row.getLong(2))
              : former.plusSingle(row.getLong(2)));
    }
    List<BigDecimal> shares = Collections.nCopies(names.size(), BigDecimal.ONE);
    Dataset<Row> members = images.where(col(SplitsTable.GROUP).isNotNull());
    Dataset<Row> homes =
        new GroupPlacement(classes, names, shares, config.seed())
            .place(
                members
                    .groupBy(SplitsTable.GROUP, SplitsTable.LABEL)
                    .agg(count(lit(1)).as("images")));
    Dataset<Row> grouped =
        members
            .join(homes, members.col(SplitsTable.GROUP).equalTo(homes.col(GroupPlacement.GROUP)))
            .withColumn(SplitsTable.SPLIT, col(GroupPlacement.SPLIT))
            .select(columns(images));
    for (Row row : grouped.groupBy(SplitsTable.LABEL, SplitsTable.SPLIT).count().collectAsList()) {
      int fold = names.indexOf(row.getString(1));
      long placed = row.getLong(2);
      classes.computeIfPresent(
          row.getString(0), (label, c) -> c.plusPlaced(fold, placed).plusGrouped(-placed));
    }
    return grouped.unionByName(
        fill(images.where(col(SplitsTable.GROUP).isNull()), classes, shares));
  }

  /**
   * Distributes the images that stand alone, in hashed order, over the places that the quotas
   * leave.
   */
  private Dataset<Row> fill(
      Dataset<Row> singles, SortedMap<String, ClassCount> classes, List<BigDecimal> shares) {
    boolean[] open = new boolean[names.size()];
    Arrays.fill(open, true);
    quotas.putAll(config.quotas(classes, shares, open));
    List<Row> limits = new ArrayList<>();
    classes.forEach(
        (label, c) -> {
          long[] have = c.placed();
          long[] quota = quotas.get(label);
          List<Long> ends = new ArrayList<>();
          long end = 0;
          for (int fold = 0; fold < have.length; fold++) {
            end += quota[fold] - have[fold];
            ends.add(end);
          }
          limits.add(RowFactory.create(label, ends));
        });
    StructType schema =
        new StructType()
            .add(SplitsTable.LABEL, DataTypes.StringType, false)
            .add(ENDS, DataTypes.createArrayType(DataTypes.LongType, false), false);
    Column before = size(filter(col(ENDS), end -> end.lt(col(StableRank.RANK))));
    Column all = array(names.stream().map(functions::lit).toArray(Column[]::new));
    return StableRank.withinLabel(singles, SplitsTable.ID, SplitsTable.LABEL, config.seed(), "fold")
        .join(broadcast(singles.sparkSession().createDataFrame(limits, schema)), SplitsTable.LABEL)
        .withColumn(SplitsTable.SPLIT, element_at(all, before.plus(1)))
        .select(columns(singles));
  }

  private static Column[] columns(Dataset<Row> rows) {
    return Arrays.stream(rows.columns()).map(functions::col).toArray(Column[]::new);
  }

  /**
   * Returns the splits that hold out a fold as the validation split.
   *
   * @param placed the rows of {@link #place}
   * @param fold the number of the fold, from 1
   * @param test the rows of the test split
   */
  static Dataset<Row> holdOut(Dataset<Row> placed, int fold, Dataset<Row> test) {
    Column heldOut = col(SplitsTable.SPLIT).equalTo(Integer.toString(fold));
    return placed
        .withColumn(
            SplitsTable.SPLIT, when(heldOut, SplitsTable.VALIDATION).otherwise(SplitsTable.TRAIN))
        .unionByName(test);
  }
}
