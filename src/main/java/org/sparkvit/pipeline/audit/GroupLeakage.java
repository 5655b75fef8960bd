package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LeakageTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * Finds groups of images that are in several splits, such as the pages of one document. A model
 * that has seen one of them may recognise the others by what they share, although they do not look
 * alike.
 */
final class GroupLeakage {
  private static final String GROUP = "leaked_group";
  private static final String COPIES = "copies";
  private static final String SIZE = "size";
  private static final String OTHER_LABEL = "other_label";
  private static final String OTHER_COPIES = "other_copies";

  private GroupLeakage() {}

  /**
   * Counts the groups. Images that agree in group, split and label are counted together.
   *
   * @param splits rows of {@link SplitsTable}
   * @param column a column of {@code images}; images with blank values belong to no group
   * @return rows of {@link LeakageTable}
   */
  static Dataset<Row> of(Dataset<Row> images, Dataset<Row> splits, String column) {
    Dataset<Row> placed =
        images
            .select(
                col(ImagesTable.ID),
                col(ImagesTable.LABEL),
                SliceColumns.group(images, column).as(GROUP))
            .join(
                splits.select(col(SplitsTable.ID).as(ImagesTable.ID), col(SplitsTable.SPLIT)),
                ImagesTable.ID);
    Dataset<Row> kinds =
        placed
            .where(col(GROUP).isNotNull())
            .groupBy(GROUP, SplitsTable.SPLIT, ImagesTable.LABEL)
            .agg(count(lit(1)).as(COPIES));
    Dataset<Row> others =
        kinds.select(
            col(GROUP),
            col(SplitsTable.SPLIT).as(LeakageTable.OTHER),
            col(ImagesTable.LABEL).as(OTHER_LABEL),
            col(COPIES).as(OTHER_COPIES));
    Column pairs = col(COPIES).multiply(col(OTHER_COPIES));
    Column differ = not(col(ImagesTable.LABEL).eqNullSafe(col(OTHER_LABEL)));
    Dataset<Row> sizes = placed.groupBy(SplitsTable.SPLIT).agg(count(lit(1)).as(SIZE));
    return kinds
        .join(others, GROUP)
        .where(not(col(SplitsTable.SPLIT).equalTo(col(LeakageTable.OTHER))))
        .groupBy(
            col(GROUP), col(SplitsTable.SPLIT), col(ImagesTable.LABEL), col(LeakageTable.OTHER))
        .agg(
            first(COPIES).as(LeakageTable.IMAGES),
            sum(pairs).as(LeakageTable.PAIRS),
            sum(when(differ, pairs).otherwise(0)).as(LeakageTable.CONFLICTS))
        .groupBy(col(SplitsTable.SPLIT), col(LeakageTable.OTHER))
        .agg(
            sum(LeakageTable.PAIRS).as(LeakageTable.PAIRS),
            sum(LeakageTable.CONFLICTS).as(LeakageTable.CONFLICTS),
            sum(LeakageTable.IMAGES).as(LeakageTable.IMAGES))
        .join(broadcast(sizes), SplitsTable.SPLIT)
        .select(
            col(SplitsTable.SPLIT).as(LeakageTable.SPLIT),
            col(LeakageTable.OTHER),
            lit(LeakageTable.GROUP).as(LeakageTable.KIND),
            col(LeakageTable.PAIRS),
            col(LeakageTable.CONFLICTS),
            col(LeakageTable.IMAGES),
            col(LeakageTable.IMAGES).divide(col(SIZE)).as(LeakageTable.SHARE));
  }
}
