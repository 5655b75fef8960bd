package org.sparkvit.neighbors;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.row_number;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.ml.clustering.KMeans;
import org.apache.spark.ml.functions;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The nearest neighbours of each of many points, by Euclidean distance. Up to {@value #EXACT}
 * points all are compared with all. Of more, k-means of a sample makes cells (an inverted file, as
 * in Jégou et al. 2011), each point goes to its {@value #CELLS_PER_POINT} nearest, and only points
 * that share a cell are compared; {@link #recall} measures what that misses.
 *
 * <p>The result depends on ids, points and seed alone, not on how they are partitioned.
 */
public final class Neighbors {
  /** Columns of the rows it takes: {@code string} and {@code array<float>}. */
  public static final String ID = "id";

  public static final String POINT = "point";

  /** Columns of the result, besides {@link #ID}. */
  public static final String NEIGHBOR = "neighbor";

  /** Euclidean distance, {@code float}. */
  public static final String DISTANCE = "distance";

  /** 1 for the nearest; of equally near ones the one with the lower id comes first. */
  public static final String RANK = "rank";

  static final int EXACT = 20_000;
  static final int CELLS_PER_POINT = 3;

  /** Points of a cell that are compared at a time: two such blocks fit into the cache. */
  private static final int BLOCK = 1024;

  private static final int SAMPLE_PER_CELL = 24;
  private static final int ITERATIONS = 8;

  private static final String CELL = "cell";
  private static final String QUERIES = "queries";
  private static final String BASE = "base";
  private static final String IS_QUERY = "is_query";

  private final int k;
  private final long seed;
  private final int exact;

  /**
   * @param k neighbours of each point, 1 or more; fewer where there are not so many points
   * @param seed of the cells
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
   * Finds them.
   *
   * @param points {@link #ID}, each once, and {@link #POINT}, all equally long; persisted, as they
   *     are read several times
   * @return {@link #ID}, {@link #NEIGHBOR}, {@link #DISTANCE}, {@link #RANK}
   */
  public Dataset<Row> of(Dataset<Row> points) {
    long count = points.count();
    int cells = count <= exact ? 1 : (int) Math.ceil(Math.sqrt(count));
    float[][] centers = cells == 1 ? new float[1][0] : centers(points, cells, count);
    int perPoint = Math.min(CELLS_PER_POINT, cells);
    Dataset<Row> placed = place(points, centers, perPoint);
    long[] sizes = new long[cells];
    placed
        .groupBy(CELL)
        .count()
        .collectAsList()
        .forEach(row -> sizes[row.getInt(0)] = row.getLong(1));
    int[] blocks =
        Arrays.stream(sizes).mapToInt(size -> (int) ((size + BLOCK - 1) / BLOCK)).toArray();
    int wanted = k;
    int tasks = Math.max(1, IntStream.of(blocks).map(b -> b * b).sum() / 4 + 1);
    Dataset<Row> met =
        spread(placed, blocks)
            .repartition(Math.min(tasks, 2000), col(CELL), col(QUERIES), col(BASE))
            .sortWithinPartitions(col(CELL), col(QUERIES), col(BASE), col(IS_QUERY), col(ID))
            .mapPartitions(
                (MapPartitionsFunction<Row, Row>) rows -> new Meetings(rows, wanted),
                Encoders.row(Meetings.SCHEMA));
    return nearest(met);
  }

  /** The k nearest of each point among candidates that may be there twice. */
  private Dataset<Row> nearest(Dataset<Row> candidates) {
    return candidates
        .dropDuplicates(ID, NEIGHBOR)
        .withColumn(
            RANK,
            row_number().over(Window.partitionBy(ID).orderBy(col(DISTANCE), col(NEIGHBOR))))
        .where(col(RANK).leq(k));
  }

  /**
   * The share of true neighbours that were found, of a sample of points.
   *
   * @param sample how many points are compared with all others
   */
  public double recall(Dataset<Row> points, Dataset<Row> found, int sample) {
    List<Row> chosen =
        points
            .orderBy(org.apache.spark.sql.functions.xxhash64(col(ID)), col(ID))
            .limit(sample)
            .collectAsList();
    int wantedEach = k;
    Dataset<Row> exactly =
        nearest(
            points.mapPartitions(
                (MapPartitionsFunction<Row, Row>)
                    rows -> {
                      Heaps heaps = new Heaps(chosen, wantedEach);
                      rows.forEachRemaining(heaps::offer);
                      return heaps.rows().iterator();
                    },
                Encoders.row(Meetings.SCHEMA)));
    long wanted = exactly.count();
    long hit = exactly.select(ID, NEIGHBOR).intersect(found.select(ID, NEIGHBOR)).count();
    return wanted == 0 ? 1 : hit / (double) wanted;
  }

  private float[][] centers(Dataset<Row> points, int cells, long count) {
    long wanted = Math.min(count, (long) cells * SAMPLE_PER_CELL);
    Dataset<Row> sample =
        points
            .select(
                col(ID),
                functions.array_to_vector(col(POINT).cast("array<double>")).as("features"))
            .orderBy(
                org.apache.spark.sql.functions.xxhash64(
                    org.apache.spark.sql.functions.lit(seed), col(ID)),
                col(ID))
            .limit((int) wanted)
            // Sums of one partition in one order.
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
    StructType schema =
        new StructType()
            .add(CELL, DataTypes.IntegerType, false)
            .add(ID, DataTypes.StringType, false)
            .add(POINT, DataTypes.createArrayType(DataTypes.FloatType, false), false);
    return points
        .select(ID, POINT)
        .flatMap(
            (org.apache.spark.api.java.function.FlatMapFunction<Row, Row>)
                row -> {
                  float[] point = values(row.getList(1));
                  return IntStream.range(0, centers.length)
                      .boxed()
                      .sorted(
                          Comparator.comparingDouble(
                              c -> centers.length == 1 ? 0 : squared(point, centers[c])))
                      .limit(perPoint)
                      .map(c -> RowFactory.create(c, row.getString(0), row.get(1)))
                      .iterator();
                },
            Encoders.row(schema));
  }

  /** Each point once for each pair of blocks of its cell in which it is asked about, or asked. */
  private static Dataset<Row> spread(Dataset<Row> placed, int[] blocks) {
    StructType schema =
        new StructType()
            .add(CELL, DataTypes.IntegerType, false)
            .add(QUERIES, DataTypes.IntegerType, false)
            .add(BASE, DataTypes.IntegerType, false)
            .add(IS_QUERY, DataTypes.BooleanType, false)
            .add(ID, DataTypes.StringType, false)
            .add(POINT, DataTypes.createArrayType(DataTypes.FloatType, false), false);
    return placed.flatMap(
        (org.apache.spark.api.java.function.FlatMapFunction<Row, Row>)
            row -> {
              int cell = row.getInt(0);
              String id = row.getString(1);
              int mine = Math.floorMod(id.hashCode(), blocks[cell]);
              List<Row> rows = new ArrayList<>(2 * blocks[cell]);
              for (int other = 0; other < blocks[cell]; other++) {
                rows.add(RowFactory.create(cell, mine, other, true, id, row.get(2)));
                rows.add(RowFactory.create(cell, other, mine, false, id, row.get(2)));
              }
              return rows.iterator();
            },
        Encoders.row(schema));
  }

  static float[] values(List<Float> list) {
    float[] values = new float[list.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = list.get(i);
    }
    return values;
  }

  static float squared(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      float difference = a[i] - b[i];
      sum += difference * difference;
    }
    return sum;
  }

  /** The nearest so far of each of a few points. */
  private static final class Heaps implements Serializable {
    private final List<Row> queries;
    private final List<NearestList> nearest = new ArrayList<>();
    private final List<float[]> points = new ArrayList<>();

    Heaps(List<Row> queries, int k) {
      this.queries = queries;
      for (Row query : queries) {
        nearest.add(new NearestList(k));
        points.add(values(query.getList(query.fieldIndex(POINT))));
      }
    }

    void offer(Row row) {
      float[] point = values(row.getList(row.fieldIndex(POINT)));
      String id = row.getAs(ID);
      for (int q = 0; q < points.size(); q++) {
        if (!queries.get(q).<String>getAs(ID).equals(id)) {
          nearest.get(q).offer(id, squared(points.get(q), point));
        }
      }
    }

    List<Row> rows() {
      List<Row> rows = new ArrayList<>();
      for (int q = 0; q < queries.size(); q++) {
        nearest.get(q).addTo(rows, queries.get(q).getAs(ID));
      }
      return rows;
    }
  }

  /** Compares the blocks of a partition, one pair after the other. */
  private static final class Meetings implements Iterator<Row> {
    static final StructType SCHEMA =
        new StructType()
            .add(ID, DataTypes.StringType, false)
            .add(NEIGHBOR, DataTypes.StringType, false)
            .add(DISTANCE, DataTypes.FloatType, false);

    private final Iterator<Row> rows;
    private final int k;
    private Row pending;
    private Iterator<Row> ready = List.<Row>of().iterator();

    Meetings(Iterator<Row> rows, int k) {
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
      hasNext();
      return ready.next();
    }

    private Iterator<Row> nextPair() {
      PointBlock queries = new PointBlock();
      PointBlock base = new PointBlock();
      Row first = pending;
      while (pending != null && samePair(first, pending)) {
        (pending.getBoolean(3) ? queries : base).add(pending.getString(4), pending.getList(5));
        pending = rows.hasNext() ? rows.next() : null;
      }
      return queries.nearest(base, k).iterator();
    }

    private static boolean samePair(Row a, Row b) {
      return a.getInt(0) == b.getInt(0)
          && a.getInt(1) == b.getInt(1)
          && a.getInt(2) == b.getInt(2);
    }
  }
}
