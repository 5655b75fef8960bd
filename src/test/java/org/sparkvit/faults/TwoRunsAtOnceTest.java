package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sparkvit.S3Server;
import org.sparkvit.SparkTest;
import org.sparkvit.cli.Main;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.workspace.Workspace;

/** Two commands on one workspace at the same time, again and again: no row is lost or double. */
@Tag("slow")
class TwoRunsAtOnceTest extends SparkTest {
  private static final int IMAGES = 100;

  @TempDir private Path folder;
  private Path images;
  private Path model;
  private Path prepared;

  private static void run(String workspace, List<String> command) {
    List<String> arguments = new ArrayList<>(command);
    arguments.addAll(1, List.of("-w", workspace));
    Main.main(arguments.toArray(new String[0]));
  }

  private List<String> command(String name) {
    return switch (name) {
      case "catalog" -> List.of("catalog", "--input", images.toString(), "--overwrite");
      case "evaluate" -> List.of("evaluate", "--resamples", "0", "--overwrite");
      case "score" -> score(model, 40);
      // So many files that they are rewritten at the end.
      case "merge" -> score(model, 4);
      // Of a second model, so that there is something to do beside the first one's figures.
      case "score-again" -> score(folder.resolve("second"), 40);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static List<String> score(Path model, int chunk) {
    return List.of(
        "score",
        "--model",
        model.toString(),
        "--device",
        "cpu",
        "--precision",
        "fp32",
        "--chunk-images",
        Integer.toString(chunk));
  }

  private void prepare(boolean scored) throws IOException {
    images = DrawnImages.sound(folder.resolve("images"), IMAGES).folder();
    model = Scoring.smallModel(folder.resolve("vit"), 1);
    Scoring.smallModel(folder.resolve("second"), 2);
    prepared = folder.resolve("prepared");
    run(prepared.toString(), List.of("catalog", "--input", images.toString()));
    run(prepared.toString(), List.of("split"));
    if (scored) {
      run(prepared.toString(), score(model, 40));
    }
  }

  /** As a folder of a disk, or under a prefix of a bucket. */
  private static void copy(Path from, String to) throws IOException {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    var target = new org.apache.hadoop.fs.Path(to);
    target
        .getFileSystem(hadoop)
        .copyFromLocalFile(new org.apache.hadoop.fs.Path(from.toUri()), target);
  }

  @ParameterizedTest
  @CsvSource({
    "score,score",
    "merge,merge",
    "score-again,evaluate",
    "catalog,score",
    "catalog,catalog"
  })
  void noRowIsLostOrDouble(String first, String second) throws Exception {
    twoAtOnce(first, second, folder.toString(), 20);
  }

  @ParameterizedTest
  @CsvSource({
    "score,score",
    "merge,merge",
    "score-again,evaluate",
    "catalog,score",
    "catalog,catalog"
  })
  void noRowIsLostOrDoubleOnS3(String first, String second) throws Exception {
    try (S3Server s3 = S3Server.start()) {
      s3.configure(spark.sparkContext().hadoopConfiguration());
      s3.createBucket("bucket");
      twoAtOnce(first, second, "s3a://bucket", 5);
    } finally {
      FileSystem.closeAll();
    }
  }

  private void twoAtOnce(String first, String second, String storage, int rounds) throws Exception {
    prepare(second.equals("evaluate"));
    long expected = Workspace.at(spark, prepared.toString()).read(ImagesTable.SPEC).count();
    List<String> refusals = new ArrayList<>();
    int rewrites = 0;
    for (int round = 0; round < rounds; round++) {
      String workspace = storage + "/round-" + round;
      copy(prepared, workspace);
      for (Throwable failure : atOnce(workspace, command(first), command(second))) {
        // One line of what happened is fair; a trace is not.
        assertThat(failure).isInstanceOf(UserException.class);
        refusals.add(failure.getMessage());
      }
      Workspace tables = Workspace.at(spark, workspace);
      assertThat(tables.read(ImagesTable.SPEC).count()).isEqualTo(expected);
      if (tables.has(PredictionsTable.SPEC)) {
        var predictions = tables.read(PredictionsTable.SPEC).select("id", "model");
        assertThat(predictions.count()).isEqualTo(predictions.distinct().count());
        assertThat(predictions.select("id").distinct().count()).isEqualTo(expected);
        rewrites +=
            (int)
                tables.history(PredictionsTable.SPEC).stream()
                    .filter(version -> version.commit().isRewrite())
                    .count();
      }
      if (second.equals("evaluate")) {
        assertThat(tables.read(MetricsTable.SPEC).count()).isPositive();
      }
    }
    System.out.printf(
        Locale.ROOT,
        "two at once: %s and %s, %s, %d rounds, %d refused, %d rewrites%s%n",
        first,
        second,
        storage.startsWith("s3a:") ? "S3" : "disk",
        rounds,
        refusals.size(),
        rewrites,
        refusals.isEmpty() ? "" : ": " + refusals.get(0));
    assertThat(refusals).hasSizeLessThanOrEqualTo(rounds);
    if (first.equals("merge")) {
      assertThat(rewrites).isPositive();
    }
  }

  private static List<Throwable> atOnce(String workspace, List<String> first, List<String> second)
      throws InterruptedException {
    CyclicBarrier together = new CyclicBarrier(2);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    List<Throwable> failures = new ArrayList<>();
    try {
      List<Future<Void>> runs = new ArrayList<>();
      for (List<String> command : List.of(first, second)) {
        Callable<Void> work =
            () -> {
              together.await(1, TimeUnit.MINUTES);
              run(workspace, command);
              return null;
            };
        runs.add(pool.submit(work));
      }
      for (Future<Void> run : runs) {
        try {
          run.get();
        } catch (ExecutionException e) {
          failures.add(e.getCause());
        }
      }
    } finally {
      pool.shutdownNow();
    }
    return failures;
  }
}
