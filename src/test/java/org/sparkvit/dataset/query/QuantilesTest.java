package org.sparkvit.dataset.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;

class QuantilesTest extends SparkTest {
  private static final double[] SHARES = {0.001, 0.2, 0.25, 0.5, 0.75, 0.8, 1};
  private static final StructType SCHEMA =
      new StructType().add("a", DataTypes.DoubleType).add("b", DataTypes.DoubleType);

  private static Dataset<Row> rows(List<Double> a, List<Double> b) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < a.size(); i++) {
      rows.add(RowFactory.create(a.get(i), b.get(i)));
    }
    return spark.createDataFrame(rows, SCHEMA);
  }

  private static double[] sorted(List<Double> values) {
    double[] all =
        values.stream()
            .filter(value -> value != null && !value.isNaN())
            .mapToDouble(value -> value + 0.0)
            .sorted()
            .toArray();
    double[] quantiles = new double[SHARES.length];
    for (int i = 0; i < SHARES.length; i++) {
      quantiles[i] = all[Math.max(0, (int) Math.ceil(SHARES[i] * all.length) - 1)];
    }
    return quantiles;
  }

  @Test
  void areThoseOfTheSortedValuesForAnyPartitioning() {
    SplittableRandom random = new SplittableRandom(3);
    List<Double> close = new ArrayList<>();
    List<Double> wild = new ArrayList<>();
    for (int i = 0; i < 700; i++) {
      // Values that differ in their last bits only, and values of all sizes and both signs.
      close.add(Double.longBitsToDouble(Double.doubleToLongBits(0.7) + random.nextInt(3000)));
      wild.add(Math.scalb(random.nextDouble(-1, 1), random.nextInt(-900, 900)));
    }
    for (double odd :
        new double[] {0, -0.0, Double.NaN, Double.NEGATIVE_INFINITY, Double.MIN_VALUE}) {
      wild.set(random.nextInt(700), odd);
    }
    close.set(5, null);
    for (int partitions : new int[] {1, 3, 7}) {
      Map<String, double[]> found =
          Quantiles.compute(rows(close, wild).repartition(partitions), List.of("a", "b"), SHARES);
      assertThat(found.get("a")).isEqualTo(sorted(close));
      assertThat(found.get("b")).isEqualTo(sorted(wild));
    }
  }

  @Test
  void aColumnWithoutNumbersHasNone() {
    List<Double> none = new ArrayList<>();
    none.add(null);
    none.add(Double.NaN);
    assertThat(Quantiles.compute(rows(none, List.of(4.0, 4.0)), List.of("a", "b"), 0.5))
        .containsEntry("a", new double[0])
        .containsEntry("b", new double[] {4});
  }
}
