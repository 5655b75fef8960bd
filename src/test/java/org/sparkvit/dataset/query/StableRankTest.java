package org.sparkvit.dataset.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;
import org.sparkvit.dataset.schema.ImageRows;

class StableRankTest extends SparkTest {
  private final Dataset<Row> images =
      new ImageRows().add("a", 5000, "x").add("b", 37, "y").add("c", 1, "z").dataset(spark);

  @Test
  void numbersEachClassInTheOrderOfTheHash() {
    // The oracle sorts each class by the hash's unsigned value on one machine.
    Map<String, List<Row>> classes = new TreeMap<>();
    for (Row row :
        images
            .select(
                functions.col("id"),
                functions.col("label"),
                functions.xxhash64(functions.col("id"), functions.lit(7L), functions.lit("test")))
            .collectAsList()) {
      classes.computeIfAbsent(row.getString(1), label -> new ArrayList<>()).add(row);
    }
    Map<String, Long> expected = new TreeMap<>();
    classes.forEach(
        (label, rows) -> {
          rows.sort(Comparator.comparing(row -> row.getLong(2), Long::compareUnsigned));
          for (int i = 0; i < rows.size(); i++) {
            expected.put(rows.get(i).getString(0), i + 1L);
          }
        });

    assertThat(ranks(images, 7)).isEqualTo(expected);
  }

  @Test
  void dependsOnTheSeedButNotOnPartitions() {
    Map<String, Long> ranks = ranks(images.repartition(1), 7);

    assertThat(ranks(images.repartition(7), 7)).isEqualTo(ranks);
    assertThat(ranks(images, 8)).isNotEqualTo(ranks);
  }

  private static Map<String, Long> ranks(Dataset<Row> rows, long seed) {
    Map<String, Long> ranks = new TreeMap<>();
    for (Row row :
        StableRank.withinLabel(rows, "id", "label", seed, "test")
            .select("id", StableRank.RANK)
            .collectAsList()) {
      ranks.put(row.getString(0), row.getLong(1));
    }
    return ranks;
  }
}
