package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LeakageTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * Finds images of one split that repeat in another. It uses all pairs of similar images and not the
 * groups of {@code duplicates}, as images of different groups may be similar, too. Images that
 * agree in file, split and label are counted together, so that a file with thousands of copies is
 * no trouble.
 */
final class Leakage {
  private static final List<String> ALIKE =
      List.of(
          NearDuplicates.LOOK,
          PixelsTable.PIXEL_SHA256,
          ImagesTable.SHA256,
          ImagesTable.LABEL,
          SplitsTable.SPLIT);
  private static final String COPIES = "copies";
  private static final String OTHER = "twin_";

  private final Dataset<Row> images;
  private final Dataset<Row> twins;

  private Leakage(Dataset<Row> images, Dataset<Row> twins) {
    this.images = images;
    this.twins = twins;
  }

  /**
   * Finds the leaking images.
   *
   * @param splits rows of {@link SplitsTable}
   */
  static Leakage of(NearDuplicates like, Dataset<Row> splits) {
    Dataset<Row> images =
        like.images()
            .join(
                splits.select(col(SplitsTable.ID).as(ImagesTable.ID), col(SplitsTable.SPLIT)),
                ImagesTable.ID);
    Column[] alike = ALIKE.stream().map(name -> col(name)).toArray(Column[]::new);
    Dataset<Row> kinds = images.groupBy(alike).agg(count(lit(1)).as(COPIES));
    Dataset<Row> others = kinds;
    for (String name : kinds.columns()) {
      others = others.withColumnRenamed(name, OTHER + name);
    }
    Column otherLook = col(OTHER + NearDuplicates.LOOK);
    Dataset<Row> within =
        kinds.join(others, col(NearDuplicates.LOOK).equalTo(otherLook).and(apart()));
    Dataset<Row> links = like.links();
    Dataset<Row> both =
        links.unionByName(
            links.select(
                col(NearDuplicates.OTHER).as(NearDuplicates.LOOK),
                col(NearDuplicates.LOOK).as(NearDuplicates.OTHER)));
    Dataset<Row> across =
        kinds
            .join(both, NearDuplicates.LOOK)
            .join(others, col(NearDuplicates.OTHER).equalTo(otherLook).and(apart()))
            .drop(NearDuplicates.OTHER);
    Column kind =
        when(
                col(OTHER + ImagesTable.SHA256).equalTo(col(ImagesTable.SHA256)),
                lit(DuplicatesTable.BYTES))
            .when(
                col(OTHER + PixelsTable.PIXEL_SHA256).equalTo(col(PixelsTable.PIXEL_SHA256)),
                lit(DuplicatesTable.PIXELS))
            .otherwise(lit(DuplicatesTable.LOOK));
    return new Leakage(
        images, within.unionByName(across).withColumn(LeakageTable.KIND, kind).persist());
  }

  void unpersist() {
    twins.unpersist();
  }

  private static Column apart() {
    return not(col(SplitsTable.SPLIT).equalTo(col(OTHER + SplitsTable.SPLIT)));
  }

  /** Returns the rows of {@link LeakageTable}. */
  Dataset<Row> table() {
    Column differ = not(col(ImagesTable.LABEL).eqNullSafe(col(OTHER + ImagesTable.LABEL)));
    Column pairs = col(COPIES).multiply(col(OTHER + COPIES));
    List<Column> each = new ArrayList<>();
    ALIKE.forEach(name -> each.add(col(name)));
    each.add(col(OTHER + SplitsTable.SPLIT));
    each.add(col(LeakageTable.KIND));
    Dataset<Row> counted =
        twins
            .groupBy(each.toArray(Column[]::new))
            .agg(
                first(COPIES).as(LeakageTable.IMAGES),
                sum(pairs).as(LeakageTable.PAIRS),
                sum(when(differ, pairs).otherwise(0)).as(LeakageTable.CONFLICTS))
            .groupBy(
                col(SplitsTable.SPLIT).as(LeakageTable.SPLIT),
                col(OTHER + SplitsTable.SPLIT).as(LeakageTable.OTHER),
                col(LeakageTable.KIND))
            .agg(
                sum(LeakageTable.PAIRS).as(LeakageTable.PAIRS),
                sum(LeakageTable.CONFLICTS).as(LeakageTable.CONFLICTS),
                sum(LeakageTable.IMAGES).as(LeakageTable.IMAGES));
    Dataset<Row> sizes =
        images.groupBy(col(SplitsTable.SPLIT).as(LeakageTable.SPLIT)).agg(count(lit(1)).as("size"));
    return counted
        .join(broadcast(sizes), LeakageTable.SPLIT)
        .withColumn(LeakageTable.SHARE, col(LeakageTable.IMAGES).divide(col("size")))
        .drop("size");
  }

  /** Returns the ids of the images of other splits that repeat an image of the train split. */
  Dataset<Row> leaked() {
    Column[] alike = ALIKE.stream().map(name -> col(name)).toArray(Column[]::new);
    Dataset<Row> leaking =
        twins
            .where(col(OTHER + SplitsTable.SPLIT).equalTo(SplitsTable.TRAIN))
            .select(alike)
            .distinct();
    for (String name : ALIKE) {
      leaking = leaking.withColumnRenamed(name, OTHER + name);
    }
    Column same = lit(true);
    for (String name : ALIKE) {
      Column other = col(OTHER + name);
      same =
          same.and(
              name.equals(NearDuplicates.LOOK)
                  ? col(name).equalTo(other)
                  : col(name).eqNullSafe(other));
    }
    return images.join(leaking, same, "left_semi").select(ImagesTable.ID);
  }
}
