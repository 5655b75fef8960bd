package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.IdRange;

/**
 * Cuts images into ranges of their ids, which are hashes. The images that begin with the same
 * {@value #DIGITS} hex digits are counted together. So the driver holds 65,536 numbers however many
 * images there are, and a range is a little larger than requested.
 *
 * <p>Where there are several ranges, none passes the end of the order. A file with the first and
 * the last ids would be opened for every other range.
 */
public final class IdRanges {
  private static final int DIGITS = 4;

  private final Deque<Map.Entry<String, Long>> left = new ArrayDeque<>();
  private final String end;
  private final long total;
  private long images;

  private IdRanges(SortedMap<String, Long> counts, String first) {
    left.addAll(counts.tailMap(first).entrySet());
    left.addAll(counts.headMap(first).entrySet());
    end = left.isEmpty() ? "" : left.getFirst().getKey();
    total = counts.values().stream().mapToLong(Long::longValue).sum();
    images = total;
  }

  /**
   * Creates the ranges of all images of {@code rows}.
   *
   * @param rows rows with the column {@code id}
   * @param name a text that decides which range is the first
   */
  public static IdRanges cut(Dataset<Row> rows, String name) {
    SortedMap<String, Long> counts = new TreeMap<>();
    for (Row row :
        rows.groupBy(substring(col(ImagesTable.ID), 1, DIGITS))
            .agg(count(lit(1)))
            .collectAsList()) {
      counts.put(row.getString(0), row.getLong(1));
    }
    return of(counts, name);
  }

  /**
   * Creates the ranges of pieces, which are not cut.
   *
   * @param pieces the number of images of each piece, by its first id or a string before it
   * @param name a text that decides which range is the first
   */
  public static IdRanges of(SortedMap<String, Long> pieces, String name) {
    return new IdRanges(pieces, StableHash.id(name).substring(0, DIGITS));
  }

  /** Returns the number of images that are in no range yet. */
  public long images() {
    return images;
  }

  /**
   * Returns the next range. It has more images than requested where few would remain for a last
   * range, and fewer at the end of the order.
   *
   * @param wanted the number of images that the range should have
   * @return the range, whose images count as taken from now on
   */
  public IdRange next(long wanted) {
    long enough = images - wanted < wanted / 2 ? images : Math.min(wanted, images);
    String from = left.getFirst().getKey();
    if (enough == total) {
      images = 0;
      return new IdRange(from, end, total);
    }
    long taken = 0;
    do {
      taken += left.removeFirst().getValue();
    } while (taken < enough && isAfter(from));
    images -= taken;
    // The last range ends where the first one began, unless one of them reaches the end of the
    // order.
    String to = left.isEmpty() ? end : left.getFirst().getKey();
    return new IdRange(from, to.compareTo(from) > 0 ? to : "", taken);
  }

  /**
   * Returns whether the next images come after an id in the order of ids, and not only in the
   * circle.
   */
  private boolean isAfter(String from) {
    return !left.isEmpty() && left.getFirst().getKey().compareTo(from) > 0;
  }
}
