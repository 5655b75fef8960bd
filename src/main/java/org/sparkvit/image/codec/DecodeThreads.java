package org.sparkvit.image.codec;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sparkvit.core.UserException;

/**
 * Runs decodes in threads while the caller watches their time. The time that counts is the CPU time
 * of the decode, so that a machine under load gives up the same images as an idle one. Java cannot
 * kill a thread, so a thread that is stuck inside a decoder is abandoned and another one takes its
 * place. Threads are reused, are daemons, and end when there is nothing to do.
 */
final class DecodeThreads {
  /** The factor by which the wall-clock time of a decode may exceed the limit of its CPU time. */
  private static final int WALL_CLOCK = 20;

  /** The number of abandoned threads at which this process refuses to decode any more. */
  private static final int MOST_STUCK = 1000;

  private static final Logger LOG = LoggerFactory.getLogger(DecodeThreads.class);
  private static final ThreadMXBean CLOCKS = ManagementFactory.getThreadMXBean();
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

  /** Returns the number of abandoned threads that are still running. */
  static int stuck() {
    return STUCK.get();
  }

  /**
   * Returns the error that says that this process cannot go on, for reasons that lie in earlier
   * images.
   */
  static UserException exhausted() {
    return new UserException(
        "this executor is exhausted: "
            + STUCK.get()
            + " decodes that ran out of time are still running and hold its threads and memory for"
            + " images; restart it, and look at the images with status TIMEOUT");
  }

  /**
   * Runs the work and waits for it until it has used {@code limit} of CPU time, or as a last resort
   * {@value #WALL_CLOCK} times that of wall-clock time.
   *
   * @param stop stopped when the time is over, so that work which still looks at it can end
   * @param ended run once when the work has ended, which may be long after this call has returned
   * @throws TimeoutException when the time is over
   * @throws ExecutionException with whatever the work threw
   * @throws UserException if too many threads have been abandoned to go on
   */
  static <T> T call(Callable<T> work, DecodeClock stop, Duration limit, Runnable ended)
      throws TimeoutException, ExecutionException, InterruptedException {
    Job<T> job = new Job<>(work, ended);
    Future<T> future;
    try {
      if (STUCK.get() >= MOST_STUCK) {
        throw exhausted();
      }
      future = POOL.submit(job);
    } catch (RuntimeException | Error e) {
      ended.run();
      throw e;
    }
    try {
      return await(future, job, limit);
    } catch (TimeoutException | InterruptedException e) {
      stop.stop();
      job.abandon();
      throw e;
    }
  }

  private static <T> T await(Future<T> future, Job<T> job, Duration limit)
      throws TimeoutException, ExecutionException, InterruptedException {
    long end = System.nanoTime() + WALL_CLOCK * limit.toNanos();
    while (true) {
      long computed = job.computedNanos();
      long left = Math.min(limit.toNanos() - computed, end - System.nanoTime());
      if (left <= 0) {
        throw new TimeoutException(
            computed >= limit.toNanos()
                ? "not decoded in " + limit.toMillis() + " ms of computing"
                : "not decoded in " + WALL_CLOCK * limit.toMillis() + " ms");
      }
      try {
        // CPU time never runs faster than the clock, so the limit cannot be reached earlier.
        return future.get(left, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        LOG.trace("a decode goes on: {} ns of its time are left", left);
      }
    }
  }

  /** A unit of work that counts as stuck from when it is abandoned until it ends. */
  private static final class Job<T> implements Callable<T> {
    private final Callable<T> work;
    private final Runnable whenEnded;
    private long thread;
    private long begun;
    private boolean abandoned;
    private boolean ended;

    Job(Callable<T> work, Runnable whenEnded) {
      this.work = work;
      this.whenEnded = whenEnded;
    }

    @Override
    public T call() throws Exception {
      begin();
      try {
        return work.call();
      } finally {
        whenEnded.run();
        end();
      }
    }

    private synchronized void begin() {
      thread = Thread.currentThread().getId();
      begun = CLOCKS.isCurrentThreadCpuTimeSupported() ? CLOCKS.getCurrentThreadCpuTime() : -1;
    }

    /**
     * Returns the CPU time that the work has used in nanoseconds, or 0 before it began and where
     * the JVM does not measure it.
     */
    synchronized long computedNanos() {
      if (thread == 0 || begun < 0 || ended) {
        return 0;
      }
      return Math.max(0, CLOCKS.getThreadCpuTime(thread) - begun);
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
        LOG.warn(
            "a decode that ran out of time could not be stopped; {} such decodes run in this"
                + " process",
            STUCK.incrementAndGet());
      }
    }
  }
}
