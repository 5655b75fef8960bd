package org.sparkvit.inference;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Applies a function to the items of an iterator in worker threads, a bounded number of items ahead
 * of the consumer, and gives the results in the items' order. The consumer's own work and the
 * workers' overlap; memory holds at most {@code ahead} results.
 */
public final class Prefetcher<T, R> implements Iterator<R>, AutoCloseable {
  private final Iterator<T> items;
  private final Function<T, R> function;
  private final int ahead;
  private final ExecutorService workers;
  private final Deque<Future<R>> pending = new ArrayDeque<>();

  /**
   * @param threads number of workers
   * @param ahead results that may wait for the consumer
   */
  public Prefetcher(Iterator<T> items, Function<T, R> function, int threads, int ahead) {
    this.items = items;
    this.function = function;
    this.ahead = ahead;
    this.workers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "prepare-images");
              thread.setDaemon(true);
              return thread;
            });
  }

  @Override
  public boolean hasNext() {
    fill();
    return !pending.isEmpty();
  }

  @Override
  public R next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Future<R> first = pending.removeFirst();
    fill();
    try {
      return first.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while images were prepared", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException("preparing an image failed", e.getCause());
    }
  }

  private void fill() {
    while (pending.size() < ahead && items.hasNext()) {
      T item = items.next();
      pending.addLast(workers.submit(() -> function.apply(item)));
    }
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
