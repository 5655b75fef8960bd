package org.sparkvit.dataset.workspace;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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
import org.sparkvit.dataset.schema.TableSpec;

/** A run is killed at, or another one comes between, any two calls of the file system. */
@Tag("slow")
class CommitFaultsTest extends SparkTest {
  private static final Set<String> CHANGES = Set.of("create", "rename", "delete", "mkdirs");

  /** So many small files are rewritten. */
  private static final int MANY = 24;

  private static final TableSpec SPEC =
      new TableSpec(
          "grown",
          "test",
          "A table of tests.",
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

  private static Dataset<Row> rows(int value, String... ids) {
    List<Row> rows = Stream.of(ids).map(id -> RowFactory.create(id, value)).toList();
    return spark.createDataFrame(rows, SPEC.schema()).coalesce(1);
  }

  private static void append(Workspace workspace, String part, int value, String... ids) {
    workspace.append(SPEC, part, rows(value, ids), record(), written -> {});
  }

  private static List<String> values(String uri) {
    return Workspace.at(spark, uri).read(SPEC).orderBy("id").collectAsList().stream()
        .map(row -> row.getString(0) + row.getInt(1))
        .toList();
  }

  private Path prepare(boolean many) {
    Path place = folder.resolve("prepared");
    Workspace workspace = Workspace.at(spark, place.toString());
    append(workspace, "a", 1, "x", "y");
    append(workspace, "b", 2, "y", "z");
    for (int i = 0; many && i < MANY; i++) {
      append(workspace, "m" + i, 9, "m" + i);
    }
    return place;
  }

  /** Paths in the logs are relative, so a copied workspace is one. */
  private String copy(Path from, String name) throws IOException {
    Path to = folder.resolve(name);
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(path -> !path.toString().endsWith(".crc")).toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
    return HookFileSystem.uri(spark, to);
  }

  /** The table is as before or as after, and the next run does not mind. */
  private void killAtEachCall(
      Path prepared, String name, Consumer<Workspace> change, List<String> after)
      throws IOException {
    List<String> before = values(prepared.toString());
    int kills = 0;
    int done = 0;
    boolean reached = true;
    for (int at = 0; reached; at++) {
      String uri = copy(prepared, name + "-" + at);
      AtomicInteger left = new AtomicInteger(at);
      HookFileSystem.set(
          (call, path) -> {
            if (CHANGES.contains(call) && path.toString().contains("/grown")) {
              if (left.getAndDecrement() <= 0) {
                throw new IOException("killed"); // and nothing gets through from then on
              }
            }
          });
      boolean failed = false;
      try {
        change.accept(Workspace.at(spark, uri));
      } catch (Exception e) {
        failed = true;
      }
      reached = left.get() < 0;
      HookFileSystem.clear();
      kills += reached ? 1 : 0;
      List<String> values = values(uri);
      if (failed) {
        assertThat(values).as("%s killed at call %d", name, at).isIn(before, after);
      } else {
        assertThat(values).as("%s, which ended at call %d", name, at).isEqualTo(after);
      }
      done += values.equals(after) ? 1 : 0;
      append(Workspace.at(spark, uri), "next", 7, "x", "w");
      assertThat(values(uri)).as("%s killed at call %d", name, at).contains("w7", "x7");
    }
    System.out.printf("%s: killed at %d calls, %d of them had committed%n", name, kills, done - 1);
    assertThat(kills).isGreaterThan(5);
  }

  @Test
  void anAppendThatReplacesRows() throws IOException {
    killAtEachCall(
        prepare(false),
        "append",
        workspace -> append(workspace, "c", 3, "z", "v"),
        List.of("v3", "x1", "y2", "z3"));
  }

  @Test
  void aReplacedTable() throws IOException {
    killAtEachCall(
        prepare(false),
        "replace",
        workspace -> workspace.replace(SPEC, rows(5, "q"), record()),
        List.of("q5"));
  }

  @Test
  void aRewrite() throws IOException {
    Path prepared = prepare(true);
    killAtEachCall(
        prepared, "rewrite", workspace -> workspace.compact(SPEC, record()), values(prepared + ""));
  }

  /** Another run does all that it has to do at each call, the first, the second and so on. */
  @Test
  void whateverTheOtherDoesInBetweenEveryKeyIsThereOnce() throws IOException {
    Path prepared = prepare(true);
    Thread driver = Thread.currentThread();
    int calls = 0;
    boolean reached = true;
    for (int at = 0; reached; at += 3) {
      String uri = copy(prepared, "other-" + at);
      AtomicInteger left = new AtomicInteger(at);
      HookFileSystem.set(
          (call, path) -> {
            // Not on a thread of Spark's, which cannot start what is to be done here.
            if (Thread.currentThread().equals(driver)
                && path.toString().contains("/grown")
                && left.getAndDecrement() == 0) {
              HookFileSystem.clear();
              Workspace second = Workspace.at(spark, uri);
              append(second, "s", 4, "y", "u");
              second.compact(SPEC, record());
            }
          });
      Workspace first = Workspace.at(spark, uri);
      append(first, "f", 3, "y", "v");
      first.compact(SPEC, record());
      reached = left.get() < 0;
      HookFileSystem.clear();
      if (reached) {
        calls++;
        List<String> values = values(uri);
        assertThat(values).as("the other's turn at call %d", at).hasSize(MANY + 5);
        assertThat(values).contains("u4", "v3", "x1", "z2").containsAnyOf("y3", "y4");
      }
    }
    System.out.printf("another run came in between at %d calls%n", calls);
    assertThat(calls).isGreaterThan(5);
  }
}
