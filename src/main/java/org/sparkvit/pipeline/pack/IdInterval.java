package org.sparkvit.pipeline.pack;

import java.io.Serializable;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;

/**
 * Ids from one up to and without another.
 *
 * @param from empty for all that come first
 * @param to null for all that come last
 */
record IdInterval(String from, String to) implements Serializable {
  /** Whether {@code id} is in the range. */
  Column has(Column id) {
    Column after = from.isEmpty() ? functions.lit(true) : id.geq(from);
    return to == null ? after : after.and(id.lt(to));
  }
}
