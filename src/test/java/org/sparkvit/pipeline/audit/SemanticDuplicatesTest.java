package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
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
import org.sparkvit.dataset.neighbors.Neighbors;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.FindingsTable;

/** Against all pairs compared with one another. */
class SemanticDuplicatesTest extends SparkTest {
  private static final int POINTS = 1500;
  private static final int SIZE = 48;
  private static final double COSINE = 0.96;

  private final float[][] points = new float[POINTS][SIZE];

  private static String id(int i) {
    return String.format("%05d", i);
  }

  /** Every tenth point is near the one before it; the first thirty of these ever less. */
  private void draw() {
    Random random = new Random(7);
    for (int i = 0; i < POINTS; i++) {
      double spread = i % 10 == 9 ? (i < 300 ? 0.2 + i / 1000.0 : 0.15) : 0;
      for (int j = 0; j < SIZE; j++) {
        float noise = (float) random.nextGaussian();
        // All lie to one side, as embeddings do.
        points[i][j] = spread > 0 ? points[i - 1][j] + (float) spread * noise : 3 + noise;
      }
    }
    points[POINTS - 1] = points[POINTS - 2].clone();
  }

  private double[][] directions() {
    double[] mean = new double[SIZE];
    for (float[] point : points) {
      for (int j = 0; j < SIZE; j++) {
        mean[j] += point[j] / (double) POINTS;
      }
    }
    double[][] directions = new double[POINTS][SIZE];
    for (int i = 0; i < POINTS; i++) {
      double square = 0;
      for (int j = 0; j < SIZE; j++) {
        directions[i][j] = points[i][j] - mean[j];
        square += directions[i][j] * directions[i][j];
      }
      for (int j = 0; j < SIZE; j++) {
        directions[i][j] /= Math.sqrt(square);
      }
    }
    return directions;
  }

  /** By image, the cosine with the nearest of a lower id that is near enough. */
  private Map<String, Double> expected() {
    double[][] directions = directions();
    Map<String, Double> expected = new HashMap<>();
    for (int i = 0; i < POINTS; i++) {
      for (int j = 0; j < i; j++) {
        double cosine = 0;
        for (int k = 0; k < SIZE; k++) {
          cosine += directions[i][k] * directions[j][k];
        }
        // Both repeat each other already.
        if (cosine >= COSINE && i != 509) {
          expected.merge(id(i), cosine, Math::max);
        }
      }
    }
    return expected;
  }

  private static Row image(int i) {
    return RowFactory.create(id(i), "file:/" + id(i), i % 2 == 0 ? "a" : "b");
  }

  private List<Row> find(int partitions) {
    List<Row> rows = new ArrayList<>();
    List<Row> images = new ArrayList<>();
    for (int i = 0; i < POINTS; i++) {
      List<Float> point = new ArrayList<>();
      for (float value : points[i]) {
        point.add(value);
      }
      rows.add(RowFactory.create(id(i), point));
      images.add(image(i));
    }
    Collections.shuffle(rows, new Random(partitions));
    StructType pointSchema =
        new StructType()
            .add(Neighbors.ID, DataTypes.StringType, false)
            .add(Neighbors.POINT, DataTypes.createArrayType(DataTypes.FloatType, false), false);
    StructType imageSchema =
        new StructType()
            .add("id", DataTypes.StringType, false)
            .add("path", DataTypes.StringType, false)
            .add("label", DataTypes.StringType);
    StructType duplicateSchema =
        new StructType()
            .add(DuplicatesTable.ID, DataTypes.StringType, false)
            .add(DuplicatesTable.COMPONENT, DataTypes.StringType, false);
    Dataset<Row> data = spark.createDataFrame(rows, pointSchema).repartition(partitions).persist();
    SemanticDuplicates found =
        SemanticDuplicates.find(
            data,
            spark.createDataFrame(images, imageSchema),
            spark.createDataFrame(
                List.of(RowFactory.create(id(508), "group"), RowFactory.create(id(509), "group")),
                duplicateSchema),
            COSINE);
    try {
      return found
          .findings()
          .select(FindingsTable.SPEC.schema().fieldNames()[0], columns())
          .orderBy(col("id"))
          .collectAsList();
    } finally {
      found.unpersist();
      data.unpersist();
    }
  }

  private static String[] columns() {
    String[] all = FindingsTable.SPEC.schema().fieldNames();
    return java.util.Arrays.copyOfRange(all, 1, all.length);
  }

  @Test
  void pairsAreFoundAndNothingElse() {
    draw();
    Map<String, Double> expected = expected();
    assertThat(expected).hasSizeBetween(100, 149).containsKey(id(POINTS - 1));
    List<Row> found = find(3);
    for (Row row : found) {
      assertThat(expected).containsKey(row.getString(0));
      double cosine = expected.get(row.getString(0));
      assertThat(row.<Double>getAs(FindingsTable.SCORE)).isCloseTo(1 - cosine, within(1e-5));
      assertThat(row.<String>getAs(FindingsTable.FINDING)).isEqualTo("SEMANTIC_DUPLICATE");
      assertThat(row.<String>getAs(FindingsTable.DETAIL)).startsWith("cosine ");
      int i = Integer.parseInt(row.getString(0));
      assertThat(row.<String>getAs(FindingsTable.RELATED)).isEqualTo(id(i - 1));
      assertThat(row.<String>getAs(FindingsTable.PATH)).isEqualTo("file:/" + id(i));
    }
    assertThat(found.size()).isGreaterThanOrEqualTo((int) (0.98 * expected.size()));
    assertThat(find(1)).isEqualTo(found);
    assertThat(find(7)).isEqualTo(found);
  }
}
