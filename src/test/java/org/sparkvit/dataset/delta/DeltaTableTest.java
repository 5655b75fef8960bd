package org.sparkvit.dataset.delta;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.delta.spark.PartWriter;

class DeltaTableTest extends SparkTest {
  private static final StructType SCHEMA =
      new StructType()
          .add("id", DataTypes.StringType, false)
          .add("n", DataTypes.LongType)
          .add("list", DataTypes.createArrayType(DataTypes.FloatType, false));

  @TempDir private Path temporary;
  private org.apache.hadoop.fs.Path folder;
  private DeltaTable table;

  @BeforeEach
  void open() {
    folder = new org.apache.hadoop.fs.Path(temporary.resolve("a table").toUri());
    table = DeltaTable.at(folder, new Configuration());
  }

  private List<NewFile> write(String part, long n, String... ids) throws IOException {
    List<Row> rows =
        List.of(ids).stream().map(id -> RowFactory.create(id, n, new float[] {n})).toList();
    Dataset<Row> data = spark.createDataFrame(rows, SCHEMA).coalesce(1);
    return PartWriter.write(data, new org.apache.hadoop.fs.Path(folder, part), List.of("id", "n"));
  }

  private long append(String part, long n, String... ids) throws IOException {
    List<NewFile> files = write(part, n, ids);
    return table
        .commit(
            part,
            "test",
            current ->
                Optional.of(
                    new DeltaChange(
                        current.isPresent() ? Optional.empty() : Optional.of(SCHEMA),
                        files,
                        List.of(),
                        false)))
        .orElseThrow();
  }

  @Test
  void versionsOneAfterTheOther() throws IOException {
    assertThat(table.latest()).isEmpty();
    assertThat(append("one", 1, "b", "a")).isZero();
    assertThat(append("two", 2, "c")).isEqualTo(1);
    // It is there already.
    List<NewFile> again = write("again", 2, "c");
    assertThat(
            table.commit(
                "two",
                "test",
                current -> Optional.of(new DeltaChange(Optional.empty(), again, List.of(), false))))
        .hasValue(1);
    DeltaVersion version = table.latest().orElseThrow();
    assertThat(version.schema()).isEqualTo(SCHEMA.asNullable());
    assertThat(version.files())
        .extracting(file -> new org.apache.hadoop.fs.Path(file.path()).getParent().getName())
        .containsExactly("one", "two");
    assertThat(version.files()).extracting(DataFile::rows).containsExactly(2L, 1L);
    assertThat(version.files().get(0).boundsOf("id")).contains(new Bounds("a", "b"));
    assertThat(version.files().get(1).boundsOf("n")).contains(new Bounds(2L, 2L));
    assertThat(version.files().get(0).boundsOf("list")).isEmpty();
    assertThat(Files.exists(Path.of(version.files().get(0).path().replace("file:", "")))).isTrue();

    // Another schema, in the place of all of it.
    StructType other = new StructType().add("x", DataTypes.StringType);
    table.commit(
        "three",
        "test",
        current -> Optional.of(new DeltaChange(Optional.of(other), List.of(), List.of(), false)));
    assertThat(table.latest().orElseThrow().schema()).isEqualTo(other);
    assertThat(table.latest().orElseThrow().files()).isEmpty();
    assertThat(table.at(1).files()).hasSize(2);
    assertThat(table.commit(2).orElseThrow().author()).contains("test");
    assertThat(table.commit(2).orElseThrow().removed()).isEqualTo(2);
    for (int i = 0; i < 12; i++) {
      append("more-" + i, i, "z" + i);
    }
    try (Stream<Path> log = Files.list(temporary.resolve("a table/_delta_log"))) {
      assertThat(log.map(file -> file.getFileName().toString()))
          .anyMatch(name -> name.contains("checkpoint"));
    }
    assertThat(table.latest().orElseThrow().files()).hasSize(12);
  }

  /** Delta's own engine for Spark is another implementation of the same format. */
  @Test
  void deltaSparkReadsEveryVersion() throws IOException {
    append("one", 1, "b", "a");
    append("two", 2, "c");
    StructType other = new StructType().add("x", DataTypes.StringType);
    table.commit(
        "three",
        "test",
        current -> Optional.of(new DeltaChange(Optional.of(other), List.of(), List.of(), false)));
    List<Row> latest = DeltaSpark.read(spark).load(folder.toString()).collectAsList();
    assertThat(latest).isEmpty();
    Dataset<Row> second = DeltaSpark.read(spark).option("versionAsOf", 1).load(folder.toString());
    assertThat(second.orderBy("id").collectAsList())
        .extracting(row -> row.getString(0) + row.getLong(1) + row.getList(2))
        .containsExactly("a1[1.0]", "b1[1.0]", "c2[2.0]");
    String entry =
        Files.readString(temporary.resolve("a table/_delta_log/00000000000000000000.json"));
    assertThat(entry).contains("\"minReaderVersion\":1,\"minWriterVersion\":2");
  }

