package org.sparkvit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.delta.DeltaChange;
import org.sparkvit.dataset.delta.DeltaTable;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.schema.ModelsTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * {@code history}, {@code export} and {@code vacuum} on one workspace, which none of them changes.
 */
class MaintenanceCommandsTest extends SparkTest {
  @TempDir private static Path folder;
  private static Workspace workspace;

  @BeforeAll
  static void write() {
    workspace = Workspace.at(spark, folder.resolve("w").toString());
    models("one", "=cmd|' /C calc'!A0", "ünter");
    models("two", "b", null);
    // Another program takes all rows away.
    DeltaTable.at(
            new org.apache.hadoop.fs.Path(workspace.uri(), "scored_models"),
            spark.sparkContext().hadoopConfiguration())
        .commit(
            "x",
            "other engine",
            current ->
                Optional.of(
                    new DeltaChange(
                        Optional.empty(), List.of(), current.orElseThrow().files(), false)));
    for (int i = 0; i < 24; i++) {
      costs(i);
    }
    workspace.compact(CostsTable.SPEC, RunRecord.start("score", Map.of()));
  }

  private static void models(String part, String model, String location) {
    List<Row> rows = new ArrayList<>();
    rows.add(
        RowFactory.create(
            model,
            location == null ? "" : location,
            List.of("a,b", "\"c\""),
            Timestamp.from(Instant.EPOCH)));
    rows.add(RowFactory.create("m", "x", List.of(), Timestamp.from(Instant.EPOCH)));
    workspace.append(
        ModelsTable.SPEC,
        part,
        spark.createDataFrame(rows, ModelsTable.SPEC.schema()).coalesce(1),
        RunRecord.start("score", Map.of()),
        written -> {});
  }

  private static void costs(int i) {
    workspace.append(
        CostsTable.SPEC,
        "part" + i,
        spark
            .createDataFrame(
                List.of(RowFactory.create("m" + i, 1L, i == 0 ? null : 2L, 3.0, 4L, "fp32")),
                CostsTable.SPEC.schema())
            .coalesce(1),
        RunRecord.start("score", Map.of()),
        written -> {});
  }

