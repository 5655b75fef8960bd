package org.sparkvit.image;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Threads that decode while the caller watches the time. Java cannot kill a thread, so one that is
 * stuck inside a decoder is left behind and another takes its place; there is a limit to how many
 * are left behind. Threads are reused, are daemons, and end when there is nothing to do.
 */
final class DecodeThreads {
  private static final int MOST_STUCK = 32;
  private static final AtomicInteger NUMBER = new AtomicInteger();
  private static final AtomicInteger STUCK = new AtomicInteger();
  private static final ThreadPoolExecutor POOL =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          DecodeThreads::thread);

  private DecodeThreads() {}

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "image-decode-" + NUMBER.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** How many threads are left behind at present. */
  static int stuck() {
    return STUCK.get();
  }

  /**
   * Runs the work and waits for it no longer than {@code limit}.
   *
   * @param stop told when the time is over, so that work which still looks at it can end
   * @throws TimeoutException when the time is over, or if too many threads are left behind to risk
   *     another one
   * @throws ExecutionException with whatever the work threw
   */
  static <T> T call(Callable<T> work, DecodeClock stop, Duration limit)
      throws TimeoutException, ExecutionException, InterruptedException {
    if (STUCK.get() >= MOST_STUCK) {
      throw new TimeoutException("not tried: " + MOST_STUCK + " earlier decodes are still stuck");
    }
    Job<T> job = new Job<>(work);
    Future<T> future = POOL.submit(job);
    try {
      return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      stop.stop();
      job.abandon();
      throw new TimeoutException("not decoded in " + limit.toMillis() + " ms");
    } catch (InterruptedException e) {
      stop.stop();
      job.abandon();
      throw e;
    }
  }

  /** Counts itself among the stuck from being abandoned until it ends after all. */
  private static final class Job<T> implements Callable<T> {
    private final Callable<T> work;
    private boolean abandoned;
    private boolean ended;

    Job(Callable<T> work) {
      this.work = work;
    }

    @Override
    public T call() throws Exception {
      try {
        return work.call();
      } finally {
        end();
      }
    }

    private synchronized void end() {
      ended = true;
      if (abandoned) {
        STUCK.decrementAndGet();
      }
    }

    synchronized void abandon() {
      if (!ended) {
        abandoned = true;
        STUCK.incrementAndGet();
      }
    }
  }
}
