package org.sparkvit.pipeline.split;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.regexp_extract;
import static org.apache.spark.sql.functions.split;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.DataException;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.FoldsTable;
import org.sparkvit.dataset.schema.ImageRows;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;

class SplitStageTest extends SparkTest {
  @TempDir Path folder;

  @Test
  void writesTheTableAndSaysWhatBecameOfTheImages() {
    catalog(
        new ImageRows()
            .add("a", 100, "ordinary")
            .add("b", 20, "sensitive")
            .add("twin", "sensitive", null, null, "b1")
            .add("broken", "sensitive", null, null, "broken", "EMPTY")
            .add("nameless", null, null, null, "nameless"));
    List<String> lines = new ArrayList<>();

    run("", lines::add);

    assertThat(workspace().read(SplitsTable.SPEC).count()).isEqualTo(121);
    assertThat(workspace().read(SplitsTable.SPEC).filter("group is not null").count()).isEqualTo(2);
    assertThat(lines)
        .anyMatch(line -> line.matches("ordinary +80 +10 +10 +100"))
        .anyMatch(line -> line.matches("all classes +97 +12 +12 +121"))
        .contains("split: left out: 1 images that cannot be read, 1 without a label")
        .contains("split: kept whole: 1 groups with 2 images");
  }

  @Test
  void refusesReplacesOrExtendsAnEarlierSplit() {
    catalog(new ImageRows().add("a", 30, "x").add("b", 30, "y"));
    run("", Progress.SILENT);
    List<Row> first = rows();

    assertThatThrownBy(() -> run("", Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("'splits' exists already");

    catalog(new ImageRows().add("a", 60, "x").add("b", 30, "y"));
    run("extend", Progress.SILENT);
    assertThat(rows()).hasSize(90).containsAll(first);

    run("overwrite", Progress.SILENT);
    assertThat(rows()).hasSize(90);
    assertThat(rows().containsAll(first)).isFalse();
  }

  @Test
  void anImageThatCannotBeReadForAWhileKeepsItsPlace() {
    catalog(new ImageRows().add("a", 30, "x").add("b", 30, "y"));
    run("", Progress.SILENT);
    List<Row> first = rows();

    // For one night ten images of each class time out, and new ones take part.
    ImageRows night = new ImageRows().add("new", 12, "x");
    for (int i = 0; i < 30; i++) {
      String status = i % 3 == 0 ? "TIMEOUT" : "OK";
      night.add("a-" + i, "x", null, null, "a" + i, status);
      night.add("b-" + i, "y", null, null, "b" + i, status);
    }
    catalog(night);
    run("extend", Progress.SILENT);
    assertThat(rows()).hasSize(72).containsAll(first);
  }

  @Test
  void saysWhichIdOccursTwiceAndWritesNothing() {
    catalog(new ImageRows().add("a", 3, "x").add("b", 3, "y").add("a", 1, "x"));

    assertThatThrownBy(() -> run("", Progress.SILENT))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("table 'images', column 'id'")
        .hasMessageContaining("twice");
    assertThat(workspace().has(SplitsTable.SPEC)).isFalse();
  }

  /** With tags as text and as an array, in folds as well; the same from 1, 3 and 7 partitions. */
  @Test
  void furtherLabelsHaveTheirShareOfEachSplit() {
    ImageRows images = new ImageRows().add("a", 300, "ordinary").add("b", 100, "sensitive");
    Dataset<Row> rows = images.dataset(spark);
    Column number = regexp_extract(col("path"), "-(\\d+)", 1).cast("int");
    Column tags =
        concat_ws(
            "|",
            when(number.mod(3).equalTo(0), "night"),
            when(number.mod(7).equalTo(0), " indoor "),
            when(number.mod(7).equalTo(0), "indoor"),
            when(number.mod(29).equalTo(5), "rare"));
    List<List<Row>> results = new ArrayList<>();
    for (int partitions : new int[] {1, 3, 7}) {
      workspace()
          .replace(
              ImagesTable.SPEC,
              rows.withColumn("tags", tags).repartition(partitions),
              RunRecord.start("catalog", Map.of()));
      List<String> lines = new ArrayList<>();
      run("overwrite", "tags", 0, lines::add);
      results.add(rows());
      assertThat(lines)
          .contains("split: of the labels in 'tags':")
          .anyMatch(line -> line.matches("night +10[678] +1[34] +1[34] +134"))
          .anyMatch(line -> line.matches("indoor +4[678] +[567] +[567] +58"))
          .anyMatch(line -> line.matches("rare +1[123] +[12] +[12] +1[45]"))
          .anyMatch(line -> line.matches("ordinary +2(39|40|41) +(29|30|31) +(29|30|31) +300"))
          .anyMatch(line -> line.startsWith("split: certificate: "));
    }
    assertThat(results.get(1)).isEqualTo(results.get(0));
    assertThat(results.get(2)).isEqualTo(results.get(0));
    assertThat(workspace().read(SplitsTable.SPEC).select("label").distinct().count()).isEqualTo(2);

    workspace()
        .replace(
            ImagesTable.SPEC,
            rows.withColumn("tags", split(tags, "\\|")),
            RunRecord.start("catalog", Map.of()));
    run("overwrite", "tags", 0, Progress.SILENT);
    assertThat(rows()).isEqualTo(results.get(0));

    run("overwrite", "tags", 4, Progress.SILENT);
    Dataset<Row> folds =
        workspace()
            .read(FoldsTable.SPEC)
            .join(workspace().read(ImagesTable.SPEC).drop("label"), "id")
            .where(functions.array_contains(col("tags"), "night"))
            .groupBy(FoldsTable.FOLD)
            .count();
    assertThat(folds.collectAsList())
        .hasSize(4)
        .allSatisfy(row -> assertThat(row.getLong(1)).isBetween(29L, 31L));

    assertThatThrownBy(() -> run("overwrite", "colour", 0, Progress.SILENT))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("no column 'colour'");
  }

  @Test
  void summaryShortensManyClassesAndWarnsOfEmptyOnes() {
    SortedMap<String, long[]> counts = new TreeMap<>();
    for (int i = 0; i < 25; i++) {
      counts.put("class %02d".formatted(i), new long[] {8, 1, i == 3 ? 0 : 1});
    }
    SplitSummary summary =
        new SplitSummary(
            counts, List.of(new BigDecimal("0.8"), new BigDecimal("0.1"), new BigDecimal("0.1")));

    assertThat(summary.lines())
        .hasSize(24)
        .anyMatch(line -> line.matches("5 more +40 +5 +5 +50"))
        .anyMatch(
            line ->
                line.startsWith("warning: test has no image of 1 of the 25 classes")
                    && line.contains("class 03 (9)")
                    && line.contains("'evaluate' has no figure for them"));
    assertThat(summary.toMap().get("class 03"))
        .isEqualTo(Map.of("train", 8L, "validation", 1L, "test", 0L));
  }

  private List<Row> rows() {
    return workspace().read(SplitsTable.SPEC).orderBy("id").collectAsList();
  }

  private void catalog(ImageRows images) {
    Dataset<Row> rows = images.dataset(spark);
    workspace().replace(ImagesTable.SPEC, rows, RunRecord.start("catalog", Map.of()));
  }

  private Workspace workspace() {
    return Workspace.at(spark, folder.toUri().toString());
  }

  private void run(String existing, Progress progress) {
    run(existing, null, 0, progress);
  }

  private void run(String existing, String labels, int folds, Progress progress) {
    Map<String, List<String>> given = new LinkedHashMap<>();
    given.put("workspace", List.of(folder.toUri().toString()));
    given.put("folds", List.of(Integer.toString(folds)));
    if (labels != null) {
      given.put("labels-column", List.of(labels));
    }
    if (!existing.isEmpty()) {
      given.put(existing, List.of("true"));
    }
    new SplitStage().run(spark, Options.read(SplitConfig.class, given), progress);
  }
}
