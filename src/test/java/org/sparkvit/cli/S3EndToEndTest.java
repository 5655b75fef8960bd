package org.sparkvit.cli;

import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.RealImages;
import org.sparkvit.S3Proxy;
import org.sparkvit.SparkTest;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;

/** The command lines of the README on real images in S3: every path is {@code s3a://}. */
class S3EndToEndTest extends SparkTest {
  private static final String BUCKET = "s3a://images";

  @TempDir private java.nio.file.Path folder;

  private static S3Proxy s3;

  @BeforeAll
  static void startS3() throws IOException, InterruptedException {
    RealImages.tar("photos");
    s3 = S3Proxy.start();
    s3.configure(spark.sparkContext().hadoopConfiguration());
    s3.createBucket("images");
  }

  @AfterAll
  static void stopS3() throws IOException {
    FileSystem.closeAll();
    if (s3 != null) {
      s3.close();
    }
  }

  @Test
  void photosAgainstReceipts() throws Exception {
    RealImages.unpack("photos", folder, 2);
    RealImages.unpack("receipts", folder, 2);
    upload("documents");
    String workspace = BUCKET + "/documents-workspace";
    Main.run("catalog", "-w", workspace, "--input", BUCKET + "/documents");
    Main.run("split", "-w", workspace, "--train", "0.6", "--validation", "0.1", "--test", "0.3");
    Main.run("balance", "-w", workspace);
    train(workspace, "--image-size", "64", "--patch-size", "8", "--epochs", "15");
    Main.run("score", "-w", workspace);
    Main.run("evaluate", "-w", workspace);
    Main.run("report", "-w", workspace);

    Workspace tables = Workspace.at(spark, workspace);
    assertThat(tables.read(ImagesTable.SPEC).count()).isEqualTo(229);
    assertThat(accuracy(tables)).isGreaterThanOrEqualTo(0.97);
    assertReport(tables);

    // A rerun finds nothing to do and leaves the table as it is.
    String before = tables.version(PredictionsTable.SPEC);
    Main.run("score", "-w", workspace);
    assertThat(tables.version(PredictionsTable.SPEC)).isEqualTo(before);
  }

  @Test
  @Tag("slow")
  void tenThousandImagesOfTenClasses() throws Exception {
    RealImages.unpack("cifar10-train", folder);
    upload("objects");
    String workspace = BUCKET + "/objects-workspace";
    Main.run("catalog", "-w", workspace, "--input", BUCKET + "/objects/cifar10-train");
    Main.run("split", "-w", workspace);
    Main.run("balance", "-w", workspace);
    train(workspace, "--image-size", "32", "--patch-size", "8", "--epochs", "2");
    Main.run("score", "-w", workspace, "--batch-size", "64");
    Main.run("evaluate", "-w", workspace);
    Main.run("report", "-w", workspace);

    Workspace tables = Workspace.at(spark, workspace);
    assertThat(tables.read(ImagesTable.SPEC).where(col(ImagesTable.STATUS).equalTo("OK")).count())
        .isEqualTo(10_000);
    assertThat(tables.read(PredictionsTable.SPEC).select(PredictionsTable.ID).distinct().count())
        .isEqualTo(10_000);
    // Two epochs of a very small model: far from good, and far from the 0.1 of guessing.
    assertThat(accuracy(tables)).isGreaterThan(0.2);
    assertReport(tables);
  }

  private static void train(String workspace, String... options) {
    Main.run(
        Stream.concat(
                Stream.of(
                    "train",
                    "-w",
                    workspace,
                    "--hidden-size",
                    "64",
                    "--layers",
                    "4",
                    "--heads",
                    "4",
                    "--intermediate-size",
                    "128",
                    "--batch-size",
                    "32",
                    "--learning-rate",
                    "1e-3",
                    "--seed",
                    "42"),
                Stream.of(options))
            .toArray(String[]::new));
  }

  private static double accuracy(Workspace tables) {
    return tables
        .read(MetricsTable.SPEC)
        .where(
            col(MetricsTable.SPLIT)
                .equalTo("test")
                .and(col(MetricsTable.SLICE).equalTo(MetricsTable.ALL))
                .and(col(MetricsTable.CLASS).equalTo(MetricsTable.ALL))
                .and(col(MetricsTable.METRIC).equalTo("accuracy")))
        .select(MetricsTable.VALUE)
        .head()
        .getDouble(0);
  }

  private static void assertReport(Workspace tables) throws IOException {
    Path report = new Path(tables.report("latest"), "index.html");
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try (var in = report.getFileSystem(hadoop).open(report)) {
      assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).contains("</html>");
    }
  }

  /** Puts all that was unpacked under a key; many at a time, as one put is mostly waiting. */
  private void upload(String key) throws Exception {
    Path target = new Path(BUCKET + "/" + key);
    FileSystem fs = target.getFileSystem(spark.sparkContext().hadoopConfiguration());
    ExecutorService pool = Executors.newFixedThreadPool(16);
    try (Stream<java.nio.file.Path> files = Files.walk(folder)) {
      List<Future<?>> uploads =
          files
              .filter(Files::isRegularFile)
              .<Future<?>>map(file -> pool.submit(() -> put(fs, target, file)))
              .toList();
      for (Future<?> upload : uploads) {
        upload.get();
      }
    } finally {
      pool.shutdown();
    }
  }

  private void put(FileSystem fs, Path target, java.nio.file.Path file) {
    try (var out = fs.create(new Path(target, folder.relativize(file).toString()))) {
      Files.copy(file, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
