package org.sparkvit.dataset.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;

class SpreadsheetCellsTest extends SparkTest {
  @Test
  void whatASpreadsheetWouldRunIsText() {
    StructType schema =
        new StructType().add("a `label`", DataTypes.StringType).add("score", DataTypes.DoubleType);
    List<Row> rows =
        List.of("=cmd|' /C calc'!A0", "+1", "-1", "@sum", "\tx", "\rx", "a=b", "'=x", "").stream()
            .map(text -> RowFactory.create(text, -1.0))
            .toList();
    assertThat(
            SpreadsheetCells.quoted(spark.createDataFrame(rows, schema).coalesce(1))
                .collectAsList())
        .extracting(row -> row.getString(0))
        .containsExactly(
            "'=cmd|' /C calc'!A0", "'+1", "'-1", "'@sum", "'\tx", "'\rx", "a=b", "''=x", "");
    Row none = RowFactory.create(null, null);
    assertThat(SpreadsheetCells.quoted(spark.createDataFrame(List.of(none), schema)).head())
        .isEqualTo(none);
  }

  @Test
  void namesOfColumnsAreTextToo() {
    StructType schema =
        new StructType()
            .add("@a", DataTypes.StringType)
            .add("+b", DataTypes.DoubleType)
            .add("c-d", DataTypes.StringType);
    assertThat(SpreadsheetCells.quoted(spark.createDataFrame(List.of(), schema)).columns())
        .containsExactly("'@a", "'+b", "c-d");
  }
}
