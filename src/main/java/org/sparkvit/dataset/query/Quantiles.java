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
 * Exact quantiles of columns: values that occur, whatever the partitions are, where Spark's
 * approximate ones differ with them. Values are counted by their leading bits, then those with the
 * wanted leading bits by the next ones, so that the driver gets no more than some counts.
 */
public final class Quantiles {
  /** Bits that a pass leaves for later ones: the first counts by sign, exponent and 12 bits. */
  private static final int[] LEFT = {40, 20, 0};

  private static final String COLUMN = "column";
  private static final String ORDER = "order";
  private static final String PREFIX = "prefix";

  private static final UserDefinedFunction TO_ORDER =
      udf((UDF1<Double, Long>) Quantiles::order, DataTypes.LongType);

  private Quantiles() {}

  /** Of one column, which share is sought, and how many values are left to pass over before it. */
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
   * Finds the quantiles of several columns in one go: for a share the least value that at least so
   * many of the values do not exceed. What is null or no number does not count.
   *
   * @param rows used several times
   * @param columns names of columns of doubles
   * @param shares above 0, up to 1
   * @return by column as many quantiles as there are shares; none for a column without values
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

  /** Those that begin as one of the values that are sought. */
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

  /** Moves on to the longer prefix that has the value of the search's rank. */
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

  /** The number's bits as an integer in the order of the numbers; both zeros are one. */
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
