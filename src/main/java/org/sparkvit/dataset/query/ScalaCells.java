package org.sparkvit.dataset.query;

import java.util.List;
import java.util.Map;
import scala.collection.JavaConverters;
import scala.collection.Seq;

/**
 * Converts Java collections to the Scala collections that the cells of a {@link
 * org.apache.spark.sql.Row} hold, and back. Scala 2.12 and 2.13 have one set of converters in
 * common, which the latter calls deprecated.
 */
@SuppressWarnings("deprecation")
public final class ScalaCells {
  private ScalaCells() {}

  /** Returns a cell of a column of arrays. */
  public static <T> Seq<T> seq(List<T> elements) {
    return JavaConverters.asScalaBuffer(elements).toSeq();
  }

  /** Returns a cell of a column of maps. */
  public static <K, V> scala.collection.Map<K, V> map(Map<K, V> entries) {
    return JavaConverters.mapAsScalaMap(entries);
  }

  /** Returns the elements of a cell of a column of arrays. */
  public static <T> List<T> list(Seq<T> cell) {
    return JavaConverters.seqAsJavaList(cell);
  }
}
