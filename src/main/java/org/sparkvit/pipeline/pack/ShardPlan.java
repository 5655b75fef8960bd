package org.sparkvit.pipeline.pack;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Cuts images into shards by ranges of their ids, which are hashes. So a shard is a fair sample of
 * the data set, a reader of any range of ids reads in sequence, and the cuts depend on nothing but
 * the images. What is summed is the bytes of the images whose ids begin with the same few digits,
 * so the driver's memory does not grow with the number of images.
 */
final class ShardPlan {
  /** 65,536 sums, or a million where there are so many bytes that these would be coarse. */
  private static final int DIGITS = 4;

  private static final int FINE = 8;

  private record Sum(long images, long bytes) {}

  private final List<IdInterval> shards = new ArrayList<>();
  private long images;
  private long bytes;

  private ShardPlan() {}

  /**
   * For all of {@code rows}.
   *
   * @param rows with the id and bytes of {@link ImagesTable}
   * @param shardBytes about how many bytes of images go into one shard
   */
  static ShardPlan plan(Dataset<Row> rows, long shardBytes) {
    Map<String, Sum> sums = sums(rows, DIGITS);
    long bytes = sums.values().stream().mapToLong(Sum::bytes).sum();
    if (bytes / (1L << (4 * DIGITS)) > shardBytes / FINE) {
      sums = sums(rows, DIGITS + 1);
    }
    ShardPlan plan = new ShardPlan();
    plan.bytes = bytes;
    plan.images = sums.values().stream().mapToLong(Sum::images).sum();
    plan.cut(sums, Math.max(1, (bytes + shardBytes - 1) / shardBytes));
    return plan;
  }

  private static Map<String, Sum> sums(Dataset<Row> rows, int digits) {
    Map<String, Sum> sums = new TreeMap<>();
    for (Row row :
        rows.groupBy(substring(col(ImagesTable.ID), 1, digits))
            .agg(count(lit(1)), sum(ImagesTable.BYTES))
            .collectAsList()) {
      sums.put(row.getString(0), new Sum(row.getLong(1), row.getLong(2)));
    }
    return sums;
  }

  private void cut(Map<String, Sum> sums, long parts) {
    double target = (double) bytes / parts;
    List<String> starts = new ArrayList<>();
    long part = -1;
    long before = 0;
    for (Map.Entry<String, Sum> group : sums.entrySet()) {
      long size = group.getValue().bytes();
      long own = (long) Math.min(parts - 1.0, (before + size / 2.0) / target);
      if (own > part) {
        starts.add(starts.isEmpty() ? "" : group.getKey());
        part = own;
      }
      before += size;
    }
    for (int i = 0; i < starts.size(); i++) {
      shards.add(new IdInterval(starts.get(i), i + 1 < starts.size() ? starts.get(i + 1) : null));
    }
  }

  /** The ranges, in order; all ids are in one of them, unless there are no images. */
  List<IdInterval> shards() {
    return shards;
  }

  long images() {
    return images;
  }

  long bytes() {
    return bytes;
  }
}
