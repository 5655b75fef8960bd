package org.sparkvit.pipeline.resample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.inference.EmbeddingSettings;

/** Against what the papers say, written out over all pairs of points. */
class ResamplingTest extends SparkTest {
  private static final int DIMENSIONS = 6;
  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.StringType, false)
          .add("label", DataTypes.StringType, false)
          .add("point", DataTypes.createArrayType(DataTypes.FloatType, false), false);

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Point(String id, String label, float[] values) {}

  private static final Map<String, Point> POINTS = new TreeMap<>();

  private final List<String> said = new ArrayList<>();

  @BeforeAll
  static void draw() {
    Random random = new Random(5);
    int[] sizes = {240, 50, 4, 1};
    String[] labels = {"large", "rare", "tiny", "single"};
    for (int c = 0; c < sizes.length; c++) {
      for (int i = 0; i < sizes[c]; i++) {
        float[] values = new float[DIMENSIONS];
        for (int d = 0; d < DIMENSIONS; d++) {
          values[d] = (float) random.nextGaussian() + (d == 0 ? 1.5f * c : 0);
        }
        String id = labels[c] + i;
        POINTS.put(id, new Point(id, labels[c], values));
      }
    }
  }

  private List<Row> resampled(String method, String cleaning, double ratio, int partitions) {
    List<Row> rows = new ArrayList<>();
    for (Point point : POINTS.values()) {
      List<Float> values = new ArrayList<>();
      for (float value : point.values()) {
        values.add(value);
      }
      rows.add(RowFactory.create(point.id(), point.label(), values));
    }
    Dataset<Row> points = spark.createDataFrame(rows, SCHEMA).repartition(partitions).persist();
    ResampleConfig config =
        new ResampleConfig(
            "w", "m", method, cleaning, ratio, 3, new EmbeddingSettings("cpu", "fp32", 16, 1));
    List<Row> result =
        new Resampling(config, said::add)
            .resample(points)
            .select("id", "label", "kind", "parent", "neighbor", "lambda", "embedding")
            .orderBy("id")
            .collectAsList();
    points.unpersist();
    return result;
  }

  private static double distance(Point a, Point b) {
    double sum = 0;
    for (int d = 0; d < DIMENSIONS; d++) {
      double difference = a.values()[d] - b.values()[d];
      sum += difference * difference;
    }
    return sum;
  }

  private static List<Point> nearest(Point point, int k, Predicate<Point> among) {
    return POINTS.values().stream()
        .filter(other -> !other.id().equals(point.id()))
        .filter(among)
        .sorted(Comparator.<Point>comparingDouble(other -> distance(point, other)))
        .limit(k)
        .toList();
  }

  private static long others(Point point, int k) {
    return nearest(point, k, other -> true).stream()
        .filter(other -> !other.label().equals(point.label()))
        .count();
  }

  private static Map<String, Long> times(List<Row> rows, String label) {
    return rows.stream()
        .filter(row -> row.getString(1).equals(label))
        .collect(Collectors.groupingBy(row -> row.getString(3), Collectors.counting()));
  }

  private static void assertBetween(List<Row> rows) {
    for (Row row : rows) {
      Point parent = POINTS.get(row.getString(3));
      Point neighbor = POINTS.get(row.getString(4));
      assertThat(parent.label()).isEqualTo(row.getString(1));
      assertThat(nearest(parent, 5, other -> other.label().equals(parent.label())))
          .contains(neighbor);
      assertThat(row.getDouble(5)).isBetween(0.0, 1.0);
      List<Float> made = row.getList(6);
      for (int d = 0; d < DIMENSIONS; d++) {
        double x = parent.values()[d];
        assertThat((double) made.get(d))
            .isCloseTo(x + row.getDouble(5) * (neighbor.values()[d] - x), within(1e-5));
      }
    }
  }

  @Test
  void smoteFillsEachClassWithPointsBetweenItsOwn() {
    List<Row> rows = resampled("smote", "none", 1, 1);
    assertBetween(rows);
    assertThat(rows).extracting(row -> row.getString(2)).containsOnly("SYNTHETIC");
    Map<String, Long> rare = times(rows, "rare");
    Map<String, Long> tiny = times(rows, "tiny");
    assertThat(rare.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(190);
    assertThat(tiny.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(236);
    // All points alike: 190 of 50 are 3 or 4 each.
    assertThat(rare).hasSize(50);
    assertThat(rare.values()).containsOnly(3L, 4L);
    assertThat(tiny.values()).containsOnly(59L);
    assertThat(said).anyMatch(line -> line.contains("class 'single' has one image"));
    assertThat(resampled("smote", "none", 1, 7)).isEqualTo(rows);
  }

  @Test
  void theRatioIsOfTheLargestClass() {
    List<Row> rows = resampled("smote", "none", 0.25, 2);
    assertThat(times(rows, "rare").values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(10);
    assertThat(times(rows, "tiny").values().stream().mapToLong(Long::longValue).sum())
        .isEqualTo(56);
  }

  @Test
  void borderlineSmoteBuildsOnTheBorder() {
    List<Row> rows = resampled("borderline_smote", "none", 1, 2);
    assertBetween(rows);
    Set<String> border =
        POINTS.values().stream()
            .filter(point -> point.label().equals("rare"))
            .filter(point -> others(point, 10) >= 5 && others(point, 10) < 10)
            .map(Point::id)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(border).isNotEmpty().hasSizeLessThan(50);
    Map<String, Long> rare = times(rows, "rare");
    assertThat(rare.keySet()).isEqualTo(border);
    assertThat(rare.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(190);
  }

  @Test
  void adasynBuildsMoreWhereOthersAreMore() {
    List<Row> rows = resampled("adasyn", "none", 1, 2);
    assertBetween(rows);
    Map<String, Long> rare = times(rows, "rare");
    Map<String, Double> wanted = new HashMap<>();
    double all = 0;
    for (Point point : POINTS.values()) {
      if (point.label().equals("rare")) {
        wanted.put(point.id(), (double) others(point, 5));
        all += others(point, 5);
      }
    }
    double total = all;
    wanted.forEach(
        (id, others) ->
            assertThat((double) rare.getOrDefault(id, 0L))
                .isCloseTo(190 * others / total, within(0.999)));
    assertThat(rare.values().stream().mapToLong(Long::longValue).sum()).isEqualTo(190);
  }

  @Test
  void editedNeighboursAndTomekLinksAreThoseOfAllPairs() {
    Set<String> all = new TreeSet<>();
    Set<String> mode = new TreeSet<>();
    Set<String> tomek = new TreeSet<>();
    for (Point point : POINTS.values()) {
      if (point.label().equals("single")) {
        continue;
      }
      if (others(point, 3) > 0) {
        all.add(point.id());
      }
      Map<String, Long> votes =
          nearest(point, 3, other -> true).stream()
              .collect(Collectors.groupingBy(Point::label, Collectors.counting()));
      long own = votes.getOrDefault(point.label(), 0L);
      if (votes.values().stream().anyMatch(count -> count > own)) {
        mode.add(point.id());
      }
      Point first = nearest(point, 1, other -> true).get(0);
      if (!first.label().equals(point.label())
          && nearest(first, 1, other -> true).get(0).id().equals(point.id())) {
        tomek.add(point.id());
      }
    }
    assertThat(mode).isNotEmpty().hasSizeLessThan(all.size());
    assertThat(tomek).isNotEmpty();
    Map<String, Set<String>> wanted = Map.of("enn_all", all, "enn_mode", mode, "tomek", tomek);
    wanted.forEach(
        (cleaning, ids) -> {
          List<Row> rows = resampled("none", cleaning, 1, 3);
          assertThat(rows).extracting(row -> row.getString(2)).containsOnly("REMOVED");
          assertThat(rows.stream().map(row -> row.getString(0)).collect(Collectors.toSet()))
              .as(cleaning)
              .isEqualTo(ids);
        });
  }

  @Test
  void cleaningComesFirst() {
    List<Row> rows = resampled("smote", "enn_all", 1, 2);
    Set<String> removed =
        rows.stream()
            .filter(row -> row.getString(2).equals("REMOVED"))
            .map(row -> row.getString(0))
            .collect(Collectors.toSet());
    assertThat(removed).isNotEmpty();
    assertThat(
            rows.stream()
                .filter(row -> row.getString(2).equals("SYNTHETIC"))
                .flatMap(row -> List.of(row.getString(3), row.getString(4)).stream()))
        .isNotEmpty()
        .doesNotContainAnyElementsOf(removed);
  }

  @Test
  void whatIsNoMethodIsRefused() {
    assertThatThrownBy(
            () ->
                Options.check(
                    new ResampleConfig(
                        "w",
                        "m",
                        "smoot",
                        "none",
                        1,
                        1,
                        new EmbeddingSettings("cpu", "fp32", 16, 1))))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--method");
    assertThatThrownBy(
            () ->
                new ResampleConfig(
                    "w", "m", "none", "none", 1, 1, new EmbeddingSettings("cpu", "fp32", 16, 1)))
        .hasMessageContaining("leave all as it is");
    assertThatThrownBy(
            () ->
                Options.check(
                    new ResampleConfig(
                        "w",
                        "m",
                        "smote",
                        "none",
                        0,
                        1,
                        new EmbeddingSettings("cpu", "fp32", 16, 1))))
        .hasMessageContaining("--ratio");
  }
}
