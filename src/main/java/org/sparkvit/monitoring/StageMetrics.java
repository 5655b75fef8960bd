package org.sparkvit.monitoring;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.SparkContext;
import org.apache.spark.metrics.source.Source;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.sparkvit.dataset.query.ScalaCells;

/**
 * The progress of the running stage as gauges in Spark's metrics system, from which its sinks, such
 * as Prometheus, take them. A gauge is there from when it is first set until the stage ends, so
 * none shows what was true long ago.
 *
 * <p>Images are counted where tasks end, and where a chunk of a table is done.
 */
public final class StageMetrics extends SparkListener implements Source {
  /** The name of the source, which is part of every metric's name. */
  public static final String NAME = "spark-vit";

  /** The images that are done, of those that the stage has to work on. */
  public static final String IMAGES_DONE = "images.done";

  public static final String IMAGES_LEFT = "images.left";

  /** The images that could not be worked on, of those that are done. */
  public static final String IMAGES_FAILED = "images.failed";

  /** The images per second since the stage began to work on them. */
  public static final String IMAGES_PER_SECOND = "images.per_second";

  /** The number of the running step of a pipeline, from 1, and the number of its steps. */
  public static final String RUN_STEP = "run.step";

  public static final String RUN_STEPS = "run.steps";

  /** The loss of the last update of a training, and how many updates are done and planned. */
  public static final String TRAINING_LOSS = "training.loss";

  public static final String TRAINING_STEP = "training.step";
  public static final String TRAINING_STEPS = "training.steps";

  /** The name of the accumulators by which tasks count images. */
  private static final String IMAGES = "images";

  private static final List<String> OF_RUN = List.of(RUN_STEP, RUN_STEPS);

  private static SparkContext current;
  private static StageMetrics ofCurrent;

  private final MetricRegistry registry = new MetricRegistry();
  private final Map<String, Number> values = new ConcurrentHashMap<>();
  private boolean active;
  private long beganMillis;
  private long beganNanos;
  private long toDo;
  private long counted;
  private long done;

  StageMetrics() {}

  /** Returns the metrics of an application, which are registered with Spark the first time. */
  public static synchronized StageMetrics of(SparkContext context) {
    if (context != current) {
      StageMetrics metrics = new StageMetrics();
      context.env().metricsSystem().registerSource(metrics);
      context.addSparkListener(metrics);
      ofCurrent = metrics;
      current = context;
    }
    return ofCurrent;
  }

  @Override
  public String sourceName() {
    return NAME;
  }

  @Override
  public MetricRegistry metricRegistry() {
    return registry;
  }

  /** Begins a stage, of which nothing is known yet. */
  public synchronized void stageBegins() {
    stageEnds();
    active = true;
    beganMillis = System.currentTimeMillis();
    beganNanos = System.nanoTime();
  }

  /** Ends a stage. Its gauges are taken away. */
  public synchronized void stageEnds() {
    active = false;
    toDo = 0;
    counted = 0;
    done = 0;
    values.keySet().stream().filter(name -> !OF_RUN.contains(name)).toList().forEach(this::remove);
  }

  /** Sets the number of images that the stage has to work on, and begins to take the time. */
  public synchronized void imagesToDo(long images) {
    toDo = images;
    beganNanos = System.nanoTime();
    show();
  }

  /** Tells how many images are done at least, where tasks do not count them. */
  public synchronized void imagesDone(long images) {
    done = Math.max(done, images);
    show();
  }

  /** Sets the number of images that could not be worked on. */
  public void imagesFailed(long images) {
    set(IMAGES_FAILED, images);
  }

  /** Sets the step of a pipeline that begins, from 1, and the number of all steps. */
  public void runBegins(int step, int steps) {
    set(RUN_STEP, step);
    set(RUN_STEPS, steps);
  }

  /** Takes the gauges of a pipeline away. */
  public void runEnds() {
    OF_RUN.forEach(this::remove);
  }

  /** Sets what an update of a training has come to. */
  public void training(double loss, long step, long steps) {
    set(TRAINING_LOSS, loss);
    set(TRAINING_STEP, step);
    set(TRAINING_STEPS, steps);
  }

  @Override
  public void onTaskEnd(SparkListenerTaskEnd event) {
    if (event.taskInfo() == null || !event.taskInfo().successful()) {
      return;
    }
    long images = 0;
    for (AccumulableInfo counter : ScalaCells.list(event.taskInfo().accumulables().toSeq())) {
      if (counter.name().isDefined()
          && counter.name().get().equals(IMAGES)
          && counter.metadata().isEmpty()
          && counter.update().isDefined()
          && counter.update().get() instanceof Long update) {
        images += update;
      }
    }
    count(images, event.taskInfo().launchTime());
  }

  /** Adds what a task has counted, unless it is one of an earlier stage. */
  private synchronized void count(long images, long launchedMillis) {
    if (active && images > 0 && launchedMillis >= beganMillis) {
      counted += images;
      imagesDone(counted);
    }
  }

  private void show() {
    set(IMAGES_DONE, done);
    if (toDo > 0) {
      set(IMAGES_LEFT, Math.max(0, toDo - done));
    }
    if (done > 0) {
      set(IMAGES_PER_SECOND, done * 1e9 / Math.max(1, System.nanoTime() - beganNanos));
    }
  }

  private synchronized void set(String name, Number value) {
    if (values.put(name, value) == null) {
      registry.register(name, (Gauge<Number>) () -> values.getOrDefault(name, value));
    }
  }

  private synchronized void remove(String name) {
    registry.remove(name);
    values.remove(name);
  }
}
