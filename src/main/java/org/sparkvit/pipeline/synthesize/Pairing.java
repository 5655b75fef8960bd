package org.sparkvit.pipeline.synthesize;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.element_at;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.StableRank;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Which two images become one. Every image of a class is the first parent of as many as any other,
 * give or take one. The second parent is drawn from the same class, whose label the result then
 * surely has, or, for its look only, from all.
 */
final class Pairing {
  /** Number of a synthetic image within its class, from 0. */
  static final String INDEX = "index";

  static final String METHOD = "method";

  /** Structs of the columns of the images. */
  static final String FIRST = "first";

  static final String SECOND = "second";

  private static final String NEEDED = "needed";
  private static final String SIZE = "size";
  private static final String EVERYWHERE = "everywhere";
  private static final String OVERALL = "overall";
  private static final String PARTNER = "partner";

  private Pairing() {}

  /**
   * Puts the images of each class, and all of them, into an order that the seed decides.
   *
   * @param train images of the train split, with {@code id} and {@code label}
   * @return rows to give to {@link #pair}, which reads them several times
   */
  static Dataset<Row> place(Dataset<Row> train, long seed) {
    Column[] columns = Arrays.stream(train.columns()).map(name -> col(name)).toArray(Column[]::new);
    Dataset<Row> ranked =
        StableRank.withinLabel(
            train.select(struct(columns).as(FIRST), col(ImagesTable.ID), col(ImagesTable.LABEL)),
            ImagesTable.ID,
            ImagesTable.LABEL,
            seed,
            "synthesize");
    return StableRank.withinLabel(
            ranked.withColumnRenamed(StableRank.RANK, PARTNER).withColumn(EVERYWHERE, lit("all")),
            ImagesTable.ID,
            EVERYWHERE,
            seed,
            "synthesize look")
        .withColumnRenamed(StableRank.RANK, OVERALL);
  }

  /**
   * Chooses the pairs.
   *
   * @param placed what {@link #place} gives
   * @param sizes how many images there are of each class
   * @param needed how many are to be made of each class
   * @return {@link #INDEX}, {@link #METHOD}, {@link #FIRST} and {@link #SECOND}
   */
  static Dataset<Row> pair(
      Dataset<Row> placed,
      SortedMap<String, Long> sizes,
      Map<String, Long> needed,
      SynthesizeConfig config) {
    List<Row> rows = new ArrayList<>();
    needed.forEach(
        (label, n) -> {
          if (n > 0) {
            requirePartner(label, sizes.get(label), config);
            rows.add(RowFactory.create(label, sizes.get(label), n));
          }
        });
    StructType schema =
        new StructType()
            .add(ImagesTable.LABEL, DataTypes.StringType, false)
            .add(SIZE, DataTypes.LongType, false)
            .add(NEEDED, DataTypes.LongType, false);
    Dataset<Row> classes = placed.sparkSession().createDataFrame(rows, schema);
    long all = sizes.values().stream().mapToLong(Long::longValue).sum();
    Column[] methods =
        config.methods().stream().map(method -> lit(method.label())).toArray(Column[]::new);
    Column drawn =
        element_at(
            array(methods), pmod(dice("method", config), lit(methods.length)).plus(1).cast("int"));
    Dataset<Row> firsts =
        placed
            .join(broadcast(classes), ImagesTable.LABEL)
            .where(col(PARTNER).leq(col(NEEDED)))
            .withColumn(
                INDEX, explode(sequence(col(PARTNER).minus(1), col(NEEDED).minus(1), col(SIZE))))
            // A class of one image has no other to be mixed with.
            .withColumn(
                METHOD, when(col(SIZE).equalTo(1), Method.FOURIER.label()).otherwise(drawn));
    Column look = col(METHOD).equalTo(Method.FOURIER.label());
    Dataset<Row> others =
        placed.select(
            col(FIRST).as(SECOND),
            col(ImagesTable.LABEL).as("label_"),
            col(PARTNER).as("rank_"),
            col(OVERALL).as("overall_"));
    Column chance = dice("partner", config);
    Dataset<Row> mixed =
        firsts
            .where(not(look))
            .join(
                others,
                col(ImagesTable.LABEL)
                    .equalTo(col("label_"))
                    .and(other(col(PARTNER), col(SIZE), chance).equalTo(col("rank_"))));
    Dataset<Row> restyled =
        firsts
            .where(look)
            .join(others, other(col(OVERALL), lit(all), chance).equalTo(col("overall_")));
    return mixed.union(restyled).select(INDEX, METHOD, FIRST, SECOND);
  }

  private static Column dice(String purpose, SynthesizeConfig config) {
    return xxhash64(
        col(ImagesTable.LABEL), col(INDEX), lit(config.blending().seed()), lit(purpose));
  }

  /** Any rank but the given one. */
  private static Column other(Column rank, Column count, Column chance) {
    return pmod(rank.plus(pmod(chance, greatest(count.minus(1), lit(1L)))), count).plus(1);
  }

  private static void requirePartner(String label, long size, SynthesizeConfig config) {
    if (size == 1 && !config.methods().contains(Method.FOURIER)) {
      throw new UserException(
          "class '"
              + label
              + "' has one image to train on, and no other to mix it with; add fourier to"
              + " --methods, which needs none of the class");
    }
  }
}
