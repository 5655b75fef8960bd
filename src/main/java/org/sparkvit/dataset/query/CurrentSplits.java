package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.not;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * The splits with the labels that the catalog has now. The split of an image was decided when the
 * data set was split. Its label comes from the present catalog, so a label that was corrected since
 * then counts as corrected.
 */
public final class CurrentSplits {
  private static final String NOW_ID = "now_id";
  private static final String NOW_LABEL = "now_label";
  private static final String NOW_LABELLED = "now_labelled";
  private static final String NOW_USABLE = "now_usable";

  private final Dataset<Row> both;

  private CurrentSplits(Dataset<Row> both) {
    this.both = both;
  }

  /**
   * Counts how the present catalog differs from the one that was split.
   *
   * @param placed the number of images in the splits
   * @param relabelled the number of these images that have another label now
   * @param unlabelled the number of these images that have no label now
   * @param gone the number of these images that the catalog no longer has
   * @param unplaced the number of readable images with a label that are in no split
   */
  public record Changes(long placed, long relabelled, long unlabelled, long gone, long unplaced) {
    /** Returns one line that tells a person about the changes, or empty where there are none. */
    public Optional<String> line() {
      List<String> parts = new ArrayList<>();
      add(parts, relabelled, "have another label now, which is the one that counts");
      add(parts, unlabelled, "have no label now and are left out");
      add(parts, gone, "are no longer in the catalog and are left out");
      String changed =
          parts.isEmpty()
              ? ""
              : String.format(
                  Locale.ROOT, "of the %,d images in the splits %s", placed, join(parts));
      if (unplaced > 0) {
        changed +=
            String.format(
                Locale.ROOT,
                "%s%,d labelled images are in no split",
                changed.isEmpty() ? "" : "; ",
                unplaced);
      }
      return changed.isEmpty()
          ? Optional.empty()
          : Optional.of(
              changed
                  + "; 'spark-vit split --extend' places what is new and keeps the rest where it"
                  + " is, 'spark-vit split --overwrite' shares out the labels of now");
    }

    private static void add(List<String> parts, long images, String what) {
      if (images > 0) {
        parts.add(String.format(Locale.ROOT, "%,d %s", images, what));
      }
    }

    private static String join(List<String> parts) {
      int last = parts.size() - 1;
      return last == 0
          ? parts.get(0)
          : String.join(", ", parts.subList(0, last)) + ", and " + parts.get(last);
    }
  }

  /**
   * Joins the two tables. Nothing is read until rows or counts are asked for.
   *
   * @param images rows of {@link ImagesTable}
   * @param splits rows of {@link SplitsTable}
   */
  public static CurrentSplits of(Dataset<Row> images, Dataset<Row> splits) {
    Dataset<Row> now =
        images.select(
            col(ImagesTable.ID).as(NOW_ID),
            col(ImagesTable.LABEL).as(NOW_LABEL),
            ImagesTable.labelled().as(NOW_LABELLED),
            ImagesTable.usable().as(NOW_USABLE));
    return new CurrentSplits(
        splits.join(now, col(SplitsTable.ID).equalTo(col(NOW_ID)), "full_outer"));
  }

  /**
   * Returns rows with the columns of {@link SplitsTable} and the current labels. Images that have
   * no label now, or that the catalog no longer has, are left out.
   */
  public Dataset<Row> rows() {
    return both.where(col(SplitsTable.ID).isNotNull().and(col(NOW_LABELLED)))
        .select(
            col(SplitsTable.ID),
            col(NOW_LABEL).as(SplitsTable.LABEL),
            col(SplitsTable.SPLIT),
            col(SplitsTable.GROUP));
  }

  /** Counts the changes in one pass over both tables. */
  public Changes count() {
    Column placed = col(SplitsTable.ID).isNotNull();
    Column known = col(NOW_ID).isNotNull();
    Row counts =
        both.agg(
                count_if(placed),
                count_if(
                    placed
                        .and(col(NOW_LABELLED))
                        .and(not(col(NOW_LABEL).eqNullSafe(col(SplitsTable.LABEL))))),
                count_if(placed.and(known).and(not(col(NOW_LABELLED)))),
                count_if(placed.and(not(known))),
                count_if(not(placed).and(col(NOW_LABELLED)).and(col(NOW_USABLE))))
            .first();
    return new Changes(
        counts.getLong(0),
        counts.getLong(1),
        counts.getLong(2),
        counts.getLong(3),
        counts.getLong(4));
  }
}
