package org.sparkvit.dataset.workspace;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.sparkvit.dataset.delta.Bounds;

/**
 * A range of images by their ids. The order of ids is taken as a circle: after the last one comes
 * the first.
 *
 * @param from the first id or a string before it
 * @param to a string behind the last id; it is not after {@code from} where the range passes the
 *     end of the order
 * @param images the number of images in the range
 */
public record IdRange(String from, String to, long images) {
  /** The range of all possible ids. */
  public static final IdRange ALL = new IdRange("", "", Long.MAX_VALUE);

  /**
   * Returns the condition that an id is in the range. Parquet files whose ids are all outside are
   * not read.
   */
  public Column has(Column id) {
    Column above = id.geq(functions.lit(from));
    Column below = id.lt(functions.lit(to));
    return from.compareTo(to) < 0 ? above.and(below) : above.or(below);
  }

  /** Returns whether an id is in the range, as {@link #has} does, outside of a query. */
  public boolean contains(String id) {
    boolean above = id.compareTo(from) >= 0;
    boolean below = id.compareTo(to) < 0;
    return from.compareTo(to) < 0 ? above && below : above || below;
  }

  /** Returns whether a file whose ids have these bounds can have an id of the range. */
  boolean reaches(Bounds ids) {
    return from.compareTo(to) < 0
        ? ids.reaches(from) && ids.beginsBefore(to)
        : ids.reaches(from) || ids.beginsBefore(to);
  }
}
