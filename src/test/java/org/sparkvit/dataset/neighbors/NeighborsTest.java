package org.sparkvit.dataset.neighbors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;

class NeighborsTest extends SparkTest {
  private static final StructType SCHEMA =
      new StructType()
          .add(Neighbors.ID, DataTypes.StringType, false)
          .add(Neighbors.POINT, DataTypes.createArrayType(DataTypes.FloatType, false), false);

  /** Around a few centres, some of them equal. */
  private static List<Row> draw(int count, int dimensions) {
    Random random = new Random(11);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Float> point = new ArrayList<>();
      for (int d = 0; d < dimensions; d++) {
        point.add((i % 9 == d ? 3 : 0) + (float) random.nextGaussian());
      }
      rows.add(RowFactory.create("p" + i, i % 50 == 7 ? rows.get(i - 3).get(1) : point));
    }
    return rows;
  }

  @SuppressWarnings("unchecked")
  private static float[] point(Row row) {
    List<Float> values = (List<Float>) row.get(1);
    float[] point = new float[values.size()];
    for (int i = 0; i < point.length; i++) {
      point[i] = values.get(i);
    }
    return point;
  }

  private static Map<String, List<String>> neighbors(Dataset<Row> found) {
    Map<String, List<String>> all = new HashMap<>();
    for (Row row : found.orderBy(Neighbors.ID, Neighbors.RANK).collectAsList()) {
      all.computeIfAbsent(row.getAs(Neighbors.ID), id -> new ArrayList<>())
          .add(row.getAs(Neighbors.NEIGHBOR));
    }
    return all;
  }

  @Test
  void areThoseOfBruteForceForAnyPartitioning() {
    List<Row> points = draw(1_200, 16);
    Map<String, List<String>> wanted = new HashMap<>();
    for (Row row : points) {
      float[] mine = point(row);
      wanted.put(
          row.getString(0),
          points.stream()
              .filter(other -> !other.getString(0).equals(row.getString(0)))
              .sorted(
                  Comparator.<Row>comparingDouble(other -> PointBlock.squared(mine, point(other)))
                      .thenComparing(other -> other.getString(0)))
              .limit(5)
              .map(other -> other.getString(0))
              .toList());
    }
    for (int partitions : new int[] {1, 3, 7}) {
      Dataset<Row> rows = spark.createDataFrame(points, SCHEMA).repartition(partitions);
      assertThat(neighbors(new Neighbors(5, 1).find(rows))).isEqualTo(wanted);
      Map<String, List<String>> ofFew =
          neighbors(new Neighbors(5, 1).ofFew(rows.where("id < 'p2'"), rows));
      assertThat(ofFew).hasSizeGreaterThan(200).hasSizeLessThan(wanted.size());
      assertThat(wanted).containsAllEntriesOf(ofFew);
    }
  }

  @Test
  void cellsFindMostAndSayHowMany() {
    Dataset<Row> points = spark.createDataFrame(draw(3_000, 16), SCHEMA).persist();
    Neighbors search = new Neighbors(5, 1, 1_000);
    Dataset<Row> found = search.find(points).persist();
    double recall = search.recall(points, found, 300);
    Map<String, List<String>> all = neighbors(new Neighbors(5, 1).find(points));
    Map<String, List<String>> some = neighbors(found);
    double share =
        all.entrySet().stream()
                .mapToLong(
                    entry ->
                        entry.getValue().stream()
                            .filter(some.getOrDefault(entry.getKey(), List.of())::contains)
                            .count())
                .sum()
            / (5.0 * 3_000);
    assertThat(share).isBetween(0.6, 0.999);
    assertThat(recall).isCloseTo(share, within(0.05));
    assertThat(neighbors(search.find(points.repartition(7)))).isEqualTo(some);
  }

  @Test
  void fewPointsHaveFewNeighbours() {
    Dataset<Row> points = spark.createDataFrame(draw(3, 16), SCHEMA);
    assertThat(new Neighbors(5, 1).find(points).count()).isEqualTo(6);
    assertThat(new Neighbors(5, 1).find(points.limit(0)).count()).isZero();
  }
}
