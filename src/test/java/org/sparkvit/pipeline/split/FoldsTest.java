package org.sparkvit.pipeline.split;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.dataset.schema.FoldsTable;
import org.sparkvit.dataset.schema.ImageRows;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;

class FoldsTest extends SparkTest {
  private static final int FOLDS = 3;

  @TempDir private Path folder;
  private final List<String> said = new ArrayList<>();

  /** 103 + 31 images alone, 20 groups of 3 of one class, 8 groups of a content in both classes. */
  private Workspace catalog(int partitions, String given) {
    ImageRows images = new ImageRows().add("x", 103, "x").add("y", 31, "y");
    for (int i = 0; i < 60; i++) {
      images.add("g" + i, "x", null, null, "content" + i / 3);
    }
    for (int i = 0; i < 16; i++) {
      images.add("h" + i, i % 2 == 0 ? "x" : "y", null, null, "both" + i / 2);
    }
    for (int i = 0; given != null && i < 9; i++) {
      images.add("named" + i, i % 2 == 0 ? "x" : "y", given, null, "named" + i);
    }
    Workspace workspace = Workspace.at(spark, folder.resolve("w" + partitions + given).toString());
    workspace.replace(
        ImagesTable.SPEC,
        images.dataset(spark).repartition(partitions),
        RunRecord.start("catalog", Map.of()));
    return workspace;
  }

  private static SplitConfig config(Workspace workspace, int folds, int fold, String existing) {
    return Options.with(
        SplitConfig.class,
        "workspace",
        workspace.uri(),
        "train",
        0.7,
        "validation",
        0.1,
        "test",
        0.2,
        "seed",
        3,
        existing,
        true,
        "folds",
        folds,
        "fold",
        fold);
  }

  private Map<String, String> split(Workspace workspace, int fold) {
    new SplitStage().run(spark, config(workspace, FOLDS, fold, "overwrite"), said::add);
    Map<String, String> splits = new TreeMap<>();
    workspace
        .read(SplitsTable.SPEC)
        .select("id", "split")
        .collectAsList()
        .forEach(row -> splits.put(row.getString(0), row.getString(1)));
    return splits;
  }

  @Test
  void eachImageIsHeldOutOnceAndGroupsAndQuotasHold() {
    Workspace workspace = catalog(3, null);
    Map<String, Integer> held = new HashMap<>();
    Set<String> test = null;
    for (int fold = 1; fold <= FOLDS; fold++) {
      Map<String, String> splits = split(workspace, fold);
      Set<String> testHere = new HashSet<>();
      for (Map.Entry<String, String> entry : splits.entrySet()) {
        if (entry.getValue().equals("test")) {
          testHere.add(entry.getKey());
        } else if (entry.getValue().equals("validation")) {
          assertThat(held.put(entry.getKey(), fold)).as("held out twice").isNull();
        }
      }
      assertThat(test == null || test.equals(testHere)).isTrue();
      test = testHere;
      assertThat(splits).hasSize(210);
    }
    assertThat(held).hasSize(210 - test.size());
    List<Row> folds = workspace.read(FoldsTable.SPEC).collectAsList();
    Map<String, long[]> counts = new HashMap<>();
    for (Row row : folds) {
      assertThat(held.get(row.<String>getAs("id"))).isEqualTo(row.<Integer>getAs("fold"));
      counts
          .computeIfAbsent(row.getAs("label"), label -> new long[FOLDS])[
          row.<Integer>getAs("fold") - 1]++;
    }
    counts.forEach(
        (label, count) -> {
          long least = Arrays.stream(count).min().getAsLong();
          long most = Arrays.stream(count).max().getAsLong();
          assertThat(most - least).as(label).isLessThanOrEqualTo(1);
        });
    Map<String, Integer> homes = new HashMap<>();
    workspace
        .read(ImagesTable.SPEC)
        .select("id", "sha256")
        .collectAsList()
        .forEach(
            row -> {
              Integer fold = held.getOrDefault(row.getString(0), 0);
              Integer other = homes.put(row.getString(1), fold);
              assertThat(other == null || other.equals(fold)).as(row.getString(1)).isTrue();
            });
    assertThat(said)
        .anyMatch(line -> line.startsWith("split: fold 3 of 3 is the validation split; of "));
  }

  @Test
  void partitionsDoNotMatter() {
    Map<String, String> one = split(catalog(1, null), 2);
    assertThat(split(catalog(7, null), 2)).isEqualTo(one);
  }

  @Test
  void whatDoesNotGoTogetherIsALine() {
    Workspace workspace = catalog(2, "validation");
    assertThatThrownBy(() -> split(workspace, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("the data names one; pass --given ignore");
    assertThat(workspace.has(SplitsTable.SPEC)).isFalse();
    assertThatThrownBy(() -> config(workspace, 5, 6, "overwrite"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--fold");
    assertThatThrownBy(() -> config(workspace, 1, 1, "overwrite"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--folds");
    assertThatThrownBy(() -> config(workspace, 0, 2, "overwrite"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--fold");
    assertThatThrownBy(() -> config(workspace, 5, 2, "extend"))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("exclude each other");
  }
}
