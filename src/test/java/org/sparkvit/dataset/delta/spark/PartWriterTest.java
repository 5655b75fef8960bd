package org.sparkvit.dataset.delta.spark;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.spark.SparkConf;
import org.apache.spark.internal.io.FileCommitProtocol.TaskCommitMessage;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.SparkTest;
import org.sparkvit.dataset.delta.Bounds;
import org.sparkvit.dataset.delta.NewFile;
import scala.reflect.ClassTag;

class PartWriterTest extends SparkTest {
  private static final String PROTOCOL = SQLConf.FILE_COMMIT_PROTOCOL_CLASS().key();
  private static final StructType SCHEMA = new StructType().add("id", DataTypes.LongType);

  private static final CountDownLatch BEGUN = new CountDownLatch(1);
  private static final CountDownLatch END = new CountDownLatch(1);

  @TempDir private Path temporary;

  private org.apache.hadoop.fs.Path folder() {
    return folder("a part");
  }

  private org.apache.hadoop.fs.Path folder(String name) {
    return new org.apache.hadoop.fs.Path(temporary.resolve(name).toUri());
  }

  private static Dataset<Row> read(org.apache.hadoop.fs.Path folder, List<NewFile> files) {
    List<FileStatus> statuses = files.stream().map(NewFile::fileStatus).toList();
    return ListedFiles.read(spark, folder, SCHEMA, statuses);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      // Hadoop keeps checksums of files on a disk beside them.
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.endsWith(".crc"))
          .toList();
    }
  }

  @Test
  void filesAreWrittenWhereTheyStayAndAreDescribed() throws IOException {
    List<NewFile> files =
        PartWriter.write(spark.range(0, 10, 1, 2).toDF("id"), folder(), List.of("id"));
    assertThat(files).hasSize(2);
    assertThat(files.stream().mapToLong(NewFile::rows).sum()).isEqualTo(10);
    assertThat(files.get(0).bounds()).containsEntry("id", new Bounds(0L, 4L));
    assertThat(files.get(0).nulls()).containsEntry("id", 0L);
    assertThat(names(temporary.resolve("a part")))
        .hasSize(2)
        .allMatch(name -> name.endsWith(".parquet"));
    assertThat(spark.conf().contains(PROTOCOL)).isFalse();
    assertThat(read(folder(), files).as(org.apache.spark.sql.Encoders.LONG()).collectAsList())
        .containsExactlyInAnyOrder(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
  }

  /** As a task leaves it whose executor was lost after it had written all. */
  @Test
  void whatNoTaskHasReportedDoesNotCount() throws IOException {
    List<NewFile> files = PartWriter.write(spark.range(3).toDF("id"), folder(), List.of());
    spark.range(100).write().mode("append").parquet(folder().toString());
    assertThat(names(temporary.resolve("a part")).size()).isGreaterThan(files.size());
    assertThat(read(folder(), files).count()).isEqualTo(3);
  }

  @Test
  void noRowsAreNoFiles() {
    assertThat(PartWriter.write(spark.range(0).toDF("id"), folder(), List.of("id"))).isEmpty();
    assertThat(read(folder(), List.of()).count()).isZero();
  }

  @Test
  void aTaskThatFailsLeavesNothing() throws IOException {
    UDF1<Long, Long> failing =
        n -> {
          if (n == 4) {
            throw new IllegalStateException("the fourth");
          }
          return n;
        };
    Dataset<Row> rows =
        spark
            .range(0, 5, 1, 1)
            .toDF("id")
            .select(udf(failing, DataTypes.LongType).apply(col("id")).as("id"));
    assertThatThrownBy(() -> PartWriter.write(rows, folder(), List.of()))
        .hasStackTraceContaining("the fourth");
    assertThat(names(temporary.resolve("a part"))).noneMatch(name -> name.endsWith(".parquet"));
    assertThat(spark.conf().contains(PROTOCOL)).isFalse();
  }

  /** The session has one protocol for all that is written at that moment. */
  @Test
  void otherWritesAreAsSparkDoesThem() throws IOException {
    SparkSession other = spark.newSession();
    other.conf().set(PROTOCOL, PartCommitProtocol.class.getName());
    Path folder = temporary.resolve("export");
    other.range(0, 10, 1, 2).write().parquet(folder.toString());
    assertThat(names(folder)).contains("_SUCCESS").doesNotContain("_temporary");
    assertThat(spark.read().parquet(folder.toString()).count()).isEqualTo(10);
  }

  @Test
  void aSessionKeepsTheProtocolThatItHad() {
    SparkSession other = spark.newSession();
    String protocol = "org.apache.spark.sql.execution.datasources.SQLHadoopMapReduceCommitProtocol";
    other.conf().set(PROTOCOL, protocol);
    PartWriter.write(other.range(3).toDF("id"), folder(), List.of());
    assertThat(other.conf().get(PROTOCOL)).isEqualTo(protocol);
  }

  @Test
  void twoSessionsOfOneProgramWriteAtOnce() throws Exception {
    UDF1<Long, Long> slow =
        n -> {
          BEGUN.countDown();
          END.await();
          return n;
        };
    Dataset<Row> rows =
        spark
            .range(0, 1, 1, 1)
            .toDF("id")
            .select(udf(slow, DataTypes.LongType).apply(col("id")).as("id"));
    SparkSession other = spark.newSession();
    CompletableFuture<List<NewFile>> first =
        CompletableFuture.supplyAsync(() -> PartWriter.write(rows, folder(), List.of()));
    BEGUN.await();
    try {
      assertThat(PartWriter.write(other.range(3).toDF("id"), folder("other"), List.of()))
          .isNotEmpty();
    } finally {
      END.countDown();
    }
    assertThat(first.get()).hasSize(1);
    assertThat(spark.conf().contains(PROTOCOL)).isFalse();
    assertThat(other.conf().contains(PROTOCOL)).isFalse();
  }

  @Test
  void whatATaskSaysOfItsFilesPassesThroughKryo() {
    List<NewFile> files =
        List.of(
            new NewFile("a", 1, 2, 3, Map.of("id", new Bounds("x", "y")), Map.of("id", 0L)),
            new NewFile("b", 1, 2, 0, Map.of(), Map.of()));
    SerializerInstance kryo = new KryoSerializer(new SparkConf()).newInstance();
    ClassTag<TaskCommitMessage> tag = ClassTag.apply(TaskCommitMessage.class);
    TaskCommitMessage read =
        kryo.deserialize(kryo.serialize(PartCommitProtocol.message(files), tag), tag);
    assertThat(PartCommitProtocol.files(read)).isEqualTo(files);
  }

  /** Else compaction would lose the rows for good. */
  @Test
  void noSettingOfASessionPassesOverFilesThatAreDamagedOrGone() throws IOException {
    SparkSession careless = spark.newSession();
    careless.conf().set("spark.sql.files.ignoreMissingFiles", true);
    careless.conf().set("spark.sql.files.ignoreCorruptFiles", true);
    List<FileStatus> files =
        PartWriter.write(spark.range(0, 9, 1, 2).toDF("id"), folder(), List.of()).stream()
            .map(NewFile::fileStatus)
            .toList();
    Path first = Path.of(files.get(0).getPath().toUri());
    Path second = Path.of(files.get(1).getPath().toUri());
    Files.delete(first);
    Dataset<Row> rows = ListedFiles.read(careless, folder(), SCHEMA, files);
    assertThatThrownBy(rows::collectAsList).hasStackTraceContaining(first.getFileName().toString());
    Files.copy(second, first);
    Files.delete(first.resolveSibling("." + first.getFileName() + ".crc"));
    Files.write(second, new byte[9]);
    assertThatThrownBy(rows::collectAsList)
        .hasStackTraceContaining(second.getFileName().toString());
  }

  @Test
  void whatIsCachedServesTheNextReadOfTheSameFiles() {
    List<NewFile> files = PartWriter.write(spark.range(3).toDF("id"), folder(), List.of());
    Dataset<Row> cached = read(folder(), files).persist();
    try {
      assertThat(read(folder(), files).queryExecution().executedPlan().toString())
          .contains("InMemoryTableScan");
      assertThat(read(folder(), List.of()).queryExecution().executedPlan().toString())
          .doesNotContain("InMemoryTableScan");
    } finally {
      cached.unpersist();
    }
  }
}
