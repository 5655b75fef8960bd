package org.sparkvit.pipeline.resample;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.floor;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF3;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.schema.ResampledTable;

/**
 * Makes up points of one class between its own (Chawla et al. 2002, SMOTE): x + u (y - x), of a
 * point x, one of its nearest neighbours y of the same class, and u from 0 to 1. Which points are x
 * how often is what the methods differ in. Ids and the seed decide alone.
 */
final class Oversampling {
  /** Neighbours of the class that a point lies towards, fewer in classes of fewer. */
  static final int NEIGHBORS = 5;

  /** Neighbours of any class that tell whether a point is at the border (Han et al. 2005). */
  static final int BORDER = 10;

  private static final Column ONE = lit("all");
  private static final String SHARE = "share";
  private static final String TIMES = "times";
  private static final String OTHERS = "others";

  private final Method method;
  private final long seed;

  /** Which points are built upon. */
  enum Method {
    /** All alike. */
    SMOTE,
    /** Those of whose ten nearest half or more, but not all, are of other classes. */
    BORDERLINE_SMOTE,
    /** Each by how many of its five nearest are of other classes (He et al. 2008). */
    ADASYN
  }

  Oversampling(Method method, long seed) {
    this.method = method;
    this.seed = seed;
  }

  /**
   * Makes points.
   *
   * @param points {@link Neighbors#ID}, {@code label}, {@link Neighbors#POINT}, of all classes
   * @param around neighbours of each point among all classes, at least {@link #BORDER} of them,
   *     with the column {@code other_label}; not read by SMOTE
   * @param label the class, of which there are two points or more
   * @param wanted how many points
   * @return id, label, parent, neighbor, lambda and embedding of {@link ResampledTable}; none where
   *     no point of the class is at a border and the method asks for it
   */
  Dataset<Row> oversample(Dataset<Row> points, Dataset<Row> around, String label, long wanted) {
    Dataset<Row> own = points.where(col(ResampledTable.LABEL).equalTo(label));
    Dataset<Row> near =
        new Neighbors(NEIGHBORS, seed)
            .find(own.select(Neighbors.ID, Neighbors.POINT))
            .groupBy(Neighbors.ID)
            .agg(array_sort(collect_list(expr("struct(rank, neighbor)"))).as("ranked"))
            .select(col(Neighbors.ID), col("ranked.neighbor").as("near"));
    Dataset<Row> seeds = quotas(shares(own, around), wanted).join(near, Neighbors.ID);
    String purpose = method.name();
    long salt = seed;
    UDF3<String, Integer, Integer, Double> chance =
        (id, number, draw) ->
            StableHash.uniform(StableHash.hash64(salt, purpose, id, number + ":" + draw));
    Column number = col("number");
    Dataset<Row> pairs =
        seeds
            .withColumn("number", explode(expr("sequence(1, cast(" + TIMES + " as int))")))
            .withColumn("first", udf(chance, DataTypes.DoubleType).apply(col("id"), number, lit(1)))
            .withColumn(
                ResampledTable.LAMBDA,
                udf(chance, DataTypes.DoubleType).apply(col("id"), number, lit(2)))
            .withColumn(
                ResampledTable.NEIGHBOR, expr("near[cast(floor(first * size(near)) as int)]"))
            .select(
                concat(
                        lit(purpose.toLowerCase(java.util.Locale.ROOT) + ":"),
                        col("id"),
                        lit(":"),
                        number)
                    .as(ResampledTable.ID),
                lit(label).as(ResampledTable.LABEL),
                col("id").as(ResampledTable.PARENT),
                col(ResampledTable.NEIGHBOR),
                col(ResampledTable.LAMBDA));
    UDF3<scala.collection.Seq<Float>, scala.collection.Seq<Float>, Double, List<Float>> between =
        Oversampling::between;
    return pairs
        .join(
            own.select(col("id").as(ResampledTable.PARENT), col(Neighbors.POINT).as("x")),
            ResampledTable.PARENT)
        .join(
            own.select(col("id").as(ResampledTable.NEIGHBOR), col(Neighbors.POINT).as("y")),
            ResampledTable.NEIGHBOR)
        .select(
            col(ResampledTable.ID),
            col(ResampledTable.LABEL),
            col(ResampledTable.PARENT),
            col(ResampledTable.NEIGHBOR),
            col(ResampledTable.LAMBDA),
            udf(between, DataTypes.createArrayType(DataTypes.FloatType, false))
                .apply(col("x"), col("y"), col(ResampledTable.LAMBDA))
                .as(ResampledTable.EMBEDDING));
  }

  private static List<Float> between(
      scala.collection.Seq<Float> x, scala.collection.Seq<Float> y, double u) {
    List<Float> point = new ArrayList<>(x.size());
    for (int i = 0; i < x.size(); i++) {
      point.add((float) (x.apply(i) + u * (y.apply(i) - x.apply(i))));
    }
    return point;
  }

  /** Points that are built upon, and by what share of the whole, in whole numbers. */
  private Dataset<Row> shares(Dataset<Row> own, Dataset<Row> around) {
    if (method == Method.SMOTE) {
      return own.select(col("id"), lit(1L).as(SHARE));
    }
    int looked = method == Method.ADASYN ? NEIGHBORS : BORDER;
    Dataset<Row> others =
        around
            .where(col(Neighbors.RANK).leq(looked))
            .join(own.select("id", ResampledTable.LABEL), "id")
            .groupBy("id")
            .agg(count_if(not(col("other_label").equalTo(col(ResampledTable.LABEL)))).as(OTHERS));
    if (method == Method.ADASYN) {
      return others.where(col(OTHERS).gt(0)).select(col("id"), col(OTHERS).as(SHARE));
    }
    return others
        .where(col(OTHERS).multiply(2).geq(looked).and(col(OTHERS).lt(looked)))
        .select(col("id"), lit(1L).as(SHARE));
  }

  /** Times by share, in whole numbers that sum to what is wanted: largest remainders, then ids. */
  private Dataset<Row> quotas(Dataset<Row> shares, long wanted) {
    Column all = sum(SHARE).over(Window.partitionBy(ONE));
    Dataset<Row> exact =
        shares
            .withColumn("exact", col(SHARE).multiply(wanted).divide(all))
            .withColumn(TIMES, floor(col("exact")));
    Column missing = lit(wanted).minus(coalesce(sum(TIMES).over(Window.partitionBy(ONE)), lit(0L)));
    Column rank =
        row_number()
            .over(
                Window.partitionBy(ONE)
                    .orderBy(
                        col("exact").minus(col(TIMES)).desc(),
                        xxhash64(lit(seed), col("id")),
                        col("id")));
    return exact
        .withColumn("missing", missing)
        .withColumn("turn", rank)
        .withColumn(
            TIMES, col(TIMES).plus(when(col("turn").leq(col("missing")), lit(1)).otherwise(lit(0))))
        .where(col(TIMES).gt(0))
        .select(col("id"), col(TIMES));
  }
}
