package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;

class ClassIndexTest extends SparkTest {
  private static final int MANY = 1100;

  private static Dataset<Row> names(List<String> names) {
    return spark.createDataset(names, Encoders.STRING()).toDF("name");
  }

  @Test
  void elevenHundredClassesAreCompiledAndFound() {
    List<String> classes =
        IntStream.range(0, MANY)
            .mapToObj(c -> String.format(Locale.ROOT, "class %04d", MANY - c))
            .toList();
    ClassIndex index = ClassIndex.of(classes);
    spark.conf().set("spark.sql.codegen.wholeStage", true);
    spark.conf().set("spark.sql.codegen.factoryMode", "CODEGEN_ONLY");
    try {
      List<Row> rows =
          names(classes)
              .withColumn("i", index.index(col("name")))
              // As probe, evaluate and relabel nest it in further expressions.
              .select(
                  col("name"),
                  col("i"),
                  index.name(col("i")).as("again"),
                  index.index(index.name(col("i").plus(lit(0)))).as("nested"))
              .collectAsList();
      assertThat(rows).hasSize(MANY);
      for (Row row : rows) {
        assertThat(classes.get(row.getInt(1))).isEqualTo(row.getString(0));
        assertThat(row.getString(2)).isEqualTo(row.getString(0));
        assertThat(row.getInt(3)).isEqualTo(row.getInt(1));
      }
    } finally {
      spark.conf().set("spark.sql.codegen.wholeStage", false);
      spark.conf().set("spark.sql.codegen.factoryMode", "NO_CODEGEN");
    }
  }

  @Test
  void whatIsNoClassHasNoIndex() {
    ClassIndex index = ClassIndex.of(List.of("cat", "dog", "cat"));
    List<Object> found = new ArrayList<>();
    Dataset<Row> names = names(Arrays.asList("dog", "cat", "bird", null));
    names
        .select(index.index(col("name")), index.name(index.index(col("name"))))
        .collectAsList()
        .forEach(row -> found.add(row.get(0) + " " + row.get(1)));
    // Of equal names the first counts.
    assertThat(found).containsExactly("1 dog", "0 cat", "null null", "null null");
  }

  @Test
  void eachModelHasItsOwn() {
    ClassIndex index =
        ClassIndex.of(Map.of("m", List.of("cat", "dog"), "n", List.of("dog", "eel", "cat")));
    List<Object> found = new ArrayList<>();
    names(List.of("cat", "dog", "eel"))
        .select(
            index.index(lit("m"), col("name")),
            index.index(lit("n"), col("name")),
            index.size(lit("m")),
            index.size(lit("n")))
        .collectAsList()
        .forEach(row -> found.add(row.mkString(",")));
    assertThat(found).containsExactly("0,2,2,3", "1,0,2,3", "null,1,2,3");
    assertThat(index.index("n", "eel")).isEqualTo(1);
    assertThat(index.index("m", "eel")).isNull();
    assertThat(index.size("n")).isEqualTo(3);
  }

  @Test
  void ofEquallyProbableClassesTheFirstIsTheMostProbable() {
    StructType schema =
        new StructType().add("p", DataTypes.createArrayType(DataTypes.FloatType, false));
    List<Row> rows =
        List.of(
            RowFactory.create(List.of(0.2f, 0.4f, 0.4f)),
            RowFactory.create(List.of(1f)),
            RowFactory.create(Collections.singletonList(null).toArray()));
    List<Object> found = new ArrayList<>();
    spark
        .createDataFrame(rows, schema)
        .select(ClassIndex.mostProbable(col("p")))
        .collectAsList()
        .forEach(row -> found.add(row.get(0)));
    assertThat(found).containsExactly(1, 0, null);
  }
}
