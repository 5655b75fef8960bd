package org.sparkvit.training.loop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * Saves an interrupted training: on Ctrl-C, or when the scheduler ends the process, it lets the
 * current step end and the listeners before this one save their state. It must be the last of the
 * listeners.
 */
public final class InterruptionHook implements TrainingListener {
  /**
   * The priority of the hook. It runs before Spark's own, which stops the context, and Hadoop's,
   * which closes file systems.
   */
  private static final int PRIORITY = 100;

  private static final long MINUTES = 5;

  private final CountDownLatch ended = new CountDownLatch(1);
  private Runnable hook;

  @Override
  public void trainingBegins(TrainingRun trainingRun) {
    hook =
        () -> {
          trainingRun.interrupt();
          try {
            ended.await(MINUTES, TimeUnit.MINUTES);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    ShutdownHookManager.get().addShutdownHook(hook, PRIORITY, MINUTES, TimeUnit.MINUTES);
  }

  @Override
  public void trainingEnds(TrainingRun trainingRun, boolean finished) {
    close();
  }

  /** Removes the hook. It must be called however the training ended. */
  public void close() {
    ended.countDown();
    if (hook != null && !ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }
}