  private static List<String> output(String... arguments) {
    PrintStream standard = System.out;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      Main.run(arguments);
    } finally {
      System.setOut(standard);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Test
  void historySaysWhatMadeAVersion() {
    List<String> lines = output("history", "scored_models", "-w", workspace.uri());
    assertThat(lines).hasSize(4);
    String time = "\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z";
    assertThat(lines.get(0)).matches("version +time +what +files +rows of the run");
    assertThat(lines.get(1))
        .matches("scored_models@2  " + time + "  WRITE \\(Kernel-.*/other engine\\)  \\+0 -2");
    assertThat(lines.get(2)).matches("scored_models@1  " + time + "  score +\\+2 -1  2");
    assertThat(lines.get(3)).matches("scored_models@0  " + time + "  score +\\+1 -0  2");
    assertThat(output("history", "costs", "-w", workspace.uri()).get(1))
        .matches("costs@24 +" + time + "  rewrite  \\+1 -24");
  }

  @Test
  void historyOfNoTable() {
    assertThatThrownBy(() -> Main.run("history", "modles", "-w", workspace.uri()))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("there is no table 'modles'; name one of [associations, ");
    assertThatThrownBy(() -> Main.run("history", "-w", workspace.uri()))
        .hasMessageStartingWith("no table is named; name one of [associations, ");
    assertThatThrownBy(() -> Main.run("history", "plan", "-w", workspace.uri()))
        .hasMessageContaining("has no table 'plan'; run 'spark-vit balance' first");
  }

  private static Path export(String name, String format, String... more) {
    Path to = folder.resolve(name);
    List<String> arguments = new ArrayList<>();
    arguments.addAll(
        List.of("export", "scored_models", "-w", workspace.uri(), "--to", to.toString()));
    arguments.addAll(List.of("--format", format));
    arguments.addAll(List.of(more));
    assertThat(output(arguments.toArray(new String[0])))
        .last()
        .asString()
        .startsWith("export: ")
        .endsWith(" written to file:" + to);
    assertThat(to.resolve("_SUCCESS")).exists();
    assertThat(to.resolve("_begun.json")).doesNotExist();
    assertThat(to.resolve("_RUN")).content().contains("\"scored_models\" : \"scored_models@");
    return to;
  }

  private static List<String> lines(Path folder, String ending) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(ending)).sorted().toList()) {
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  @Test
  void rowsOfAVersionAsPlainFiles() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("parquet"));
    export("parquet", "parquet", "--as-of", "scored_models@1");
    Dataset<Row> plain = spark.read().parquet(empty.toString());
    assertThat(plain.schema().fieldNames()).isEqualTo(ModelsTable.SPEC.schema().fieldNames());
    assertThat(plain.orderBy("model").collectAsList())
        .extracting(row -> row.getString(0) + row.getList(2))
        .containsExactly("=cmd|' /C calc'!A0[a,b, \"c\"]", "b[a,b, \"c\"]", "m[]");

    assertThat(lines(export("csv", "csv", "--as-of", "scored_models@0"), ".csv"))
        .containsExactly(
            "model,location,classes,used_at",
            "'=cmd|' /C"
                + " calc'!A0,ünter,\"[\"\"a,b\"\",\"\"\\\"\"c\\\"\"\"\"]\",1970-01-01T00:00:00.000Z",
            "m,x,[],1970-01-01T00:00:00.000Z");

    assertThat(lines(export("jsonl", "jsonl", "--as-of", "scored_models@0"), ".json"))
        .containsExactly(
            "{\"model\":\"=cmd|' /C"
                + " calc'!A0\",\"location\":\"ünter\",\"classes\":[\"a,b\",\"\\\"c\\\"\"],"
                + "\"used_at\":\"1970-01-01T00:00:00.000Z\"}",
            "{\"model\":\"m\",\"location\":\"x\",\"classes\":[],"
                + "\"used_at\":\"1970-01-01T00:00:00.000Z\"}");

    // The latest version has no rows, which is a folder all the same.
    assertThat(lines(export("none", "csv"), ".csv"))
        .containsExactly("model,location,classes,used_at");
    Path costs = folder.resolve("costs");
    Main.run(
        "export", "costs", "-w", workspace.uri(), "--to", costs.toString(), "--format", "jsonl");
    assertThat(lines(costs, ".json"))
        .hasSize(24)
        .anyMatch(l -> l.contains("\"multiply_adds\":null"));
  }

  @Test
  void exportsToWhereSomethingIsAreRefused() throws IOException {
    Path full = Files.createDirectories(folder.resolve("full"));
    Files.writeString(full.resolve("mine.txt"), "mine");
    assertThatThrownBy(() -> export("full", "csv"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("is there already and not an empty folder");
    assertThat(full.resolve("mine.txt")).hasContent("mine");
    assertThatThrownBy(() -> export("full/mine.txt", "csv"))
        .hasMessageContaining("is there already and not an empty folder");
    assertThatThrownBy(() -> export("w/scored_models/out", "csv"))
        .hasMessageContaining("among the workspace's own folders");
    assertThatThrownBy(() -> export("new", "xlsx"))
        .hasMessage("--format is 'xlsx'; use parquet, csv, jsonl or huggingface");
    assertThatThrownBy(() -> export("new", "csv", "--as-of", "images@0"))
        .hasMessageContaining("has no table 'images'; run 'spark-vit catalog' first");
    assertThatThrownBy(() -> export("new", "csv", "--as-of", "now"))
        .hasMessageStartingWith("--as-of is 'now'; use a time");
    assertThat(folder.resolve("new")).doesNotExist();
    for (String uri : List.of("nowhere://x/y", "s3a:", ":x")) {
      assertThatThrownBy(
              () -> Main.run("export", "scored_models", "-w", workspace.uri(), "--to", uri))
          .isInstanceOf(UserException.class)
          .hasMessageStartingWith("--to '" + uri + "' cannot be written to: ");
    }
  }

  @Test
  void vacuumOfWhatIsYoungDeletesNothing() {
    assertThat(output("vacuum", "-w", workspace.uri()))
        .hasSize(2)
        .allMatch(line -> line.contains("deleted 0 files with 0 bytes, 0 unfinished parts"));
    assertThatThrownBy(() -> Main.run("vacuum", "-w", workspace.uri(), "--keep", "a week"))
        .hasMessageContaining("--keep is 'a week', which is no length of time");
  }
}
