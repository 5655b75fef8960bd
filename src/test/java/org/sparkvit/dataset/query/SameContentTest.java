package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sparkvit.SparkTest;

class SameContentTest extends SparkTest {
  private static final StructType IMAGE =
      new StructType()
          .add("id", DataTypes.StringType, false)
          .add("sha256", DataTypes.StringType)
          .add("of_the_user", DataTypes.StringType);

  private static final StructType ROW =
      new StructType()
          .add("id", DataTypes.StringType, false)
          .add("sha256", DataTypes.StringType)
          .add("value", DataTypes.IntegerType);

  /** One image for each way in which two hashes can be, or not be, the same. */
  private static Dataset<Row> images(int partitions) {
    return spark
        .createDataFrame(
            List.of(
                RowFactory.create("same", "a", "x"),
                RowFactory.create("changed", "new", "x"),
                RowFactory.create("unreadable to both", null, "x"),
                RowFactory.create("read only by the pass", null, "x"),
                RowFactory.create("read only by the catalog", "b", "x"),
                RowFactory.create("without a row", "c", "x")),
            IMAGE)
        .repartition(partitions);
  }

  private static Dataset<Row> rows(int partitions) {
    return spark
        .createDataFrame(
            List.of(
                RowFactory.create("same", "a", 1),
                RowFactory.create("changed", "old", 2),
                RowFactory.create("unreadable to both", null, 3),
                RowFactory.create("read only by the pass", "b", 4),
                RowFactory.create("read only by the catalog", null, 5),
                RowFactory.create("gone", "a", 6)),
            ROW)
        .repartition(partitions);
  }

  private static List<String> ids(Dataset<Row> rows) {
    List<String> ids = new ArrayList<>();
    rows.collectAsList().forEach(row -> ids.add(row.getAs("id")));
    return ids;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void aRowCountsWhereBothHashesAreTheSameOrBothAreNull(int partitions) {
    Dataset<Row> current = SameContent.current(rows(partitions), images(partitions));
    assertThat(ids(current)).containsExactlyInAnyOrder("same", "unreadable to both");
    assertThat(current.columns()).containsExactly("id", "sha256", "value");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void everyOtherImageIsMissing(int partitions) {
    Dataset<Row> missing = SameContent.missing(images(partitions), rows(partitions));
    assertThat(ids(missing))
        .containsExactlyInAnyOrder(
            "changed", "read only by the pass", "read only by the catalog", "without a row");
    assertThat(missing.columns()).containsExactly("id", "sha256", "of_the_user");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void aFurtherConditionCanBeOnBothSides(int partitions) {
    Dataset<Row> missing =
        SameContent.missing(
            images(partitions),
            rows(partitions),
            col("value").equalTo(3).and(col("of_the_user").equalTo("x")));
    assertThat(ids(missing)).hasSize(5).doesNotContain("unreadable to both");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void everyImageStaysWhereRowsAreAdded(int partitions) {
    List<String> all = new ArrayList<>();
    SameContent.withRows(images(partitions), rows(partitions))
        .select("id", "sha256", "of_the_user", "value")
        .collectAsList()
        .forEach(row -> all.add(row.mkString(",")));
    assertThat(all)
        .containsExactlyInAnyOrder(
            "same,a,x,1",
            "changed,new,x,null",
            "unreadable to both,null,x,3",
            "read only by the pass,null,x,null",
            "read only by the catalog,b,x,null",
            "without a row,c,x,null");
    assertThat(SameContent.withRows(images(1), rows(1), lit(false)).count()).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void rowsThatWereMadeOfTheImagesThemselvesCanBeJoined(int partitions) {
    Dataset<Row> images = images(partitions);
    assertThat(SameContent.current(images.where(col("sha256").isNull()), images).count())
        .isEqualTo(2);
  }
}
