package org.sparkvit.balance;

/** How even a distribution over the classes is. Pure functions over the classes' counts. */
final class Balance {
  private Balance() {}

  /** Smallest over largest count: 1 when even, 0 when a class is empty. */
  static double ratio(double[] counts) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = 0;
    for (double count : counts) {
      smallest = Math.min(smallest, count);
      largest = Math.max(largest, count);
    }
    return smallest / largest;
  }

  /** Shannon entropy in bits: 0 for one class alone, log2 K for K even ones. */
  static double entropyBits(double[] counts) {
    double sum = 0;
    for (double count : counts) {
      sum += count;
    }
    double nats = 0;
    for (double count : counts) {
      if (count > 0) {
        nats -= count / sum * Math.log(count / sum);
      }
    }
    return nats / Math.log(2);
  }

  /** Entropy over its largest possible value, log2 K: 0 to 1. Needs two classes. */
  static double evenness(double[] counts) {
    return entropyBits(counts) * Math.log(2) / Math.log(counts.length);
  }
}
