package org.sparkvit.dataset.neighbors;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Finds the nearest neighbours of each of many points, by Euclidean distance. Up to {@value #EXACT}
 * points are all compared with each other. More points are divided into cells by k-means of a
 * sample (an inverted file, as in Jégou et al. 2011). Each point goes to its {@value
 * #CELLS_PER_POINT} nearest cells, and only points that share a cell are compared. {@link #recall}
 * measures which share of the neighbours this finds.
 *
 * <p>The result depends on ids, points and seed alone, not on how they are partitioned.
 */
public final class Neighbors {
  /**
   * The columns of the input: an id of type {@code string} and a point of type {@code
   * array<float>}.
   */
  public static final String ID = "id";

  public static final String POINT = "point";

  /** The id of a neighbour, a column of the result beside {@link #ID}. */
  public static final String NEIGHBOR = "neighbor";

  /** The Euclidean distance to the neighbour, a {@code float} of the result. */
  public static final String DISTANCE = "distance";

  /**
   * The rank of the neighbour, 1 for the nearest. Of equally near neighbours the one with the lower
   * id comes first.
   */
  public static final String RANK = "rank";

  static final int EXACT = 20_000;
  static final int CELLS_PER_POINT = 3;

  /** The number of points of a cell that are compared at a time. */
  private static final int BLOCK = 4096;

  private static final int MOST_PARTITIONS = 200;

  private static final int SAMPLE_PER_CELL = 24;
  private static final int ITERATIONS = 8;

  private static final String CELL = "cell";
  private static final String FIRST = "first_block";
  private static final String SECOND = "second_block";
  private static final String IN_FIRST = "in_first";
  private static final String BYTES = "bytes";

  private final int k;
  private final long seed;
  private final int exact;

  /**
   * Creates a search.
   *
   * @param k the number of neighbours of each point, 1 or more; fewer are found where there are
   *     fewer points
   * @param seed the seed of the sample that makes the cells
   */
  public Neighbors(int k, long seed) {
    this(k, seed, EXACT);
  }

  Neighbors(int k, long seed, int exact) {
    this.k = k;
    this.seed = seed;
    this.exact = exact;
  }

  /**
   * Finds the neighbours of each point.
   *
   * @param points rows with {@link #ID}, each id once, and {@link #POINT}, all of the same length;
   *     the caller persists them, as they are read several times
   * @return rows with {@link #ID}, {@link #NEIGHBOR}, {@link #DISTANCE}, {@link #RANK}
   */
  public Dataset<Row> find(Dataset<Row> points) {
    long count = points.count();
    int cells = count <= exact ? 1 : (int) Math.ceil(Math.sqrt((double) count));
    float[][] centers = cells == 1 ? new float[1][0] : centers(points, cells, count);
    Dataset<Row> placed = place(points, centers, Math.min(CELLS_PER_POINT, cells));
    long[] sizes = new long[cells];
    placed
        .groupBy(CELL)
        .count()
        .collectAsList()
        .forEach(row -> sizes[row.getInt(0)] = row.getLong(1));
    int[] blocks =
        Arrays.stream(sizes).mapToInt(size -> (int) ((size + BLOCK - 1) / BLOCK)).toArray();
    int pairs = Arrays.stream(blocks).map(b -> b * (b + 1) / 2).sum();
    int wanted = k;
    Dataset<Row> met =
        spread(placed, blocks)
            .repartition(Math.min(pairs + 1, MOST_PARTITIONS), col(CELL), col(FIRST), col(SECOND))
            .sortWithinPartitions(col(CELL), col(FIRST), col(SECOND), col(IN_FIRST).desc(), col(ID))
            .mapPartitions(
                (MapPartitionsFunction<Row, Row>) rows -> new BlockPairs(rows, wanted),
                Encoders.row(NearestList.SCHEMA));
    return merged(met);
  }

  /** Returns the k nearest neighbours of each point from all its lists. */
  private Dataset<Row> merged(Dataset<Row> lists) {
    int wanted = k;
    UDF1<scala.collection.Seq<Row>, List<Row>> merge = found -> NearestList.merge(found, wanted);
    return lists
        .groupBy(ID)
        .agg(collect_list(struct(NearestList.IDS, NearestList.SQUARED)).as("lists"))
        .select(col(ID), explode(udf(merge, NearestList.MERGED).apply(col("lists"))).as("nearest"))
        .select(col(ID), col("nearest.*"));
  }

  /**
   * Finds the nearest of many points to each of a few points, which are compared with all.
   *
   * @param few the few points, as in {@link #find}; they are collected to the driver and sent to
   *     every task
   * @param points the many points, as in {@link #find}; a point is no neighbour of one with the
   *     same id
   * @return the columns of {@link #find}
   */
  public Dataset<Row> ofFew(Dataset<Row> few, Dataset<Row> points) {
    PointBlock chosen = new PointBlock();
    few.select(col(ID), bytes())
        .collectAsList()
        .forEach(row -> chosen.add(row.getString(0), row.getAs(1)));
    int wanted = k;
    return merged(
        points
            .select(col(ID), bytes())
            .mapPartitions(
                (MapPartitionsFunction<Row, Row>) rows -> new QueryBlockPairs(chosen, rows, wanted),
                Encoders.row(NearestList.SCHEMA)));
  }

  /**
   * Returns the share of the true neighbours of a sample of points that was found.
   *
   * @param points the points that were searched
   * @param found the rows that {@link #find} returned for them
   * @param sample the number of points that are compared with all others
   */
  public double recall(Dataset<Row> points, Dataset<Row> found, int sample) {
    Dataset<Row> chosen = points.orderBy(xxhash64(col(ID)), col(ID)).limit(sample);
    Dataset<Row> exactly = ofFew(chosen, points);
    long existing = exactly.count();
    long hit = exactly.select(ID, NEIGHBOR).intersect(found.select(ID, NEIGHBOR)).count();
    return existing == 0 ? 1 : hit / (double) existing;
  }

  /**
   * Packs the floats of a point into bytes, as arrays of boxed numbers would take most of the time.
   */
  private static Column bytes() {
    UDF1<scala.collection.Seq<Float>, byte[]> pack = PointBlock::pack;
    return udf(pack, DataTypes.BinaryType).apply(col(POINT)).as(BYTES);
  }

  private float[][] centers(Dataset<Row> points, int cells, long count) {
    long wanted = Math.min(count, (long) cells * SAMPLE_PER_CELL);
    Dataset<Row> sample =
        points
            .select(
                col(ID), functions.array_to_vector(col(POINT).cast("array<double>")).as("features"))
            .orderBy(xxhash64(lit(seed), col(ID)), col(ID))
            .limit((int) wanted)
            // One partition in one order makes the sums the same each time.
            .repartition(1)
            .sortWithinPartitions(ID)
            .select("features")
            .persist();
    try {
      Vector[] found =
          new KMeans()
              .setK(cells)
              .setSeed(seed)
              .setInitMode("random")
              .setMaxIter(ITERATIONS)
              .fit(sample)
              .clusterCenters();
      float[][] centers = new float[found.length][];
      for (int c = 0; c < centers.length; c++) {
        double[] center = found[c].toArray();
        centers[c] = new float[center.length];
        for (int i = 0; i < center.length; i++) {
          centers[c][i] = (float) center[i];
        }
      }
      return centers;
    } finally {
      sample.unpersist();
    }
  }

  private static Dataset<Row> place(Dataset<Row> points, float[][] centers, int perPoint) {
    UDF1<byte[], int[]> nearest =
        point -> PointBlock.nearest(PointBlock.unpack(point), centers, perPoint);
    return points
        .select(col(ID), bytes())
        .withColumn(
            CELL,
            explode(
                udf(nearest, DataTypes.createArrayType(DataTypes.IntegerType, false))
                    .apply(col(BYTES))));
  }

  /**
   * Returns each point once for each pair of blocks of its cell that contains the point's block.
   */
  private static Dataset<Row> spread(Dataset<Row> placed, int[] blocks) {
    UDF2<Integer, String, List<Row>> pairs =
        (cell, id) -> {
          int mine = Math.floorMod(id.hashCode(), blocks[cell]);
          List<Row> rows = new ArrayList<>(blocks[cell]);
          for (int other = 0; other < blocks[cell]; other++) {
            rows.add(
                RowFactory.create(Math.min(mine, other), Math.max(mine, other), mine <= other));
          }
          return rows;
        };
    StructType pair =
        new StructType()
            .add(FIRST, DataTypes.IntegerType, false)
            .add(SECOND, DataTypes.IntegerType, false)
            .add(IN_FIRST, DataTypes.BooleanType, false);
    return placed
        .withColumn(
            "pair",
            explode(udf(pairs, DataTypes.createArrayType(pair, false)).apply(col(CELL), col(ID))))
        .select(col(CELL), col("pair.*"), col(ID), col(BYTES));
  }

  /** Compares a few points with all points of a partition, a block at a time. */
  private static final class QueryBlockPairs implements Iterator<Row> {
    private final PointBlock few;
    private final Iterator<Row> rows;
    private final int k;
    private Iterator<Row> ready = List.<Row>of().iterator();

    QueryBlockPairs(PointBlock few, Iterator<Row> rows, int k) {
      this.few = few;
      this.rows = rows;
      this.k = k;
    }

    @Override
    public boolean hasNext() {
      while (!ready.hasNext() && rows.hasNext()) {
        PointBlock block = new PointBlock();
        for (int i = 0; i < BLOCK && rows.hasNext(); i++) {
          Row row = rows.next();
          block.add(row.getString(0), row.getAs(1));
        }
        ready = few.nearest(block, k).iterator();
      }
      return ready.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.next();
    }
  }

  /** Compares the blocks of a partition, one pair after the other. */
  private static final class BlockPairs implements Iterator<Row> {
    private final Iterator<Row> rows;
    private final int k;
    private Row pending;
    private Iterator<Row> ready = List.<Row>of().iterator();

    BlockPairs(Iterator<Row> rows, int k) {
      this.rows = rows;
      this.k = k;
      pending = rows.hasNext() ? rows.next() : null;
    }

    @Override
    public boolean hasNext() {
      while (!ready.hasNext() && pending != null) {
        ready = nextPair();
      }
      return ready.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return ready.next();
    }

    private Iterator<Row> nextPair() {
      PointBlock first = new PointBlock();
      PointBlock second = new PointBlock();
      Row pair = pending;
      while (pending != null && samePair(pair, pending)) {
        (pending.getBoolean(3) ? first : second).add(pending.getString(4), pending.getAs(5));
        pending = rows.hasNext() ? rows.next() : null;
      }
      if (pair.getInt(1) == pair.getInt(2)) {
        return first.nearest(first, k).iterator();
      }
      List<Row> nearest = first.nearest(second, k);
      nearest.addAll(second.nearest(first, k));
      return nearest.iterator();
    }

    private static boolean samePair(Row a, Row b) {
      return a.getInt(0) == b.getInt(0) && a.getInt(1) == b.getInt(1) && a.getInt(2) == b.getInt(2);
    }
  }
}
