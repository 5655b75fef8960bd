package org.sparkvit.cli;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerStageCompleted;
import org.apache.spark.scheduler.SparkListenerStageSubmitted;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.sparkvit.dataset.query.ScalaCells;

/**
 * Prints every few seconds how far long Spark work is. A line has the tasks done, the stage's own
 * named accumulators (such as images), the rate, and the time left. Short work prints nothing.
 */
final class ProgressListener extends SparkListener {
  private static final long EVERY_NANOS = 5_000_000_000L;

  private final String name;
  private final Map<Integer, StageProgress> running = new HashMap<>();
  private long lastLine;

  ProgressListener(String name) {
    this.name = name;
  }

  @Override
  public synchronized void onStageSubmitted(SparkListenerStageSubmitted event) {
    running.put(
        event.stageInfo().stageId(),
        new StageProgress(event.stageInfo().numTasks(), System.nanoTime()));
  }

  @Override
  public synchronized void onStageCompleted(SparkListenerStageCompleted event) {
    running.remove(event.stageInfo().stageId());
  }

  @Override
  public synchronized void onTaskEnd(SparkListenerTaskEnd event) {
    StageProgress progress = running.get(event.stageId());
    if (progress == null) {
      return;
    }
    progress.done++;
    for (AccumulableInfo counter : ScalaCells.list(event.taskInfo().accumulables().toSeq())) {
      // The names of Spark's own counters begin with "internal.", and those of SQL operators have
      // metadata.
      if (counter.name().isDefined()
          && counter.metadata().isEmpty()
          && !counter.name().get().startsWith("internal.")
          && counter.update().isDefined()
          && counter.update().get() instanceof Long update) {
        progress.counters.merge(counter.name().get(), update, Long::sum);
      }
    }
    long now = System.nanoTime();
    if (now - progress.started > EVERY_NANOS && now - lastLine > EVERY_NANOS) {
      lastLine = now;
      System.err.println(progress.line(name, now));
    }
  }

  private static final class StageProgress {
    private final int tasks;
    private final long started;
    private final Map<String, Long> counters = new TreeMap<>();
    private int done;

    private StageProgress(int tasks, long started) {
      this.tasks = tasks;
      this.started = started;
    }

    private String line(String name, long now) {
      double seconds = (now - started) / 1e9;
      StringBuilder line = new StringBuilder();
      line.append(String.format(Locale.ROOT, "[%s] %d of %d tasks", name, done, tasks));
      counters.forEach(
          (counter, value) ->
              line.append(
                  String.format(
                      Locale.ROOT, ", %,d %s (%.0f/s)", value, counter, value / seconds)));
      long left = Math.round(seconds * (tasks - done) / done);
      return line.append(String.format(Locale.ROOT, ", about %d:%02d left", left / 60, left % 60))
          .toString();
    }
  }
}
