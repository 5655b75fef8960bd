package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.hex;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF6;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.dataset.neighbors.NearHashes;
import org.sparkvit.dataset.query.Components;
import org.sparkvit.dataset.schema.CropHashesTable;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PixelsTable;
import org.sparkvit.image.hash.PdqHash;

/**
 * Near-duplicate images. Images with the same hash, or with the same pixels where a hash is of too
 * low quality, share one <em>look</em>. Looks with near hashes are linked where they also pass
 * {@link DuplicateVerifier}. An image that cannot be decoded has no look, so two empty files do not
 * repeat each other.
 *
 * @param images one row an image: {@link #LOOK}, id, path, label, sha256, {@link
 *     PixelsTable#PIXEL_SHA256}, {@link PixelsTable#PDQ} where it is usable, and {@link #AREA}
 * @param candidates the pairs of looks with near hashes: {@link #LOOK}, {@link #OTHER}, each once
 * @param links the candidates that show the same
 * @param details id, {@link PixelsTable#LAYOUT} and the hashes of the parts, or null where crops
 *     are not looked for. They are large, so they are read only for the few images that have
 *     candidates
 * @param reach the largest number of bits by which hashes of one group differ from their
 *     representative's
 */
record NearDuplicates(
    Dataset<Row> images,
    Dataset<Row> candidates,
    Dataset<Row> links,
    Dataset<Row> details,
    int reach) {
  static final String LOOK = "look";
  static final String OTHER = "other_look";
  static final String AREA = "area";

  private static final String LEADER = "leader";
  private static final String BEST = "best";
  private static final String LEAST = "least";
  private static final String TIED = "tied";
  private static final String PARTS = "parts";
  private static final String NEAR = "near";

  /**
   * Finds the near duplicates.
   *
   * @param images rows of {@link ImagesTable}
   * @param pixels the images' rows of {@link PixelsTable}
   * @param layouts the id and layout of the same rows
   * @param crops the images' rows of {@link CropHashesTable}, where crops are looked for
   */
  static NearDuplicates find(
      Dataset<Row> images,
      Dataset<Row> pixels,
      Dataset<Row> layouts,
      Optional<Dataset<Row>> crops,
      AuditConfig config) {
    Column usable = col(PixelsTable.PDQ_QUALITY).geq(config.hashQuality());
    Dataset<Row> looks =
        kept(
            images
                .select(ImagesTable.ID, ImagesTable.PATH, ImagesTable.LABEL, ImagesTable.SHA256)
                .join(
                    pixels.select(
                        col(PixelsTable.ID),
                        col(PixelsTable.PIXEL_SHA256),
                        when(usable, col(PixelsTable.PDQ)).as(PixelsTable.PDQ),
                        col(PixelsTable.WIDTH)
                            .cast("long")
                            .multiply(col(PixelsTable.HEIGHT))
                            .as(AREA)),
                    ImagesTable.ID)
                .withColumn(
                    LOOK,
                    coalesce(
                        look(col(PixelsTable.PDQ)),
                        concat(lit("pixels "), col(PixelsTable.PIXEL_SHA256))))
                .where(col(LOOK).isNotNull()));
    Dataset<Row> details =
        crops
            .map(
                rows ->
                    layouts.join(
                        rows.select(col(CropHashesTable.ID), col(CropHashesTable.HASHES).as(PARTS)),
                        toArray(ImagesTable.ID),
                        "left"))
            .orElse(layouts.withColumn(PARTS, lit(null).cast(DataTypes.BinaryType)));
    Dataset<Row> hashes =
        looks.select(PixelsTable.PDQ).where(col(PixelsTable.PDQ).isNotNull()).distinct();
    Dataset<Row> candidates =
        kept(
            crops.isEmpty()
                ? NearHashes.pairs(hashes, config.nearDistance())
                    .select(look(col(NearHashes.A)).as(LOOK), look(col(NearHashes.B)).as(OTHER))
                : candidatesByParts(looks.join(details, ImagesTable.ID), hashes, config));
    Dataset<Row> links = kept(links(looks, candidates, details, config.nearDistance()));
    return new NearDuplicates(looks, candidates, links, details, config.nearDistance());
  }

  /**
   * Computes the rows once and returns them under a plan of one step. They are used several times
   * in plans that are used several times themselves, and Spark writes out each plan in full.
   */
  private static Dataset<Row> kept(Dataset<Row> rows) {
    return rows.sparkSession().createDataFrame(rows.javaRDD(), rows.schema()).persist();
  }

  /** Frees the persisted rows. */
  void unpersist() {
    links.unpersist();
    candidates.unpersist();
    images.unpersist();
  }

  /** Returns pairs of looks with near hashes, including those of a look and another one's part. */
  private static Dataset<Row> candidatesByParts(
      Dataset<Row> images, Dataset<Row> hashes, AuditConfig config) {
    UDF1<byte[], List<byte[]>> split = CropHashes::split;
    Dataset<Row> known = images.where(col(PixelsTable.PDQ).isNotNull().and(col(PARTS).isNotNull()));
    Dataset<Row> parts =
        known
            .select(
                explode(
                        udf(split, DataTypes.createArrayType(DataTypes.BinaryType, false))
                            .apply(col(PARTS)))
                    .as(NearHashes.HASH),
                col(LOOK))
            .distinct();
    Dataset<Row> owners =
        parts.union(
            hashes.select(
                col(PixelsTable.PDQ).as(NearHashes.HASH), look(col(PixelsTable.PDQ)).as(LOOK)));
    // Parts are held against whole images only, of which the first part is one.
    Dataset<Row> wholes =
        hashes
            .select(col(PixelsTable.PDQ))
            .union(known.select(substring(col(PARTS), 1, PdqHash.BYTES)));
    Dataset<Row> probes =
        parts
            .select(col(NearHashes.HASH), lit(true).as(NearHashes.PROBE))
            .union(wholes.withColumn(NearHashes.PROBE, lit(false)))
            .groupBy(NearHashes.HASH)
            .agg(min(NearHashes.PROBE).as(NearHashes.PROBE));
    return NearHashes.pairsWithProbes(probes, config.nearDistance())
        .join(owners.toDF(NearHashes.A, LOOK), NearHashes.A)
        .join(owners.toDF(NearHashes.B, OTHER), NearHashes.B)
        // An image's parts look like the image.
        .select(least(col(LOOK), col(OTHER)).as(LOOK), greatest(col(LOOK), col(OTHER)).as(OTHER))
        .where(not(col(LOOK).equalTo(col(OTHER))))
        .distinct();
  }

  private static Dataset<Row> links(
      Dataset<Row> images, Dataset<Row> candidates, Dataset<Row> details, int reach) {
    Dataset<Row> described =
        described(
            images, details, candidates.select(LOOK).union(candidates.select(OTHER)).distinct());
    UDF6<byte[], byte[], byte[], byte[], byte[], byte[], Boolean> alike =
        (hash, layout, parts, otherHash, otherLayout, otherParts) ->
            DuplicateVerifier.of(hash, parts, layout)
                    .distance(DuplicateVerifier.of(otherHash, otherParts, otherLayout), reach)
                <= reach;
    return candidates
        .join(described.toDF(LOOK, "a_hash", "a_layout", "a_parts"), LOOK)
        .join(described.toDF(OTHER, "b_hash", "b_layout", "b_parts"), OTHER)
        .where(
            udf(alike, DataTypes.BooleanType)
                .apply(
                    col("a_hash"),
                    col("a_layout"),
                    col("a_parts"),
                    col("b_hash"),
                    col("b_layout"),
                    col("b_parts")))
        .select(LOOK, OTHER);
  }

  /**
   * Returns the look, hash, layout and parts of the image that represents each look.
   *
   * @param wanted the looks, each once
   */
  private static Dataset<Row> described(
      Dataset<Row> images, Dataset<Row> details, Dataset<Row> wanted) {
    return images
        .join(wanted.select(LOOK), toArray(LOOK), "left_semi")
        .groupBy(LOOK)
        .agg(
            min_by(col(ImagesTable.ID), order()).as(ImagesTable.ID),
            first(PixelsTable.PDQ).as(PixelsTable.PDQ))
        .join(details, ImagesTable.ID)
        .select(LOOK, PixelsTable.PDQ, PixelsTable.LAYOUT, PARTS);
  }

  /**
   * Returns the sort key of the images of a look. The largest image represents it, and of equally
   * large ones the one with the least id.
   */
  private static Column order() {
    return struct(coalesce(col(AREA), lit(0)).multiply(-1).as(AREA), col(ImagesTable.ID));
  }

  private static Column look(Column hash) {
    return concat(lit("pdq "), hex(hash));
  }

  /** Returns the rows of {@link DuplicatesTable}. */
  Dataset<Row> duplicates() {
    Dataset<Row> looks =
        images
            .groupBy(LOOK)
            .agg(
                min_by(
                        struct(
                            col(ImagesTable.ID),
                            col(ImagesTable.SHA256),
                            col(PixelsTable.PIXEL_SHA256),
                            col(AREA)),
                        order())
                    .as(BEST),
                first(PixelsTable.PDQ).as(PixelsTable.PDQ),
                min(ImagesTable.ID).as(LEAST));
    Dataset<Row> tied =
        Components.of(links).toDF(LOOK, DuplicatesTable.COMPONENT).join(looks, LOOK);
    Dataset<Row> led =
        leaders(tied.join(described(images, details, tied).drop(PixelsTable.PDQ), LOOK), reach)
            .withColumn(
                DuplicatesTable.COMPONENT,
                min(LEAST).over(Window.partitionBy(DuplicatesTable.COMPONENT)))
            .drop(LEAST)
            .withColumn(TIED, lit(true));
    Dataset<Row> alone =
        looks
            .join(tied.select(LOOK), toArray(LOOK), "left_anti")
            .select(
                col(LOOK),
                col(BEST).as(LEADER),
                when(col(PixelsTable.PDQ).isNotNull(), 0).as(NEAR),
                col(LEAST).as(DuplicatesTable.COMPONENT),
                lit(false).as(TIED));
    Column same = col(LEADER + "." + ImagesTable.SHA256).equalTo(col(ImagesTable.SHA256));
    Column samePixels =
        col(LEADER + "." + PixelsTable.PIXEL_SHA256).equalTo(col(PixelsTable.PIXEL_SHA256));
    Column group = col(DuplicatesTable.REPRESENTATIVE);
    Dataset<Row> rows =
        images
            .join(led.unionByName(alone), LOOK)
            .select(
                col(ImagesTable.ID).as(DuplicatesTable.ID),
                col(ImagesTable.PATH).as(DuplicatesTable.PATH),
                col(ImagesTable.LABEL).as(DuplicatesTable.LABEL),
                col(LEADER + "." + ImagesTable.ID).as(DuplicatesTable.REPRESENTATIVE),
                when(same, lit(DuplicatesTable.BYTES))
                    .when(samePixels, lit(DuplicatesTable.PIXELS))
                    .otherwise(lit(DuplicatesTable.LOOK))
                    .as(DuplicatesTable.KIND),
                col(NEAR).as(DuplicatesTable.DISTANCE),
                col(DuplicatesTable.COMPONENT),
                col(TIED));
    // Who ties others but is like no representative has a row too: splits have to know of it.
    Dataset<Row> groups =
        rows.groupBy(group)
            .agg(
                count(lit(1)).as(DuplicatesTable.GROUP_SIZE),
                countDistinct(DuplicatesTable.LABEL).gt(1).as(DuplicatesTable.CONFLICT));
    return rows.join(groups, DuplicatesTable.REPRESENTATIVE)
        .where(col(DuplicatesTable.GROUP_SIZE).gt(1).or(col(TIED)))
        .drop(TIED);
  }

  /**
   * Cuts chains, in which the first image need not look like the last. The largest image of a
   * component leads a group of the images within its reach; the largest of the rest leads the next
   * group, and so on.
   */
  private static Dataset<Row> leaders(Dataset<Row> tied, int reach) {
    StructType schema =
        new StructType()
            .add(LOOK, DataTypes.StringType, false)
            .add(DuplicatesTable.COMPONENT, DataTypes.StringType, false)
            .add(LEADER, tied.schema().apply(BEST).dataType())
            .add(NEAR, DataTypes.IntegerType)
            .add(LEAST, DataTypes.StringType, false);
    MapPartitionsFunction<Row, Row> cut = looks -> cut(looks, reach);
    return tied.select(
            col(LOOK),
            col(DuplicatesTable.COMPONENT),
            col(BEST),
            col(PixelsTable.PDQ),
            col(LEAST),
            col(PARTS),
            col(PixelsTable.LAYOUT))
        .repartition(col(DuplicatesTable.COMPONENT))
        .sortWithinPartitions(
            col(DuplicatesTable.COMPONENT),
            expr(BEST + "." + AREA).desc(),
            expr(BEST + "." + ImagesTable.ID))
        .mapPartitions(cut, Encoders.row(schema));
  }

  private record Leader(Row best, DuplicateVerifier duplicateVerifier) {}

  private static Iterator<Row> cut(Iterator<Row> looks, int reach) {
    return new Iterator<>() {
      private final List<Leader> leaders = new ArrayList<>();
      private String component;

      @Override
      public boolean hasNext() {
        return looks.hasNext();
      }

      @Override
      public Row next() {
        Row look = looks.next();
        if (!look.getString(1).equals(component)) {
          component = look.getString(1);
          leaders.clear();
        }
        Leader candidate =
            new Leader(
                look.getStruct(2),
                DuplicateVerifier.of(look.getAs(3), look.getAs(5), look.getAs(6)));
        Leader nearest = null;
        int least = reach + 1;
        for (Leader leader : leaders) {
          int distance = leader.duplicateVerifier().distance(candidate.duplicateVerifier(), reach);
          if (distance < least) {
            least = distance;
            nearest = leader;
          }
        }
        if (nearest == null) {
          nearest = candidate;
          least = 0;
          leaders.add(nearest);
        }
        return RowFactory.create(look.get(0), look.get(1), nearest.best(), least, look.get(4));
      }
    };
  }

  private static String[] toArray(String name) {
    return new String[] {name};
  }
}
