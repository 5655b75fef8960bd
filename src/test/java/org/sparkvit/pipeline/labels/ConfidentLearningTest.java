package org.sparkvit.pipeline.labels;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;

/** Against numpy, on the tables of {@code make_label_fixtures.py}. */
class ConfidentLearningTest extends SparkTest {
  private static final StructType SCHEMA =
      new StructType()
          .add(ConfidentLearning.ID, DataTypes.StringType, false)
          .add(ConfidentLearning.GIVEN, DataTypes.IntegerType, false)
          .add(
              ConfidentLearning.PROBABILITIES,
              DataTypes.createArrayType(DataTypes.DoubleType, false),
              false);

  /** The tables of the script. */
  static List<Row> draw(int rows, int classes, long seed) {
    List<Row> table = new ArrayList<>();
    long state = seed;
    for (int r = 0; r < rows; r++) {
      long[] line = new long[classes + 1];
      for (int i = 0; i <= classes; i++) {
        state = (state * 25214903917L + 11) & ((1L << 48) - 1);
        line[i] = state >> 17;
      }
      int label = (int) (line[0] % classes);
      double[] weights = new double[classes];
      double sum = 0;
      for (int c = 0; c < classes; c++) {
        weights[c] = line[c + 1] % 16;
      }
      weights[(line[0] >> 8) % 4 != 0 ? label : (label + 1) % classes] += 24;
      for (double weight : weights) {
        sum += weight;
      }
      List<Double> probabilities = new ArrayList<>();
      for (double weight : weights) {
        probabilities.add(weight / sum);
      }
      table.add(RowFactory.create(Integer.toString(r), label, probabilities));
    }
    return table;
  }

  private static Dataset<Row> table(List<Row> rows, int partitions) {
    return spark.createDataFrame(rows, SCHEMA).repartition(partitions);
  }

  @Test
  void flagsAreThoseOfNumpyForAnyPartitioning() throws IOException {
    JsonNode tables;
    try (InputStream in = getClass().getResourceAsStream("/labels/flags.json")) {
      tables = new ObjectMapper().readTree(in);
    }
    assertThat(tables).hasSizeGreaterThan(3);
    for (JsonNode golden : tables) {
      int classes = golden.get("classes").asInt();
      List<Row> drawn = draw(golden.get("rows").asInt(), classes, golden.get("seed").asLong());
      for (int partitions : new int[] {1, 3, 7}) {
        ConfidentLearning learned = ConfidentLearning.fit(table(drawn, partitions), classes);
        assertThat(new ObjectMapper().valueToTree(learned.noise()).toString())
            .isEqualTo(golden.get("noise").toString());
        for (IssueRule rule : IssueRule.values()) {
          BitSet flagged = new BitSet();
          learned
              .checks()
              .where(rule.breaks())
              .select(ConfidentLearning.ID)
              .collectAsList()
              .forEach(row -> flagged.set(Integer.parseInt(row.getString(0))));
          BitSet wanted =
              BitSet.valueOf(
                  java.util.Base64.getDecoder()
                      .decode(golden.get("flags").get(rule.option().replace('-', '_')).asText()));
          assertThat(flagged)
              .as("%s of %s rows in %s partitions", rule, drawn.size(), partitions)
              .isEqualTo(wanted);
        }
      }
    }
  }

  @Test
  void everyRowIsJudgedOnce() {
    List<Row> drawn = draw(500, 4, 9);
    Dataset<Row> checks = ConfidentLearning.fit(table(drawn, 3), 4).checks();
    assertThat(checks.count()).isEqualTo(500);
    assertThat(checks.select(ConfidentLearning.ID).distinct().count()).isEqualTo(500);
  }

  @Test
  void aClassWithOneImageKeepsIt() {
    List<Row> rows = new ArrayList<>(draw(100, 2, 5));
    rows.replaceAll(row -> RowFactory.create(row.get(0), 0, List.of(0.9, 0.1, 0.0)));
    rows.set(7, RowFactory.create("7", 2, List.of(0.99, 0.005, 0.005)));
    ConfidentLearning learned = ConfidentLearning.fit(table(rows, 2), 3);
    assertThat(learned.noise()[2]).containsExactly(0, 0, 1);
    assertThat(learned.checks().where(IssueRule.PRUNE_BY_CLASS.breaks()).count()).isZero();
    assertThat(learned.checks().where(IssueRule.PREDICTED_NEQ_GIVEN.breaks()).count()).isOne();
  }

  @Test
  void roundingGivesTheLargestRemaindersWhatIsMissing() {
    long[][] noise =
        LabelNoise.calibrate(new long[][] {{1, 1, 1}, {0, 5, 0}, {0, 0, 0}}, new long[] {10, 0, 4});
    assertThat(noise[0]).containsExactly(4, 3, 3);
    assertThat(noise[1]).containsExactly(0, 0, 0);
    assertThat(noise[2]).containsExactly(0, 0, 4);
  }
}
