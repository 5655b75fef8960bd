package org.sparkvit.dataset.neighbors;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.udf;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.image.hash.PdqHash;

/**
 * Finds hashes that differ in few bits among many, by bit sampling (Indyk and Motwani 1998). Each
 * of {@value #TABLES} tables samples {@value #SAMPLED} of the 256 bits, and hashes that agree in
 * all sampled bits of one table are compared. {@link #recall} says which share this finds. Every
 * pair that it returns is verified.
 */
public final class NearHashes {
  /** The binary columns of the two hashes in the result, and the column of their distance. */
  public static final String A = "a";

  public static final String B = "b";
  public static final String DISTANCE = "distance";

  /**
   * The columns of the hashes: 32 bytes, and whether the hash is a probe. Two probes are not
   * compared with each other.
   */
  public static final String HASH = "hash";

  public static final String PROBE = "probe";

  static final int TABLES = 48;
  static final int SAMPLED = 24;

  /**
   * The number of earlier hashes of a bucket that each hash is compared with. Larger buckets
   * consist of hashes that are all alike, whose pairs of neighbours connect the rest.
   */
  private static final int WINDOW = 200;

  private static final long ROWS_PER_PARTITION = 4_000_000;
  private static final long SEED = 20190801;
  private static final int[][] POSITIONS = positions();

  private static final String BUCKET = "bucket";
  private static final String KEY = "key";

  private NearHashes() {}

  private static int[][] positions() {
    List<Integer> all = new ArrayList<>();
    for (int bit = 0; bit < PdqHash.BITS; bit++) {
      all.add(bit);
    }
    // The JDK specifies the numbers that Random and shuffle give.
    Random random = new Random(SEED);
    int[][] positions = new int[TABLES][];
    for (int table = 0; table < TABLES; table++) {
      Collections.shuffle(all, random);
      positions[table] =
          all.subList(0, SAMPLED).stream().mapToInt(Integer::intValue).sorted().toArray();
    }
    return positions;
  }

  /**
   * Returns the probability that two hashes at a distance are found: that in some table no sampled
   * bit differs.
   */
  public static double recall(int distance) {
    double agree = 1;
    for (int i = 0; i < SAMPLED; i++) {
      agree *= Math.max(0, PdqHash.BITS - distance - i) / (double) (PdqHash.BITS - i);
    }
    return 1 - Math.pow(1 - agree, TABLES);
  }

  /**
   * Returns the pairs of different hashes at a distance of at most {@code most} bits.
   *
   * @param hashes rows with one binary column of {@link PdqHash#toBytes}, each hash once
   * @return {@link #A} before {@link #B} in the order of their 64-bit keys, each pair once
   */
  public static Dataset<Row> pairs(Dataset<Row> hashes, int most) {
    return pairsWithProbes(hashes.toDF(HASH).withColumn(PROBE, lit(false)), most);
  }

  /**
   * Returns the pairs of different hashes at a distance of at most {@code most} bits, except pairs
   * of two probes.
   *
   * @param hashes rows with the columns {@link #HASH}, each hash once, and {@link #PROBE}
   */
  public static Dataset<Row> pairsWithProbes(Dataset<Row> hashes, int most) {
    Dataset<Row> keyed = hashes.select(col(HASH), xxhash64(col(HASH)).as(KEY), col(PROBE));
    int partitions = (int) (hashes.count() * TABLES / ROWS_PER_PARTITION + 1);
    UDF1<byte[], List<Long>> buckets = NearHashes::buckets;
    Dataset<Row> spread =
        keyed.select(
            explode(
                    udf(buckets, DataTypes.createArrayType(DataTypes.LongType, false))
                        .apply(col(HASH)))
                .as(BUCKET),
            col(KEY),
            col(PROBE));
    StructType schema =
        new StructType()
            .add("key_a", DataTypes.LongType, false)
            .add("key_b", DataTypes.LongType, false);
    MapPartitionsFunction<Row, Row> meet = NearHashes::candidates;
    Dataset<Row> candidates =
        spread
            .repartition(partitions, col(BUCKET))
            .sortWithinPartitions(BUCKET, KEY)
            .mapPartitions(meet, Encoders.row(schema))
            .distinct();
    UDF2<byte[], byte[], Integer> distance =
        (a, b) -> PdqHash.distance(PdqHash.bits(a), PdqHash.bits(b));
    return candidates
        .join(keyed.select(col(HASH).as(A), col(KEY).as("key_a")), "key_a")
        .join(keyed.select(col(HASH).as(B), col(KEY).as("key_b")), "key_b")
        .select(
            col(A), col(B), udf(distance, DataTypes.IntegerType).apply(col(A), col(B)).as(DISTANCE))
        .where(col(DISTANCE).leq(most));
  }

  /**
   * Returns the buckets of a hash, one for each table: the number of the table in the high bits,
   * the sampled bits below.
   */
  private static List<Long> buckets(byte[] hash) {
    long[] bits = PdqHash.bits(hash);
    List<Long> buckets = new ArrayList<>(TABLES);
    for (int table = 0; table < TABLES; table++) {
      long bucket = table;
      for (int position : POSITIONS[table]) {
        bucket = (bucket << 1) | ((bits[position / Long.SIZE] >>> (position % Long.SIZE)) & 1);
      }
      buckets.add(bucket);
    }
    return buckets;
  }

  /** Returns the pairs of keys of each bucket. The rows of a bucket must follow one another. */
  private static Iterator<Row> candidates(Iterator<Row> rows) {
    return new Iterator<>() {
      private final Deque<Row> ready = new ArrayDeque<>();
      private final Deque<Row> window = new ArrayDeque<>();
      private long bucket;

      @Override
      public boolean hasNext() {
        while (ready.isEmpty() && rows.hasNext()) {
          take(rows.next());
        }
        return !ready.isEmpty();
      }

      private void take(Row row) {
        if (row.getLong(0) != bucket) {
          bucket = row.getLong(0);
          window.clear();
        }
        for (Row before : window) {
          if (!before.getBoolean(2) || !row.getBoolean(2)) {
            ready.add(RowFactory.create(before.getLong(1), row.getLong(1)));
          }
        }
        window.addLast(row);
        if (window.size() > WINDOW) {
          window.removeFirst();
        }
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return ready.removeFirst();
      }
    };
  }
}
