package org.sparkvit.monitoring;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorAdded;
import org.apache.spark.scheduler.SparkListenerExecutorRemoved;
import org.apache.spark.status.api.v1.ExecutorSummary;
import org.sparkvit.dataset.query.ScalaCells;

/**
 * Counts the time of the nodes that a Spark application has, from when it is told to follow. A node
 * is a host that has executors, or the driver. Where containers have names of their own, as on
 * Kubernetes, each of them is one. Times of events are Spark's own, which may be a moment behind.
 */
public final class NodeHours extends SparkListener implements AutoCloseable {
  /** The id of the driver among executors. */
  private static final String DRIVER = "driver";

  private final InstantSource clock;
  private final String driverHost;
  private final Instant begun;
  private final Map<String, String> hosts = new HashMap<>();
  private SparkContext context;
  private Instant last;
  private Duration nodes = Duration.ZERO;
  private Duration executors = Duration.ZERO;
  private int mostNodes = 1;

  NodeHours(InstantSource clock, String driverHost) {
    this.clock = clock;
    this.driverHost = driverHost;
    this.begun = clock.instant();
    this.last = begun;
  }

  /** Begins to count, with the executors that there are already. */
  public static NodeHours follow(SparkContext context) {
    NodeHours hours =
        new NodeHours(InstantSource.system(), context.conf().get("spark.driver.host", "driver"));
    hours.context = context;
    context.addSparkListener(hours);
    if (context.isLocal()) {
      hours.add(DRIVER, hours.driverHost, hours.begun);
      return hours;
    }
    for (ExecutorSummary executor : ScalaCells.list(context.statusStore().executorList(true))) {
      if (!executor.id().equals(DRIVER)) {
        hours.add(executor.id(), executor.hostPort().replaceFirst(":\\d*$", ""), hours.begun);
      }
    }
    return hours;
  }

  @Override
  public void onExecutorAdded(SparkListenerExecutorAdded event) {
    add(
        event.executorId(),
        event.executorInfo().executorHost(),
        Instant.ofEpochMilli(event.time()));
  }

  @Override
  public void onExecutorRemoved(SparkListenerExecutorRemoved event) {
    remove(event.executorId(), Instant.ofEpochMilli(event.time()));
  }

  private synchronized void add(String executor, String host, Instant time) {
    goOn(time);
    // In local mode the executor's host may be the driver's by another name.
    hosts.put(executor, executor.equals(DRIVER) ? driverHost : host);
    mostNodes = Math.max(mostNodes, nodes().size());
  }

  private synchronized void remove(String executor, Instant time) {
    goOn(time);
    hosts.remove(executor);
  }

  private Set<String> nodes() {
    Set<String> nodes = new HashSet<>(hosts.values());
    nodes.add(driverHost);
    return nodes;
  }

  /** Adds the time since the last event. */
  private void goOn(Instant time) {
    if (time.isAfter(last)) {
      Duration passed = Duration.between(last, time);
      nodes = nodes.plus(passed.multipliedBy(nodes().size()));
      executors = executors.plus(passed.multipliedBy(hosts.size()));
      last = time;
    }
  }

  /** Returns the time of nodes and executors so far. */
  public synchronized NodeTime soFar() {
    goOn(clock.instant());
    return new NodeTime(hours(nodes), hours(executors), mostNodes);
  }

  private static double hours(Duration duration) {
    return duration.toMillis() / 3_600_000.0;
  }

  /** Ends the counting. */
  @Override
  public void close() {
    if (context != null) {
      context.removeSparkListener(this);
    }
  }
}
