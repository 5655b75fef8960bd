package org.sparkvit.dataset.workspace;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.sparkvit.dataset.delta.Bounds;

/**
 * Some of the images, by their ids, whose order is taken as a circle: what comes after the last one
 * is the first.
 *
 * @param from the first id or something before it
 * @param to what comes behind the last id; not after {@code from} where the range goes over the end
 *     of the order
 * @param images how many are in it
 */
public record IdRange(String from, String to, long images) {
  /** All ids there can be. */
  public static final IdRange ALL = new IdRange("", "", Long.MAX_VALUE);

  /** Returns whether an id is in it; Parquet files whose ids are all outside are not read. */
  public Column has(Column id) {
    Column above = id.geq(functions.lit(from));
    Column below = id.lt(functions.lit(to));
    return from.compareTo(to) < 0 ? above.and(below) : above.or(below);
  }

  /** Returns whether a file whose ids have these bounds can have one of it. */
  boolean reaches(Bounds ids) {
    return from.compareTo(to) < 0
        ? ids.reaches(from) && ids.beginsBefore(to)
        : ids.reaches(from) || ids.beginsBefore(to);
  }
}
