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
 * The splits with the labels that the catalog has now. Where an image is was decided when it was
 * split; what it shows is what the catalog says today, so a label that was corrected since then is
 * the one that counts.
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
   * How the catalog differs from what was split.
   *
   * @param placed images in the splits
   * @param relabelled of them, those that have another label now
   * @param unlabelled of them, those that have no label any more
   * @param gone of them, those that the catalog has no longer
   * @param unplaced readable images with a label that are in no split
   */
  public record Changes(long placed, long relabelled, long unlabelled, long gone, long unplaced) {
    /** What a person should know, in one line; absent where the splits are of these labels. */
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
   * Joins the two; nothing is read before it is asked for.
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
   * The columns of {@link SplitsTable}, with the labels of now. Images that have no label any more,
   * or that the catalog has no longer, are not among them.
   */
  public Dataset<Row> rows() {
    return both.where(col(SplitsTable.ID).isNotNull().and(col(NOW_LABELLED)))
        .select(
            col(SplitsTable.ID),
            col(NOW_LABEL).as(SplitsTable.LABEL),
            col(SplitsTable.SPLIT),
            col(SplitsTable.GROUP));
  }

  /** Counts, in one pass over both tables. */
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
