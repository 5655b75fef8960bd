package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.shiftright;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;

/**
 * Computes exact quantiles of columns. They are values that occur, and do not depend on the
 * partitions, as Spark's approximate quantiles do. A first pass counts values by their leading
 * bits. Each further pass counts the values with the wanted leading bits by the next bits. So the
 * driver receives no more than some counts.
 */
public final class Quantiles {
  /**
   * The number of low bits that each pass leaves to later ones. The first pass counts by the sign,
   * the exponent and 12 bits of the fraction.
   */
  private static final int[] LEFT = {40, 20, 0};

  private static final String COLUMN = "column";
  private static final String ORDER = "order";
  private static final String PREFIX = "prefix";

  private static final UserDefinedFunction TO_ORDER =
      udf((UDF1<Double, Long>) Quantiles::order, DataTypes.LongType);

  private Quantiles() {}

  /**
   * The search for one quantile of a column. It has the number of values still to pass over, and
   * the leading bits that are known so far.
   */
  private static final class Search {
    private final String column;
    private long rank;
    private long prefix;

    Search(String column, long rank) {
      this.column = column;
      this.rank = rank;
    }
  }

  /**
   * Finds the quantiles of several columns together. The quantile of a share is the least value
   * that at least this share of the values do not exceed. Null and NaN are not counted.
   *
   * @param rows the rows, which are read several times
   * @param columns the names of numeric columns, which are read as doubles
   * @param shares the shares, each above 0 and at most 1
   * @return the quantiles by column, one for each share, or none for a column without values
   */
  public static Map<String, double[]> compute(
      Dataset<Row> rows, List<String> columns, double... shares) {
    Column[] cells =
        columns.stream()
            .map(
                name ->
                    struct(
                        lit(name).as(COLUMN),
                        TO_ORDER.apply(col(name).cast(DataTypes.DoubleType)).as(ORDER)))
            .toArray(Column[]::new);
    Dataset<Row> values =
        rows.select(explode(array(cells)).as("cell"))
            .select("cell." + COLUMN, "cell." + ORDER)
            .where(col(ORDER).isNotNull());
    Map<String, List<Search>> searches = new HashMap<>();
    for (int pass = 0; pass < LEFT.length; pass++) {
      Map<String, NavigableMap<Long, Long>> counts =
          counted(pass == 0 ? values : within(values, searches, LEFT[pass - 1]), LEFT[pass]);
      if (pass == 0) {
        counts.forEach((column, found) -> searches.put(column, searches(column, found, shares)));
      }
      int bits = pass == 0 ? 0 : LEFT[pass - 1] - LEFT[pass];
      boolean first = pass == 0;
      searches.forEach(
          (column, each) -> each.forEach(s -> narrow(s, counts.get(column), first, bits)));
    }
    Map<String, double[]> quantiles = new HashMap<>();
    for (String column : columns) {
      quantiles.put(
          column,
          searches.getOrDefault(column, List.of()).stream()
              .mapToDouble(search -> value(search.prefix))
              .toArray());
    }
    return quantiles;
  }

  private static Map<String, NavigableMap<Long, Long>> counted(Dataset<Row> values, int left) {
    Map<String, NavigableMap<Long, Long>> counts = new HashMap<>();
    for (Row row :
        values
            .groupBy(col(COLUMN), shiftright(col(ORDER), left).as(PREFIX))
            .agg(count(lit(1)))
            .collectAsList()) {
      counts
          .computeIfAbsent(row.getString(0), column -> new TreeMap<>())
          .put(row.getLong(1), row.getLong(2));
    }
    return counts;
  }

  /** Returns the values that have the same leading bits as one of the quantiles. */
  private static Dataset<Row> within(
      Dataset<Row> values, Map<String, List<Search>> searches, int left) {
    Column wanted = lit(false);
    Set<String> named = new HashSet<>();
    for (List<Search> each : searches.values()) {
      for (Search search : each) {
        if (named.add(search.column + " " + search.prefix)) {
          wanted =
              wanted.or(
                  col(COLUMN)
                      .equalTo(search.column)
                      .and(shiftright(col(ORDER), left).equalTo(search.prefix)));
        }
      }
    }
    return values.where(wanted);
  }

  private static List<Search> searches(
      String column, NavigableMap<Long, Long> counts, double[] shares) {
    long all = counts.values().stream().mapToLong(Long::longValue).sum();
    List<Search> searches = new ArrayList<>();
    for (double share : shares) {
      searches.add(new Search(column, Math.max(0, (long) Math.ceil(share * all) - 1)));
    }
    return searches;
  }

  /** Extends the search's leading bits to those of the value at its rank. */
  private static void narrow(
      Search search, NavigableMap<Long, Long> counts, boolean first, int bits) {
    Map<Long, Long> candidates =
        first
            ? counts
            : counts.subMap(search.prefix << bits, true, ((search.prefix + 1) << bits) - 1, true);
    for (Map.Entry<Long, Long> candidate : candidates.entrySet()) {
      if (search.rank < candidate.getValue()) {
        search.prefix = candidate.getKey();
        return;
      }
      search.rank -= candidate.getValue();
    }
    throw new IllegalStateException("the rows of " + search.column + " are others than before");
  }

  /**
   * Returns the bits of a number as an integer that sorts as the numbers do. Both zeros are equal.
   * The result of null and NaN is null.
   */
  private static Long order(Double value) {
    if (value == null || value.isNaN()) {
      return null;
    }
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits ^ ((bits >> 63) & Long.MAX_VALUE);
  }

  private static double value(long order) {
    return Double.longBitsToDouble(order ^ ((order >> 63) & Long.MAX_VALUE));
  }
}
