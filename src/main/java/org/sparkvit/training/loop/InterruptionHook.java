package org.sparkvit.training.loop;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.hadoop.util.ShutdownHookManager;

/**
 * On Ctrl-C, or when the scheduler ends the process, lets the present step end and the listeners
 * before this one save what there is. It goes last among the listeners.
 */
public final class InterruptionHook implements TrainingListener {
  /** Before Spark's own hook, which stops the context, and Hadoop's, which closes file systems. */
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

  /** To be called whatever way the training ended. */
  public void close() {
    ended.countDown();
    if (hook != null && !ShutdownHookManager.get().isShutdownInProgress()) {
      ShutdownHookManager.get().removeShutdownHook(hook);
    }
  }
}