  @Test
  void aTableSaysWhatItIsFromTheCommitOnThatSaysSo() throws IOException {
    append("one", 1, "a");
    assertThat(table.latest().orElseThrow().comment()).isEmpty();
    StructType said = new StructType().add("x", DataTypes.StringType, true, "A \"word\".");
    replace("two", Optional.of(said), Optional.of("Words, in \u00fcnl\u00e4utiger order."));
    DeltaVersion version = table.latest().orElseThrow();
    assertThat(version.schema()).isEqualTo(said);
    assertThat(version.comment()).contains("Words, in \u00fcnl\u00e4utiger order.");
    replace("three", Optional.empty(), Optional.empty());
    assertThat(table.latest().orElseThrow().comment()).isEqualTo(version.comment());
    assertThat(table.latest().orElseThrow().schema()).isEqualTo(said);
    assertThat(DeltaSpark.read(spark).load(folder.toString()).schema()).isEqualTo(said);
    // Another table in its place, which says nothing.
    replace("four", Optional.of(SCHEMA), Optional.empty());
    assertThat(table.latest().orElseThrow().comment()).isEmpty();
    assertThat(table.at(1).comment()).isEqualTo(version.comment());
  }

  private void replace(String name, Optional<StructType> schema, Optional<String> comment) {
    table.commit(
        name,
        "test",
        current ->
            Optional.of(
                new DeltaChange(schema, comment, List.of(), current.orElseThrow().files(), false)));
  }

  /** Both plan on the same version; the one that comes later plans again. */
  @Test
  void whoLosesTheRacePlansAgainOnWhatTheOtherMade() throws IOException {
    append("one", 1, "a");
    List<NewFile> mine = write("mine", 2, "b");
    List<Long> planned = new ArrayList<>();
    OptionalLong version =
        table.commit(
            "mine",
            "test",
            current -> {
              planned.add(current.orElseThrow().number());
              if (planned.size() == 1) {
                assertThat(uncheckedAppend("other", 3, "c")).isEqualTo(1);
              }
              return Optional.of(new DeltaChange(Optional.empty(), mine, List.of(), false));
            });
    assertThat(planned).containsExactly(0L, 1L);
    assertThat(version).hasValue(2);
    assertThat(table.latest().orElseThrow().files()).hasSize(3);
  }

