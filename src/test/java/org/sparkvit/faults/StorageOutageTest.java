package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.S3Proxy;
import org.sparkvit.SparkTest;
import org.sparkvit.cli.Main;
import org.sparkvit.core.UserException;
import org.sparkvit.pipeline.pack.PackConfig;
import org.sparkvit.pipeline.pack.PackStage;

/** S3 behind a proxy that breaks; local Spark, where a task that fails is not tried again. */
class StorageOutageTest extends SparkTest {
  private static final int IMAGES = 100;

  @TempDir private static Path folder;

  private static S3Proxy s3;
  private static FaultyProxy proxy;
  private static DrawnImages images;
  private static Path model;

  @BeforeAll
  static void start() throws Exception {
    s3 = S3Proxy.start();
    proxy = new FaultyProxy(s3.port());
    s3.configure(spark.sparkContext().hadoopConfiguration());
    images = DrawnImages.withBroken(folder.resolve("data"), IMAGES);
    model = Scoring.smallModel(folder.resolve("model"), 1);
  }

  @AfterAll
  static void stop() throws IOException {
    FileSystem.closeAll();
    if (proxy != null) {
      proxy.close();
    }
    if (s3 != null) {
      s3.close();
    }
  }

  /** All that is in S3 is images, and S3A has no patience of its own. */
  private static String impatientBucket(String name) throws Exception {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    String prefix = "fs.s3a.bucket." + name + ".";
    for (String setting : List.of("attempts.maximum", "retry.limit", "retry.throttle.limit")) {
      hadoop.set(prefix + setting, "1");
    }
    return bucket(name);
  }

  private static String bucket(String name) throws Exception {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    hadoop.set("fs.s3a.bucket." + name + ".endpoint", proxy.endpoint());
    s3.createBucket(name);
    var target = new org.apache.hadoop.fs.Path("s3a://" + name + "/images");
    FileSystem fs = target.getFileSystem(hadoop);
    for (Path file : DrawnImages.files(images.folder())) {
      fs.copyFromLocalFile(
          new org.apache.hadoop.fs.Path(file.toUri()),
          new org.apache.hadoop.fs.Path(target, images.folder().relativize(file).toString()));
    }
    return target.toString();
  }

  private static String workspace(String name) {
    return folder.resolve(name).toString();
  }

  private static List<String> undisturbed(String catalog, String workspace) throws Exception {
    Scoring.copy(spark, catalog, workspace);
    Scoring.score(workspace, model);
    List<String> rows = Scoring.rows(spark, workspace);
    assertThat(rows).hasSize(IMAGES).noneMatch(row -> row.contains("MISSING"));
    return rows;
  }

  @Test
  void imagesThatCannotBeReadForAWhileAreWaitedFor() throws Exception {
    String catalog = workspace("brief-catalog");
    Scoring.catalog(catalog, impatientBucket("brief"));
    List<String> expected = undisturbed(catalog, workspace("brief-undisturbed"));

    String disturbed = Scoring.copy(spark, catalog, workspace("brief"));
    proxy.breakAfter(IMAGES / 2, Duration.ofSeconds(4));
    Scoring.score(disturbed, model);
    assertThat(proxy.faults()).isGreaterThan(5);
    assertThat(Scoring.rows(spark, disturbed)).isEqualTo(expected);
  }

  @Test
  void anOutageThatStaysFailsTheRunAndPublishesNothingWrong() throws Exception {
    String catalog = workspace("lasting-catalog");
    Scoring.catalog(catalog, impatientBucket("lasting"));
    List<String> expected = undisturbed(catalog, workspace("lasting-undisturbed"));

    String disturbed = Scoring.copy(spark, catalog, workspace("lasting"));
    proxy.breakAfter(IMAGES / 2, Duration.ofDays(1));
    try {
      assertThatThrownBy(() -> Scoring.score(disturbed, model))
          .isInstanceOf(UserException.class)
          .hasMessageContaining("'s3a://lasting/images/")
          .hasMessageContaining("could not be read in 8 attempts");
    } finally {
      proxy.mend();
    }
    assertThat(Scoring.rows(spark, disturbed)).isSubsetOf(expected);

    Scoring.score(disturbed, model);
    assertThat(Scoring.rows(spark, disturbed)).isEqualTo(expected);
  }

  /** The tables and the model are in S3, too. */
  @Test
  void anOutageOfEverythingIsWaitedFor() throws Exception {
    String input = bucket("whole");
    Scoring.catalog("s3a://whole/catalog", input);
    String undisturbed = Scoring.copy(spark, "s3a://whole/catalog", "s3a://whole/undisturbed");
    long before = proxy.requests();
    Scoring.score(undisturbed, model);
    long requests = proxy.requests() - before;
    List<String> expected = Scoring.rows(spark, undisturbed);
    assertThat(expected).hasSize(IMAGES);

    // Among the images, and while the table is written and published.
    for (int percent : new int[] {40, 85}) {
      String workspace = "s3a://whole/disturbed-" + percent;
      Scoring.copy(spark, "s3a://whole/catalog", workspace);
      proxy.breakAfter(requests * percent / 100, Duration.ofSeconds(2));
      Scoring.score(workspace, model);
      assertThat(proxy.faults()).as("at %d %% of %d requests", percent, requests).isPositive();
      assertThat(Scoring.rows(spark, workspace)).isEqualTo(expected);
    }
  }

  @Test
  void packingWaitsForImages() throws Exception {
    String catalog = workspace("unpacked");
    Scoring.catalog(catalog, impatientBucket("waiting"));
    List<String> expected = undisturbed(catalog, workspace("unpacked-undisturbed"));

    String packed = Scoring.copy(spark, catalog, workspace("packed"));
    proxy.breakAfter(IMAGES / 2, Duration.ofSeconds(4));
    List<String> lines = new ArrayList<>();
    new PackStage().run(spark, new PackConfig(packed, "256m", 2), lines::add);
    assertThat(proxy.faults()).isPositive();
    assertThat(lines).noneMatch(line -> line.contains("left out"));
    long before = proxy.requests();
    Scoring.score(packed, model);
    assertThat(Scoring.rows(spark, packed)).isEqualTo(expected);
    assertThat(proxy.requests()).isEqualTo(before);
  }

  @Test
  void neighboursInShardsComeWithOneRequest() throws Exception {
    String catalog = "s3a://near/catalog";
    Scoring.catalog(catalog, bucket("near"));
    String plain = Scoring.copy(spark, catalog, "s3a://near/plain");
    String packed = Scoring.copy(spark, catalog, "s3a://near/packed");
    Main.main(new String[] {"pack", "-w", packed});
    long files = proxy.requests("GET /near/images/");
    long shards = proxy.requests("GET /near/packed/shards/");
    Scoring.score(packed, model);
    // Chunks of 80 images in 4 partitions of neighbours.
    assertThat(proxy.requests("GET /near/packed/shards/") - shards).isBetween(1L, 8L);
    assertThat(proxy.requests("GET /near/images/")).isEqualTo(files);
    Scoring.score(plain, model);
    assertThat(Scoring.rows(spark, packed)).isEqualTo(Scoring.rows(spark, plain));
    assertThat(proxy.requests("GET /near/images/") - files).isGreaterThan(IMAGES / 2);
  }
}
