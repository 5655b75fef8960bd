package org.sparkvit.loading;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Applies a function to the items of an iterator in worker threads, a bounded number of items ahead
 * of the consumer, and returns the results in the items' order. The consumer's own work and the
 * workers' overlap. Memory holds at most {@code ahead} results.
 */
public final class Prefetcher<T, R> implements Iterator<R>, AutoCloseable {
  private final Iterator<T> items;
  private final Function<T, R> function;
  private final int ahead;
  private final ToLongFunction<T> weight;
  private final long maxWeight;
  private final ExecutorService workers;
  private final Deque<Pending<R>> pending = new ArrayDeque<>();
  private long pendingWeight;

  private record Pending<R>(Future<R> result, long weight) {}

  /**
   * Creates a prefetcher of results of one size.
   *
   * @param items the items, which only the consumer's thread iterates
   * @param function the function, which the worker threads call
   * @param threads the number of worker threads
   * @param ahead the largest number of results that wait
   */
  public Prefetcher(Iterator<T> items, Function<T, R> function, int threads, int ahead) {
    this(items, function, threads, ahead, item -> 0, 1);
  }

  /**
   * Creates a prefetcher of results of different sizes. No item is begun while the results ahead
   * weigh {@code maxWeight} or more. One item is always let through, however heavy.
   *
   * @param items the items, which only the consumer's thread iterates
   * @param function the function, which the worker threads call
   * @param threads the number of worker threads
   * @param ahead the largest number of results that wait
   * @param weight returns the weight of an item's result, e.g. in bytes
   * @param maxWeight the largest total weight of results that wait
   */
  public Prefetcher(
      Iterator<T> items,
      Function<T, R> function,
      int threads,
      int ahead,
      ToLongFunction<T> weight,
      long maxWeight) {
    this.items = items;
    this.weight = weight;
    this.maxWeight = maxWeight;
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
    Pending<R> first = pending.removeFirst();
    pendingWeight -= first.weight;
    fill();
    try {
      return first.result.get();
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
    while (pending.size() < ahead && pendingWeight < maxWeight && items.hasNext()) {
      T item = items.next();
      long weight = this.weight.applyAsLong(item);
      pendingWeight += weight;
      pending.addLast(new Pending<>(workers.submit(() -> function.apply(item)), weight));
    }
  }

  @Override
  public void close() {
    workers.shutdownNow();
  }
}