  private long uncheckedAppend(String part, long n, String id) {
    try {
      return append(part, n, id);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void twoThreadsOfTwentyAppendsLoseNone() throws Exception {
    List<NewFile> files = write("files", 1, "a");
    append("first", 1, "a");
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try {
      List<Future<Void>> runs = new ArrayList<>();
      for (int run = 0; run < 2; run++) {
        String name = "run" + run;
        Callable<Void> work =
            () -> {
              DeltaTable own = DeltaTable.at(folder, new Configuration());
              for (int i = 0; i < 20; i++) {
                own.commit(
                    name + "-" + i,
                    "test",
                    current ->
                        Optional.of(new DeltaChange(Optional.empty(), files, List.of(), false)));
              }
              return null;
            };
        runs.add(pool.submit(work));
      }
      for (Future<Void> run : runs) {
        run.get(2, TimeUnit.MINUTES);
      }
    } finally {
      pool.shutdownNow();
    }
    assertThat(table.latest().orElseThrow().number()).isEqualTo(40);
    for (int version = 1; version <= 40; version++) {
      assertThat(table.commit(version).orElseThrow().added()).isEqualTo(1);
    }
  }

  @Test
  void aTimeNamesTheVersionThatCountedThen() throws IOException {
    append("one", 1, "a");
    append("two", 2, "b");
    Path log = temporary.resolve("a table/_delta_log");
    Instant hour = Instant.parse("2026-01-01T10:00:00Z");
    Files.setLastModifiedTime(log.resolve("00000000000000000000.json"), FileTime.from(hour));
    Files.setLastModifiedTime(
        log.resolve("00000000000000000001.json"), FileTime.from(hour.plusSeconds(3600)));
    assertThat(table.asOf(hour.minusSeconds(1))).isEmpty();
    assertThat(table.asOf(hour).orElseThrow().number()).isZero();
    assertThat(table.asOf(hour.plusSeconds(3599)).orElseThrow().number()).isZero();
    assertThat(table.asOf(hour.plusSeconds(3600)).orElseThrow().number()).isEqualTo(1);
    assertThat(table.asOf(hour.plusSeconds(9999)).orElseThrow().number()).isEqualTo(1);
  }

  @Test
  void aLogWithAGapOrHalfAnEntryIsNamed() throws IOException {
    append("one", 1, "a");
    append("two", 2, "b");
    append("three", 3, "c");
    Path log = temporary.resolve("a table/_delta_log");
    Path second = log.resolve("00000000000000000001.json");
    byte[] whole = Files.readAllBytes(second);
    Files.write(second, Arrays.copyOf(whole, whole.length / 2));
    assertThatThrownBy(() -> table.latest().orElseThrow().files())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("table 'a table'")
        .hasMessageContaining("_delta_log");
    Files.delete(second);
    assertThatThrownBy(() -> table.latest().orElseThrow().files())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("table 'a table'");
  }

  /** As a machine may leave it that lost its power. */
  @Test
  void anEntryWithNothingInItIsNotTakenForACommitOfNothing() throws IOException {
    append("one", 1, "a");
    append("two", 2, "b");
    Path entry = temporary.resolve("a table/_delta_log/00000000000000000001.json");
    Files.write(entry, new byte[0]);
    assertThatThrownBy(table::latest)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("00000000000000000001.json is empty");
    assertThat(table.at(0).files()).hasSize(1);
  }

  @Test
  void aTableOfANewerProtocolIsRefused() throws IOException {
    append("one", 1, "a");
    Path entry = temporary.resolve("a table/_delta_log/00000000000000000000.json");
    Files.writeString(
        entry,
        Files.readString(entry)
            .replace(
                "\"minReaderVersion\":1,\"minWriterVersion\":2",
                "\"minReaderVersion\":9,\"minWriterVersion\":9"));
    assertThatThrownBy(() -> table.latest().orElseThrow().files())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("table 'a table'");
  }

  /** The log stays small; what a commit takes is printed. */
  @Test
  @Tag("slow")
  void aThousandCommits() throws IOException {
    List<NewFile> files = write("files", 1, "a");
    append("first", 1, "a");
    long[] nanos = new long[1000];
    for (int i = 0; i < nanos.length; i++) {
      long began = System.nanoTime();
      table.commit(
          "commit-" + i,
          "test",
          current -> Optional.of(new DeltaChange(Optional.empty(), files, List.of(), false)));
      nanos[i] = System.nanoTime() - began;
    }
    long bytes = 0;
    int count = 0;
    try (Stream<Path> log = Files.list(temporary.resolve("a table/_delta_log"))) {
      for (Path file : log.toList()) {
        bytes += Files.size(file);
        count++;
      }
    }
    long began = System.nanoTime();
    table.latest().orElseThrow().files();
    System.out.printf(
        Locale.ROOT,
        "1,000 commits: median of the first hundred %.0f ms, of the last %.0f ms; log of %d files,"
            + " %.1f MB; listed in %.0f ms%n",
        median(nanos, 0, 100) / 1e6,
        median(nanos, 900, 1000) / 1e6,
        count,
        bytes / 1e6,
        (System.nanoTime() - began) / 1e6);
    assertThat(table.latest().orElseThrow().number()).isEqualTo(1000);
    // An entry a commit; a checkpoint every ten and the note of the last one, with their checksums.
    assertThat(count).isLessThanOrEqualTo(1001 + 2 * 101);
    assertThat(bytes).isLessThan(10_000_000);
  }

  private static double median(long[] values, int from, int to) {
    return Arrays.stream(values, from, to).sorted().skip((to - from) / 2).findFirst().orElseThrow();
  }

  private void rewriteEntry(int version, String from, String to) throws IOException {
    Path entry =
        temporary.resolve(String.format(Locale.ROOT, "a table/_delta_log/%020d.json", version));
    String text = Files.readString(entry);
    assertThat(text).containsPattern(from);
    Files.writeString(entry, text.replaceFirst(from, to));
  }

  @Test
  void aProtocolOfLaterTimesIsNamed() throws IOException {
    append("one", 1, "a");
    rewriteEntry(0, "\"minReaderVersion\":1", "\"minReaderVersion\":9");
    assertThatThrownBy(() -> DeltaTable.at(folder, new Configuration()).latest())
        .isInstanceOf(UserException.class)
        .hasMessageContaining("has features of Delta Lake that this program does not read")
        .hasMessageContaining("9");
  }

  @Test
  void aFileOutsideOfTheFolderIsRefused() throws IOException {
    append("one", 1, "a");
    rewriteEntry(0, "\"path\":\"one/", "\"path\":\"../../elsewhere/");
    DeltaVersion version = DeltaTable.at(folder, new Configuration()).latest().orElseThrow();
    assertThatThrownBy(version::files)
        .isInstanceOf(UserException.class)
        .hasMessageContaining("names a file outside of the table's folder")
        .hasMessageContaining("elsewhere");
  }
}
