package org.sparkvit.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.HookFileSystem;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;

/** Two runs put a table's parts together at the same time. */
class TwoMergesTest extends SparkTest {
  private static final TableSpec SPEC =
      new TableSpec(
          "grown",
          "test",
          "Rows that two runs merge.",
          new StructType()
              .add("id", DataTypes.StringType, false)
              .add("value", DataTypes.IntegerType),
          false,
          List.of("id"));

  @TempDir private Path folder;

  @AfterEach
  void unhook() {
    HookFileSystem.clear();
  }

  private static RunRecord record() {
    return RunRecord.start("test", Map.of());
  }

  private static void append(Workspace workspace, String part, int value, String... ids) {
    List<Row> rows = Stream.of(ids).map(id -> RowFactory.create(id, value)).toList();
    Dataset<Row> data = spark.createDataFrame(rows, SPEC.schema()).coalesce(1);
    workspace.append(SPEC, part, data, record(), written -> {});
  }

  private static void mergeAll(Workspace workspace) {
    workspace.compact(SPEC, record());
  }

  private static List<String> values(Workspace workspace) {
    return workspace.read(SPEC).orderBy("id").collectAsList().stream()
        .map(row -> row.getString(0) + row.getInt(1))
        .toList();
  }

  /**
   * Another run does all that it has to do at each call of the file system, the first, the second
   * and so on: whatever the two do in turn, every row is there once and is the latest one.
   */
  @Test
  @Tag("slow")
  void whateverTheOtherDoesInBetweenEveryRowIsThereOnce() throws IOException {
    Thread driver = Thread.currentThread();
    int calls = 0;
    boolean reached = true;
    for (int at = 0; reached; at += 9) {
      Path place = Files.createDirectories(folder.resolve("at-" + at));
      String uri = HookFileSystem.uri(spark, place);
      Workspace first = Workspace.at(spark, uri);
      append(first, "a", 1, "x", "y");
      append(first, "b", 2, "y", "z");
      append(first, "d", 4, "z", "w");
      AtomicInteger left = new AtomicInteger(at);
      HookFileSystem.set(
          (call, path) -> {
            // Not on a thread of Spark's, which cannot start what is to be done here.
            if (Thread.currentThread().equals(driver)
                && path.toString().contains("/grown")
                && left.getAndDecrement() == 0) {
              HookFileSystem.clear();
              Workspace second = Workspace.at(spark, uri);
              // Of a run that ends after d.
              append(second, "c", 3, "y", "z", "v");
              mergeAll(second);
              append(second, "e", 5, "u");
              mergeAll(second);
            }
          });
      mergeAll(first);
      reached = left.get() < 0;
      HookFileSystem.clear();
      if (reached) {
        calls++;
        assertThat(values(Workspace.at(spark, uri)))
            .as("the other's turn at call %d", at)
            .containsExactly("u5", "v3", "w4", "x1", "y3", "z3");
        append(first, "f", 6, "x");
        mergeAll(first);
        mergeAll(first);
        assertThat(values(first)).containsExactly("u5", "v3", "w4", "x6", "y3", "z3");
      }
    }
    assertThat(calls).isGreaterThan(5);
  }

  /**
   * A run is killed at each call of the file system; the next one finds all rows, and tidies up.
   */
  @Test
  @Tag("slow")
  void killedAtAnyCallEveryRowIsThereOnce() throws IOException {
    int kills = 0;
    boolean killed = true;
    for (int at = 0; killed; at += 2) {
      Path place = Files.createDirectories(folder.resolve("kill-" + at));
      String uri = HookFileSystem.uri(spark, place);
      Workspace workspace = Workspace.at(spark, uri);
      append(workspace, "a", 1, "x", "y");
      append(workspace, "b", 2, "y", "z");
      mergeAll(workspace);
      append(workspace, "c", 3, "z");
      AtomicInteger left = new AtomicInteger(at);
      HookFileSystem.set(
          (call, path) -> {
            boolean changes = Set.of("create", "rename", "delete", "mkdirs").contains(call);
            if (changes && path.toString().contains("/grown") && left.getAndDecrement() <= 0) {
              throw new IOException("killed"); // and nothing gets through from then on
            }
          });
      try {
        mergeAll(workspace);
        killed = left.get() < 0;
      } catch (Exception e) {
        kills++;
      }
      HookFileSystem.clear();
      assertThat(values(workspace)).as("killed at %d", at).containsExactly("x1", "y2", "z3");
      mergeAll(workspace);
      append(workspace, "d", 4, "w");
      mergeAll(workspace);
      assertThat(values(workspace)).containsExactly("w4", "x1", "y2", "z3");
    }
    assertThat(kills).isGreaterThan(5);
  }

  @Test
  @Tag("slow")
  void twoThreadsThatMergeManyTimesLoseNoRow() throws Exception {
    Workspace workspace = Workspace.at(spark, folder.toString());
    int rounds = 15;
    CyclicBarrier together = new CyclicBarrier(2);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Future<Void>> runs = new ArrayList<>();
      for (int run = 0; run < 2; run++) {
        String name = "run" + run;
        Callable<Void> work =
            () -> {
              for (int round = 100; round < 100 + rounds; round++) {
                append(workspace, round + "-" + name, round, "shared", name + "-" + round);
                together.await(5, TimeUnit.MINUTES);
                mergeAll(workspace);
              }
              return null;
            };
        runs.add(pool.submit(work));
      }
      for (Future<Void> run : runs) {
        run.get(5, TimeUnit.MINUTES);
      }
    } finally {
      pool.shutdownNow();
    }
    List<String> expected = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      for (int round = 100; round < 100 + rounds; round++) {
        expected.add("run" + run + "-" + round + round);
      }
    }
    expected.add("shared" + (100 + rounds - 1));
    assertThat(values(workspace)).isEqualTo(expected);
    mergeAll(workspace);
    append(workspace, "200", 1, "last");
    mergeAll(workspace);
    expected.add(0, "last1");
    assertThat(values(workspace)).isEqualTo(expected);
    try (Stream<Path> files = Files.list(folder.resolve("grown"))) {
      assertThat(files.count()).isLessThan(12);
    }
  }
}
