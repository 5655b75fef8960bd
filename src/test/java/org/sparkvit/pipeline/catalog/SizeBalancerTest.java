package org.sparkvit.pipeline.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;

class SizeBalancerTest extends SparkTest {
  private static final int FILES = 2_000;

  private final List<Row> rows = new ArrayList<>();
  private long total;
  private long largest;

  SizeBalancerTest() {
    Random random = new Random(1);
    for (int i = 0; i < FILES; i++) {
      // A heavy tail: most files are small, a few are of tens of megabytes; some are unknown.
      long bytes = (long) Math.exp(random.nextDouble() * 17);
      Long known = i % 50 == 0 ? null : (Long) bytes;
      Row row = Listing.file(String.format("%05d", i), "p" + i, "a", null, 0, known, 0L);
      rows.add(row);
      total += weight(row);
      largest = Math.max(largest, weight(row));
    }
  }

  @Test
  void partitionsWeighTheSameUpToOneFile() {
    for (int partitions : new int[] {1, 3, 7, 40}) {
      List<List<Row>> cut = SizeBalancer.balance(listing(4), total, partitions).glom().collect();
      assertThat(cut).hasSize(partitions);
      for (List<Row> partition : cut) {
        long weight = partition.stream().mapToLong(SizeBalancerTest::weight).sum();
        assertThat(weight).isBetween(total / partitions - largest, total / partitions + largest);
      }
      assertThat(cut.stream().flatMap(List::stream).map(row -> row.getString(0)))
          .hasSize(FILES)
          .isSorted();
    }
  }

  @Test
  void theListingsOwnPartitionsDoNotMatter() {
    List<List<Row>> one = SizeBalancer.balance(listing(1), total, 5).glom().collect();
    List<List<Row>> nine = SizeBalancer.balance(listing(9), total, 5).glom().collect();
    assertThat(names(nine)).isEqualTo(names(one));
  }

  private static List<List<String>> names(List<List<Row>> partitions) {
    return partitions.stream()
        .map(rows -> rows.stream().map(row -> row.getString(0)).toList())
        .toList();
  }

  private Dataset<Row> listing(int partitions) {
    List<Row> shuffled = new ArrayList<>(rows);
    Collections.shuffle(shuffled, new Random(2));
    return spark.createDataFrame(shuffled, Listing.SCHEMA).repartition(partitions);
  }

  private static long weight(Row row) {
    return SizeBalancer.OPEN_BYTES
        + (row.isNullAt(Listing.AT_BYTES) ? 128 << 10 : row.getLong(Listing.AT_BYTES));
  }
}
