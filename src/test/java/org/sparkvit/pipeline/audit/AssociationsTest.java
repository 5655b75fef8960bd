package org.sparkvit.pipeline.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;
import org.sparkvit.dataset.schema.AssociationsTable;

class AssociationsTest extends SparkTest {
  private static final int IMAGES = 4000;

  /** Receipts are bright. */
  private static Dataset<Row> images(int partitions) {
    List<Row> rows = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < IMAGES; i++) {
      boolean receipt = random.nextInt(3) == 0;
      rows.add(RowFactory.create("id" + i, receipt ? "receipts" : "photos", "JPEG"));
    }
    return spark
        .createDataFrame(
            rows,
            new StructType()
                .add("id", DataTypes.StringType)
                .add("label", DataTypes.StringType)
                .add("format", DataTypes.StringType))
        .repartition(partitions);
  }

  private static Dataset<Row> pixels(int partitions) {
    List<Row> rows = new ArrayList<>();
    SplittableRandom labels = new SplittableRandom(1);
    SplittableRandom random = new SplittableRandom(2);
    for (int i = 0; i < IMAGES; i++) {
      boolean receipt = labels.nextInt(3) == 0;
      rows.add(
          RowFactory.create(
              "id" + i,
              random.nextDouble() * 0.6 + (receipt ? 0.4 : 0),
              random.nextDouble(),
              random.nextDouble(),
              random.nextDouble(),
              random.nextInt(100, 2000),
              random.nextInt(100, 2000)));
    }
    return spark
        .createDataFrame(
            rows,
            new StructType()
                .add("id", DataTypes.StringType)
                .add("brightness", DataTypes.DoubleType)
                .add("sharpness", DataTypes.DoubleType)
                .add("information", DataTypes.DoubleType)
                .add("aspect", DataTypes.DoubleType)
                .add("width", DataTypes.IntegerType)
                .add("height", DataTypes.IntegerType))
        .repartition(partitions);
  }

  private static List<Row> found(int partitions) {
    return Associations.measure(images(partitions), pixels(partitions), List.of())
        .orderBy(AssociationsTable.ATTRIBUTE)
        .collectAsList();
  }

  @Test
  void theSamePixelsInOnePartOrInManyGiveTheSameRows() {
    List<Row> one = found(1);
    assertThat(found(3)).isEqualTo(one);
    assertThat(found(7)).isEqualTo(one);
    Row brightness =
        one.stream()
            .filter(row -> row.getAs(AssociationsTable.ATTRIBUTE).equals("brightness"))
            .findFirst()
            .orElseThrow();
    assertThat(brightness.<String>getAs(AssociationsTable.VALUE)).isEqualTo("the brightest fifth");
    assertThat(brightness.<String>getAs(AssociationsTable.LABEL)).isEqualTo("receipts");
  }
}
