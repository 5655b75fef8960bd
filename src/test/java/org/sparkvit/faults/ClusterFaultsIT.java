package org.sparkvit.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.BuildFolder;
import org.sparkvit.SparkTest;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.checkpoint.ViTSize;

/** Processes of a standalone cluster are killed with SIGKILL while it scores. */
@TestMethodOrder(OrderAnnotation.class)
class ClusterFaultsIT extends SparkTest {
  private static final int IMAGES = 300;

  @TempDir private static Path folder;

  private static Path model;
  private static String catalog;
  private static List<String> expected;
  private static StandaloneCluster cluster;

  /** Slow enough for a run to be cut into pieces. */
  @BeforeAll
  static void scoreUndisturbed() throws Exception {
    ViTConfig config = ViTConfig.of(ViTSize.TINY, 224, 16, List.of("ordinary", "sensitive"));
    model = Scoring.model(folder.resolve("model"), config, 1);
    DrawnImages images = DrawnImages.withBroken(folder.resolve("data"), IMAGES);
    catalog = folder.resolve("catalog").toString();
    Scoring.catalog(catalog, images.folder());
    images.breakAfterCatalog();
    String undisturbed = Scoring.copy(spark, catalog, folder.resolve("undisturbed").toString());
    Scoring.score(undisturbed, model);
    expected = Scoring.rows(spark, undisturbed);
    assertThat(expected).hasSize(IMAGES);
    cluster = StandaloneCluster.start(BuildFolder.path().resolve(Path.of("clusters", "faults")));
  }

  @AfterAll
  static void stopCluster() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  void anExecutorIsKilled() throws Exception {
    String workspace = Scoring.copy(spark, catalog, folder.resolve("executor").toString());
    var run = cluster.submit("score", Scoring.command(workspace, model));
    ProcessHandle executor = cluster.executorInMidRun(1, run);
    TimeUnit.MILLISECONDS.sleep(300); // into the next task
    assertThat(executor.destroyForcibly()).isTrue();
    assertThat(run.await()).as(run.log().toString()).isZero();
    assertThat(run.output()).contains("exited with code 137");
    // What Spark says of the task depends on which of two messages comes first.
    assertThat(run.output())
        .containsAnyOf("ExecutorLostFailure", "while it was being computed, its executor exited");
    assertThat(Scoring.rows(spark, workspace)).isEqualTo(expected);
  }

  /** The last: nobody starts the worker again. */
  @Test
  @Order(Integer.MAX_VALUE)
  void aWorkerIsLostForGood() throws Exception {
    String workspace = Scoring.copy(spark, catalog, folder.resolve("worker").toString());
    var run = cluster.submit("score", Scoring.command(workspace, model));
    ProcessHandle executor = cluster.executorInMidRun(2, run);
    ProcessHandle worker = cluster.worker(2);
    worker.destroyForcibly();
    executor.destroyForcibly();
    assertThat(run.await()).as(run.log().toString()).isZero();
    assertThat(worker.isAlive() || executor.isAlive()).isFalse();
    assertThat(run.output()).contains("Lost executor").containsAnyOf("worker lost", "Worker lost");
    assertThat(Scoring.rows(spark, workspace)).isEqualTo(expected);
  }

  @Test
  void theDriverIsKilledThreeTimes() throws Exception {
    long seed = 5;
    Random chance = new Random(seed);
    String workspace = Scoring.copy(spark, catalog, folder.resolve("driver").toString());
    for (int kill = 1; kill <= 3; kill++) {
      var run = cluster.submit("score-" + kill, Scoring.command(workspace, model));
      cluster.awaitScoring(1, run);
      Duration moment = Duration.ofMillis(chance.nextInt(1500));
      System.out.println("seed " + seed + ", kill " + kill + ": " + moment + " after a first task");
      boolean ended = run.driver().waitFor(moment.toMillis(), TimeUnit.MILLISECONDS);
      assertThat(ended).as("over before the kill: %s", run.log()).isFalse();
      run.driver().destroyForcibly();
      assertThat(run.await()).isEqualTo(137);
      assertThat(Scoring.rows(spark, workspace)).isSubsetOf(expected);
    }
    var run = cluster.submit("score-to-the-end", Scoring.command(workspace, model));
    assertThat(run.await()).as(run.log().toString()).isZero();
    assertThat(Scoring.rows(spark, workspace)).isEqualTo(expected);
  }
}
