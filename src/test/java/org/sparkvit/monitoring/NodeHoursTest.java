package org.sparkvit.monitoring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.scheduler.cluster.ExecutorInfo;
import org.junit.jupiter.api.Test;

class NodeHoursTest {
  private static final Instant START = Instant.parse("2026-11-30T08:00:00Z");

  private Instant now = START;
  private final InstantSource clock = () -> now;
  private final NodeHours hours = new NodeHours(clock, "driver-host");

  private void after(double minutes) {
    now = now.plus(Duration.ofMillis(Math.round(minutes * 60_000)));
  }

  private void add(String executor, String host) {
    hours.onExecutorAdded(new SparkListenerExecutorAdded(now.toEpochMilli(), executor, info(host)));
  }

  private void remove(String executor) {
    hours.onExecutorRemoved(
        new SparkListenerExecutorRemoved(now.toEpochMilli(), executor, "as the test wants it"));
  }

  @SuppressWarnings("unchecked")
  private static ExecutorInfo info(String host) {
    scala.collection.immutable.Map<String, String> none =
        (scala.collection.immutable.Map<String, String>)
            (Object) scala.collection.immutable.Map$.MODULE$.empty();
    return new ExecutorInfo(host, 4, none);
  }

  @Test
  void hostsAreNodesForAsLongAsTheyHaveExecutors() {
    after(30); // the driver alone
    add("1", "a");
    add("2", "a");
    add("3", "b");
    after(60); // three nodes, three executors
    remove("1");
    after(60); // a still has an executor
    remove("2");
    after(60); // the driver and b
    NodeTime time = hours.soFar();
    assertThat(time.nodeHours()).isCloseTo(0.5 + 3 + 3 + 2, within(1e-9));
    assertThat(time.executorHours()).isCloseTo(3 + 2 + 1, within(1e-9));
    assertThat(time.mostNodes()).isEqualTo(3);
    after(60);
    assertThat(hours.soFar().since(time).nodeHours()).isCloseTo(2, within(1e-9));
  }

  /** In YARN's cluster mode the driver may be beside executors, and is paid for once. */
  @Test
  void anExecutorBesideTheDriverIsOnTheSameNode() {
    add("1", "driver-host");
    after(60);
    assertThat(hours.soFar()).isEqualTo(new NodeTime(1, 1, 1));
  }

  @Test
  void theCostHasItsUnits() {
    NodeCost cost = new NodeCost(new NodeTime(2.5, 4, 3), Optional.of(1.2), 6000);
    assertThat(cost.toMap())
        .containsEntry("node_hours", 2.5)
        .containsEntry("executor_hours", 4.0)
        .containsEntry("cost", 3.0)
        .containsEntry("images_per_cost", 2000.0);
    Map<?, ?> units = (Map<?, ?>) cost.toMap().get("units");
    assertThat(units.get("cost")).isEqualTo("currency of --node-price");
    assertThat(units.keySet())
        .isEqualTo(
            cost.toMap().keySet().stream()
                .filter(name -> !name.equals("units"))
                .collect(Collectors.toSet()));
    assertThat(cost.line())
        .isEqualTo(
            "2.500 node-hours (3 nodes at most, 4.000 executor-hours), at 1.2 each: 3.00; 2,000"
                + " images for 1");
    NodeCost free = new NodeCost(new NodeTime(2.5, 4, 3), Optional.of(0.0), 6000);
    assertThat(free.toMap()).containsEntry("cost", 0.0).doesNotContainKey("images_per_cost");
    NodeCost unknown = new NodeCost(new NodeTime(2.5, 4, 3), Optional.empty(), 6000);
    assertThat(unknown.toMap()).doesNotContainKeys("cost", "node_price").containsKey("images");
    assertThat(unknown.line())
        .isEqualTo("2.500 node-hours (3 nodes at most, 4.000 executor-hours)");
  }
}
