package org.sparkvit.dataset.neighbors;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.query.Components;
import org.sparkvit.image.hash.PdqHash;

/**
 * How long near hashes take among many: random ones, of which every hundredth has four others
 * within ten bits. All planted groups have to be found and no other.
 */
final class NearHashScaling {
  private static final int APART = 10;
  private static final int GROUP = 5;
  private static final int EVERY = 100;
  private static final int TASKS = 16;

  private NearHashScaling() {}

  public static void main(String[] counts) {
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.driver.host", "127.0.0.1")
            .config("spark.driver.bindAddress", "127.0.0.1")
            .config("spark.sql.shuffle.partitions", 8)
            .getOrCreate();
    double before = 0;
    long earlier = 0;
    for (String text : counts) {
      long count = Long.parseLong(text);
      double seconds = measure(spark, count);
      if (earlier > 0) {
        System.out.printf(
            Locale.ROOT,
            "  %.2f times the time for %.2f times the hashes%n",
            seconds / before,
            count / (double) earlier);
      }
      before = seconds;
      earlier = count;
    }
    spark.stop();
  }

  private static double measure(SparkSession spark, long count) {
    long seeds = count / (EVERY + GROUP - 1) * EVERY;
    FlatMapFunction<Long, byte[]> make = NearHashScaling::make;
    Dataset<Row> hashes =
        spark
            .range(0, seeds, 1, TASKS)
            .as(Encoders.LONG())
            .flatMap(make, Encoders.BINARY())
            .toDF("hash")
            .persist();
    long all = hashes.count();
    long started = System.nanoTime();
    Dataset<Row> pairs = NearHashes.pairs(hashes, PdqHash.SAME).persist();
    long found = pairs.count();
    double seconds = (System.nanoTime() - started) / 1e9;
    Dataset<Row> components = Components.of(pairs.selectExpr("hex(a)", "hex(b)"));
    List<Row> sizes =
        components
            .groupBy(Components.NAME)
            .count()
            .groupBy("count")
            .count()
            .toDF("size", "groups")
            .collectAsList();
    boolean right =
        sizes.size() == 1
            && sizes.get(0).getLong(0) == GROUP
            && sizes.get(0).getLong(1) == seeds / EVERY;
    System.out.printf(
        Locale.ROOT,
        "%,d hashes: %,d pairs in %.1f s; groups by size %s, planted %,d of %d: %s%n",
        all,
        found,
        seconds,
        sizes,
        seeds / EVERY,
        GROUP,
        right ? "all found, no other" : "WRONG");
    pairs.unpersist();
    hashes.unpersist();
    if (!right) {
      throw new IllegalStateException("not the groups that were planted");
    }
    return seconds;
  }

  private static Iterator<byte[]> make(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    ByteBuffer hash = ByteBuffer.allocate(PdqHash.BYTES);
    for (int i = 0; i < PdqHash.BYTES / Long.BYTES; i++) {
      hash.putLong(random.nextLong());
    }
    List<byte[]> hashes = new ArrayList<>();
    hashes.add(hash.array());
    while (seed % EVERY == 0 && hashes.size() < GROUP) {
      byte[] near = hash.array().clone();
      for (int bit = 0; bit < APART; bit++) {
        int at = random.nextInt(PdqHash.BITS);
        near[at / Byte.SIZE] ^= (byte) (1 << (at % Byte.SIZE));
      }
      hashes.add(near);
    }
    return hashes.iterator();
  }
}
