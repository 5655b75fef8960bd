package org.sparkvit.pipeline.maintenance;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.HookFileSystem;
import org.sparkvit.SparkTest;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.CostsTable;
import org.sparkvit.dataset.schema.PlanTable;
import org.sparkvit.dataset.workspace.AsOf;
import org.sparkvit.dataset.workspace.Workspace;

/** What goes and what stays: whole versions, single files, begun parts, and all that is others'. */
class VacuumTest extends SparkTest {
  private static final Duration OLD = Duration.ofDays(30);
  private static final Duration RECENT = Duration.ofDays(1);
  private static final Duration FUTURE = Duration.ofDays(-30);

  @TempDir private Path temporary;
  private Path folder;
  private Workspace workspace;
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void open() {
    folder = temporary.resolve("a work space");
    workspace = Workspace.at(spark, HookFileSystem.uri(spark, folder));
  }

  @AfterEach
  void unhook() {
    HookFileSystem.clear();
  }

  private static Dataset<Row> plan(int rows) {
    List<Row> list = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      list.add(RowFactory.create("id" + i, "a", 1, 1.0));
    }
    return spark.createDataFrame(list, PlanTable.SPEC.schema()).coalesce(1);
  }

  /** A version of so many rows; its part's and its entry's files are so old. */
  private String replace(int rows, Duration age) {
    RunRecord record = RunRecord.start("balance", Map.of());
    workspace.replace(PlanTable.SPEC, plan(rows), record);
    setAge("plan/" + record.runId(), age);
    String version = workspace.version(PlanTable.SPEC);
    setAge(
        String.format(
            Locale.ROOT,
            "plan/_delta_log/%020d.json",
            Long.parseLong(version.substring(version.indexOf('@') + 1))),
        age);
    return record.runId();
  }

  private void append(String part, Duration age, String... models) {
    List<Row> rows =
        Stream.of(models).map(m -> RowFactory.create(m, 1L, 2L, 3.0, 4L, "fp32")).toList();
    workspace.append(
        CostsTable.SPEC,
        part,
        spark
            .createDataFrame(rows, CostsTable.SPEC.schema())
            .repartitionByRange(models.length, col(CostsTable.MODEL)),
        RunRecord.start("score", Map.of()),
        written -> {});
    setAge("costs", age);
  }

  /** Sets the time of a file, or of all below a folder. */
  private void setAge(String path, Duration age) {
    try (Stream<Path> files = Files.walk(folder.resolve(path))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(age)));
      }
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private void begun(String name, String owner, Duration age) throws IOException {
    Path part = folder.resolve("plan").resolve(name);
    Files.createDirectories(part);
    if (owner != null) {
      Files.writeString(
          part.resolve("_begun.json"), "{\"owner\": \"" + owner + "\", \"run\": \"x\"}");
    }
    Files.writeString(part.resolve("part-0.parquet"), "data");
    setAge("plan/" + name, age);
  }

  private void vacuum(boolean dryRun) {
    said.clear();
    new VacuumStage().run(spark, new VacuumConfig(workspace.uri(), "7d", dryRun), said::add);
  }

  private Set<String> files() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return new TreeSet<>(
          files
              .filter(Files::isRegularFile)
              .map(file -> folder.relativize(file).toString())
              .toList());
    }
  }

  private long rows(int version) {
    return Workspace.forReading(spark, workspace.uri(), AsOf.parse("plan@" + version))
        .read(PlanTable.SPEC)
        .count();
  }

  @Test
  void whatNoKeptVersionHasGoesAndAllElseStays() throws IOException {
    String gone = replace(1, OLD);
    replace(2, OLD.minusDays(10)); // it was the current one seven days ago
    replace(3, RECENT);
    replace(4, Duration.ZERO);
    begun("dead", "table plan", OLD);
    begun("busy", "table plan", RECENT);
    begun("ahead", "table plan", OLD);
    setAge("plan/ahead/part-0.parquet", FUTURE);
    begun("anothers", "table costs", OLD);
    begun("nobodys", null, OLD);
    Files.writeString(folder.resolve("plan/data.parquet"), "another program's");
    setAge("plan/data.parquet", OLD);
    Files.createDirectories(folder.resolve("models/vit"));
    Files.writeString(folder.resolve("models/vit/config.json"), "{}");
    setAge("models", OLD);
    Set<String> before = files();

    vacuum(true);
    assertThat(said)
        .singleElement()
        .asString()
        .startsWith("vacuum: plan: 3 versions kept, from plan@1 of ")
        .contains("; would delete 2 files with ")
        .endsWith(", 1 unfinished parts among them");
    assertThat(files()).isEqualTo(before);

    String line = said.get(0);
    vacuum(false);
    assertThat(said).containsExactly(line.replace("would delete", "deleted"));
    Set<String> left = new TreeSet<>(before);
    left.removeIf(file -> file.startsWith("plan/" + gone + "/") || file.startsWith("plan/dead/"));
    assertThat(left).hasSizeLessThan(before.size());
    assertThat(files()).isEqualTo(left);
    assertThat(rows(1)).isEqualTo(2);
    assertThat(rows(2)).isEqualTo(3);
    assertThat(rows(3)).isEqualTo(4);
    assertThatThrownBy(() -> rows(0))
        .isInstanceOf(UserException.class)
        .hasMessageStartingWith("table 'plan' cannot be read as of version 0: its file ")
        .hasMessageContaining(gone)
        .hasMessageContaining("is gone, most likely by 'spark-vit vacuum'")
        .hasMessageContaining("'spark-vit history plan' lists later versions");

    vacuum(false);
    assertThat(said.get(0)).contains("; deleted 0 files with 0 bytes, 0 unfinished parts");
    assertThat(files()).isEqualTo(left);
  }

  @Test
  void ofAPartThatIsPartlyUsedOnlyTheOtherFilesGo() throws IOException {
    append("one", OLD, "a", "b", "c");
    append("two", OLD, "b");
    append("three", OLD, "c");
    List<Path> first = parquet("costs/one");
    assertThat(first).hasSize(3);
    Path ahead = first.get(2); // that of c, by its name's number
    Files.setLastModifiedTime(ahead, FileTime.from(Instant.now().plus(OLD)));
    vacuum(false);
    assertThat(said.get(0)).startsWith("vacuum: costs: 1 version kept").contains("deleted 1 files");
    assertThat(parquet("costs/one")).containsExactly(first.get(0), ahead);
    assertThat(workspace.read(CostsTable.SPEC).count()).isEqualTo(3);
    assertThat(folder.resolve("costs/_runs/one.json")).exists();
  }

  private List<Path> parquet(String part) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve(part))) {
      return files.filter(file -> file.toString().endsWith(".parquet")).sorted().toList();
    }
  }

  @Test
  void whereTheClockWasSetBackAVersionIsNoOlderThanTheOneBefore() throws IOException {
    replace(1, RECENT);
    replace(2, OLD);
    setAge("plan", OLD);
    setAge("plan/_delta_log/00000000000000000000.json", RECENT);
    Set<String> before = files();
    vacuum(false);
    assertThat(said.get(0)).contains("2 versions kept, from plan@0");
    assertThat(files()).isEqualTo(before);
    // And the other way round: of the future until that has passed.
    setAge("plan/_delta_log/00000000000000000000.json", FUTURE);
    vacuum(false);
    assertThat(said.get(0)).contains("2 versions kept, from plan@0");
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void whatIsCommittedMeanwhileStays() throws IOException {
    replace(1, OLD);
    String current = replace(2, OLD);
    begun("dead", "table plan", OLD);
    AtomicBoolean listed = new AtomicBoolean();
    AtomicBoolean deleting = new AtomicBoolean();
    List<Integer> committed = new ArrayList<>();
    HookFileSystem.set(
        (call, path) -> {
          if (call.equals("list")
              && path.getName().equals(current)
              && listed.compareAndSet(false, true)) {
            replace(3, Duration.ZERO);
            committed.add(3);
          } else if (call.equals("delete")
              && path.toString().contains("/plan/")
              && !committed.isEmpty()
              && deleting.compareAndSet(false, true)) {
            replace(4, Duration.ZERO);
          }
        });
    vacuum(false);
    HookFileSystem.clear();
    assertThat(deleting).isTrue();
    assertThat(rows(1)).isEqualTo(2);
    assertThat(rows(2)).isEqualTo(3);
    assertThat(rows(3)).isEqualTo(4);
    assertThat(folder.resolve("plan/dead")).doesNotExist();
  }

  @Test
  void twoAtOnceDoTheSameOnce() throws IOException {
    String gone = replace(1, OLD);
    replace(2, OLD);
    begun("dead", "table plan", OLD);
    AtomicBoolean other = new AtomicBoolean();
    List<String> others = new ArrayList<>();
    HookFileSystem.set(
        (call, path) -> {
          if (call.equals("delete")
              && path.toString().contains("/plan/")
              && other.compareAndSet(false, true)) {
            new VacuumStage()
                .run(spark, new VacuumConfig(workspace.uri(), "7d", false), others::add);
          }
        });
    vacuum(false);
    assertThat(others).hasSize(1);
    assertThat(said).hasSize(1);
    assertThat(folder.resolve("plan/dead")).doesNotExist();
    assertThat(folder.resolve("plan").resolve(gone)).doesNotExist();
    assertThat(rows(1)).isEqualTo(2);
  }

  @Test
  void whatCannotBeReadOrDeletedIsSaidAndTheOthersAreVacuumed() throws IOException {
    String gone = replace(1, OLD);
    replace(2, OLD);
    append("one", OLD, "a");
    append("two", OLD, "a");
    for (String forbidden : List.of("list", "delete")) {
      HookFileSystem.set(
          (call, path) -> {
            if (call.equals(forbidden) && path.toString().contains("/plan/" + gone)) {
              throw new FileNotFoundException(path + " (Permission denied)");
            }
          });
      assertThatThrownBy(() -> vacuum(false))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("/plan/" + gone)
          .hasMessageContaining(
              forbidden.equals("list") ? "Permission denied" : "is still there after it was to be");
      assertThat(said).singleElement().asString().startsWith("vacuum: costs: ");
      HookFileSystem.clear();
      assertThat(rows(1)).isEqualTo(2);
      assertThat(rows(0)).isEqualTo(1);
    }
    assertThat(folder.resolve("costs/one")).doesNotExist();
  }

  @Test
  void lengthsOfTimeThatAreNone() {
    for (String keep : List.of("7", "soon", "-1d", "1w", "7 days", "9999999d")) {
      assertThatThrownBy(() -> new VacuumConfig("w", keep, false))
          .isInstanceOf(UserException.class)
          .hasMessage(
              "--keep is '%s', which is no length of time; use a whole number with h or d, e.g."
                  + " 12h or 7d",
              keep);
    }
    assertThatThrownBy(() -> new VacuumConfig("w", "0d", false))
        .hasMessageStartingWith("--keep is '0d'; use 1h or more");
    assertThat(new VacuumConfig("w", "12h", false).kept()).isEqualTo(Duration.ofHours(12));
  }

  @Test
  void aWorkspaceWithoutTablesIsSaid() {
    assertThatThrownBy(() -> vacuum(true))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has no tables; run 'spark-vit catalog' first");
    assertThat(folder).doesNotExist();
  }
}
