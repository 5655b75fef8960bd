package org.sparkvit.pipeline.pack;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.sum;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.IdRanges;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.IdRange;

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

  private final List<IdRange> shards = new ArrayList<>();
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
    SortedMap<String, Long> starts = new TreeMap<>();
    String start = "";
    long part = -1;
    long before = 0;
    for (Map.Entry<String, Sum> group : sums.entrySet()) {
      long size = group.getValue().bytes();
      long own = (long) Math.min(parts - 1.0, (before + size / 2.0) / target);
      if (own > part) {
        start = starts.isEmpty() ? "" : group.getKey();
        part = own;
      }
      starts.merge(start, group.getValue().images(), Long::sum);
      before += size;
    }
    List<String> ends = new ArrayList<>(starts.keySet());
    ends.add("");
    starts.forEach(
        (from, count) -> shards.add(new IdRange(from, ends.get(shards.size() + 1), count)));
  }

  /** The shards, in the order of ids; all ids are in one of them, unless there are no images. */
  List<IdRange> shards() {
    return shards;
  }

  /** The shards of a range that {@link #ranges} has given. */
  List<IdRange> shards(IdRange range) {
    return shards.stream().filter(shard -> range.contains(shard.from())).toList();
  }

  /**
   * Ranges of whole shards.
   *
   * @param name decides which range is the first
   */
  IdRanges ranges(String name) {
    SortedMap<String, Long> pieces = new TreeMap<>();
    shards.forEach(shard -> pieces.put(shard.from(), shard.images()));
    return IdRanges.of(pieces, name);
  }

  /** About how many images so many shards have; half a shard less, so that one more is none. */
  long imagesOf(int count) {
    return Math.max(1, (2L * count - 1) * images / (2L * shards.size()));
  }

  long images() {
    return images;
  }

  long bytes() {
    return bytes;
  }
}
