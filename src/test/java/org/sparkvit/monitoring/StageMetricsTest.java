package org.sparkvit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.lang.reflect.Method;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.metrics.sink.PrometheusServlet;
import org.junit.jupiter.api.Test;

class StageMetricsTest {
  private final StageMetrics metrics = new StageMetrics();

  private static Object value(MetricRegistry registry, String name) {
    return ((Gauge<?>) registry.getMetrics().get(name)).getValue();
  }

  private Set<String> names() {
    return metrics.metricRegistry().getNames();
  }

  @Test
  void gaugesAreThereFromWhenTheyAreSetUntilTheStageEnds() {
    assertThat(names()).isEmpty();
    metrics.runBegins(2, 7);
    metrics.stageBegins();
    metrics.imagesToDo(100);
    assertThat(value(metrics.metricRegistry(), StageMetrics.IMAGES_LEFT)).isEqualTo(100L);
    assertThat(names()).doesNotContain(StageMetrics.IMAGES_PER_SECOND, StageMetrics.TRAINING_LOSS);
    metrics.imagesDone(40);
    metrics.imagesFailed(3);
    metrics.training(0.25, 10, 50);
    assertThat(value(metrics.metricRegistry(), StageMetrics.IMAGES_DONE)).isEqualTo(40L);
    assertThat(value(metrics.metricRegistry(), StageMetrics.IMAGES_LEFT)).isEqualTo(60L);
    assertThat(value(metrics.metricRegistry(), StageMetrics.IMAGES_FAILED)).isEqualTo(3L);
    assertThat(value(metrics.metricRegistry(), StageMetrics.TRAINING_LOSS)).isEqualTo(0.25);
    assertThat((Double) value(metrics.metricRegistry(), StageMetrics.IMAGES_PER_SECOND))
        .isPositive();
    metrics.stageEnds();
    assertThat(names()).containsExactlyInAnyOrder(StageMetrics.RUN_STEP, StageMetrics.RUN_STEPS);
    metrics.runEnds();
    assertThat(names()).isEmpty();
  }

  /** As Spark's own sink shows them, also those that come after the source is registered. */
  @Test
  void prometheusSeesTheGauges() throws Exception {
    MetricRegistry all = new MetricRegistry();
    all.register("app.driver." + StageMetrics.NAME, metrics.metricRegistry());
    metrics.runBegins(2, 7);
    metrics.stageBegins();
    metrics.imagesToDo(100);
    metrics.training(0.25, 10, 50);
    assertThat(prometheus(all))
        .contains(
            "metrics_app_driver_spark_vit_images_left_Value{type=\"gauges\"} 100",
            "metrics_app_driver_spark_vit_run_step_Value{type=\"gauges\"} 2",
            "metrics_app_driver_spark_vit_training_loss_Value{type=\"gauges\"} 0.25");
    metrics.stageEnds();
    assertThat(prometheus(all)).contains("_run_step_").doesNotContain("_images_", "_training_");
  }

  /** The sink's method takes a request of javax or jakarta, which it does not look at, or none. */
  private static String prometheus(MetricRegistry registry) throws Exception {
    PrometheusServlet sink = new PrometheusServlet(new Properties(), registry);
    Method snapshot =
        Stream.of(PrometheusServlet.class.getMethods())
            .filter(method -> method.getName().equals("getMetricsSnapshot"))
            .findFirst()
            .orElseThrow();
    return snapshot
        .invoke(sink, new Object[snapshot.getParameterCount()])
        .toString()
        .replaceAll("_Number\\{", "_Value{")
        .toString();
  }
}
