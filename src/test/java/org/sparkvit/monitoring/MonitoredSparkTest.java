package org.sparkvit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.sparkvit.SparkTest;

/** What the listeners see of a session. */
class MonitoredSparkTest extends SparkTest {
  private final StageMetrics metrics = StageMetrics.of(spark.sparkContext());

  private static Object value(MetricRegistry registry, String name) {
    return ((Gauge<?>) registry.getMetrics().get(name)).getValue();
  }

  @AfterEach
  void end() {
    metrics.stageEnds();
  }

  @Test
  void sparkKnowsTheSourceOnce() {
    StageMetrics again = StageMetrics.of(spark.sparkContext());
    assertThat(again).isSameAs(metrics);
    assertThat(
            spark.sparkContext().env().metricsSystem().getSourcesByName(StageMetrics.NAME).size())
        .isEqualTo(1);
  }

  /** Tasks count images while they run, so it moves within a chunk. */
  @Test
  void imagesOfTasksAreCounted() throws Exception {
    metrics.stageBegins();
    metrics.imagesToDo(20);
    LongAccumulator images = spark.sparkContext().longAccumulator("images");
    JavaSparkContext.fromSparkContext(spark.sparkContext())
        .parallelize(List.of(1, 2, 3, 4), 4)
        .foreach(row -> images.add(3));
    for (int i = 0;
        i < 200 && !value(metrics.metricRegistry(), StageMetrics.IMAGES_DONE).equals(12L);
        i++) {
      Thread.sleep(50); // the listeners' bus is a thread of its own
    }
    assertThat(value(metrics.metricRegistry(), StageMetrics.IMAGES_DONE)).isEqualTo(12L);
    assertThat(value(metrics.metricRegistry(), StageMetrics.IMAGES_LEFT)).isEqualTo(8L);
  }

  @Test
  void inLocalModeThereIsOneNode() {
    try (NodeHours local = NodeHours.follow(spark.sparkContext())) {
      spark.range(10).count();
      NodeTime time = local.soFar();
      assertThat(time.mostNodes()).isEqualTo(1);
      assertThat(time.executorHours()).isCloseTo(time.nodeHours(), within(1e-5));
    }
  }
}
