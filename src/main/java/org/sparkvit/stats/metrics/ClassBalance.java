package org.sparkvit.stats.metrics;

/**
 * A summary of how evenly images are distributed over the classes.
 *
 * @param ratio the smallest over the largest count: 1 when all are equal, 0 when a class is empty
 * @param entropyBits the Shannon entropy in bits: 0 for a single class, log2 K for K classes of
 *     equal counts
 * @param evenness the entropy over its largest possible value log2 K, 0 to 1, or NaN below two
 *     classes
 */
public record ClassBalance(double ratio, double entropyBits, double evenness) {

  /** Summarises the counts of the classes, or their weighted sums. None may be negative. */
  public static ClassBalance of(double[] counts) {
    double smallest = Double.POSITIVE_INFINITY;
    double largest = 0;
    double sum = 0;
    for (double count : counts) {
      smallest = Math.min(smallest, count);
      largest = Math.max(largest, count);
      sum += count;
    }
    double nats = 0;
    for (double count : counts) {
      if (count > 0) {
        nats -= count / sum * StrictMath.log(count / sum);
      }
    }
    double most = counts.length < 2 ? Double.NaN : StrictMath.log(counts.length);
    double ratio = largest == 0 ? Double.NaN : smallest / largest;
    return new ClassBalance(ratio, nats / StrictMath.log(2), nats / most);
  }
}
