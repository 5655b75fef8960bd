package org.sparkvit.image.resample;

/**
 * The weights of resampling one axis, as {@code precompute_coeffs} and {@code
 * normalize_coeffs_8bpc} of Pillow's {@code Resample.c} compute them. Output sample {@code i} is
 * made of the input samples {@code first[i]} to {@code first[i] + count[i] - 1} with the weights
 * from {@code i * stride} on.
 */
@SuppressWarnings("ArrayRecordComponent") // tables to read from, never compared
record ResampleKernel(int stride, int[] first, int[] count, int[] weights) {
  /**
   * The number of fraction bits of a weight: 32 less 8 for the sample and 2 for sums outside 0 to
   * 255.
   */
  static final int BITS = 22;

  /** Returns the index behind the last input sample of output sample {@code i}. */
  int end(int i) {
    return first[i] + count[i];
  }

  /**
   * Computes the weights for the output samples {@code from} to {@code from + length - 1} of an
   * axis of {@code in} samples that is resampled to {@code out} samples.
   */
  static ResampleKernel of(int in, int out, ResampleFilter filter, int from, int length) {
    double scale = (double) in / out;
    double filterScale = Math.max(scale, 1);
    double support = filter.support() * filterScale;
    double step = 1 / filterScale;
    int stride = Math.min(in, 2 * (int) Math.ceil(support) + 1);
    int[] first = new int[length];
    int[] count = new int[length];
    int[] weights = new int[length * stride];
    double[] exact = new double[stride];
    for (int i = 0; i < length; i++) {
      double centre = (from + i + 0.5) * scale;
      int begin = Math.max(0, (int) (centre - support + 0.5));
      int end = Math.min(in, (int) (centre + support + 0.5));
      double sum = 0;
      for (int k = 0; k < end - begin; k++) {
        exact[k] = filter.weight((k + begin - centre + 0.5) * step);
        sum += exact[k];
      }
      for (int k = 0; k < end - begin; k++) {
        double weight = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << BITS);
        weights[i * stride + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
      }
      first[i] = begin;
      count[i] = end - begin;
    }
    return new ResampleKernel(stride, first, count, weights);
  }
}
