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
 * Cuts images into ranges of ids, which are hashes. What is counted is the images that begin with
 * the same {@value #DIGITS} hex digits, so the driver holds 65,536 numbers however many images
 * there are, and a range is a little larger than asked. No range of several goes over the end of
 * the order: a file with the first ids and the last ones would be opened for every other range.
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
   * Of all images of {@code rows}.
   *
   * @param name decides which range is the first
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
   * Of pieces that must not be cut.
   *
   * @param pieces how many images each has, by its first id or something before it
   * @param name decides which range is the first
   */
  public static IdRanges of(SortedMap<String, Long> pieces, String name) {
    return new IdRanges(pieces, StableHash.id(name).substring(0, DIGITS));
  }

  /** How many images are in no range so far. */
  public long images() {
    return images;
  }

  /**
   * The next range, with about as many images; some more where few would be left for a last one,
   * and fewer at the end of the order.
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
    // The last one ends where the first began, unless one of them was the last of the order.
    String to = left.isEmpty() ? end : left.getFirst().getKey();
    return new IdRange(from, to.compareTo(from) > 0 ? to : "", taken);
  }

  /** Whether the next images come after an id in the order, too, and not only in the circle. */
  private boolean isAfter(String from) {
    return !left.isEmpty() && left.getFirst().getKey().compareTo(from) > 0;
  }
}
