package org.sparkvit.stats.search;

import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.apache.commons.math3.distribution.NormalDistribution;

/** A density over one parameter's values, estimated from observed ones and a prior. */
sealed interface Mixture {

  /** Draws a value from the density. */
  String sample(RandomGenerator random);

  /** Returns the logarithm of the density at a value. */
  double logDensity(String value);

  /**
   * Returns the Parzen estimator of TPE.
   *
   * @param observed the observed values, the oldest first
   */
  static Mixture tpe(Parameter parameter, List<String> observed) {
    double[] weights = tpeWeights(observed.size());
    return parameter instanceof Parameter.Numeric numeric
        ? Normals.tpe(numeric, observed.stream().mapToDouble(numeric::position).toArray(), weights)
        : new Categories((Parameter.Choice) parameter, observed, weights);
  }

  /**
   * Returns the weights of the observations and, last, of the prior. Old observations get less
   * weight where there are many. The weights sum to 1.
   */
  private static double[] tpeWeights(int n) {
    double[] weights = new double[n + 1];
    Arrays.fill(weights, 1);
    int ramp = n - 25;
    for (int i = 0; i < ramp; i++) {
      weights[i] = ramp == 1 ? 1.0 / n : 1.0 / n + (1 - 1.0 / n) * i / (ramp - 1);
    }
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  private static int pick(double[] weights, RandomGenerator random) {
    double left = random.nextDouble();
    for (int i = 0; i < weights.length - 1; i++) {
      left -= weights[i];
      if (left < 0) {
        return i;
      }
    }
    return weights.length - 1;
  }

  /** A mixture of normal distributions, truncated at the ends of the range. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Normals(Parameter.Numeric parameter, double[] means, double[] sigmas, double[] weights)
      implements Mixture {
    private static final NormalDistribution UNIT = new NormalDistribution(null, 0, 1);

    static Normals tpe(Parameter.Numeric parameter, double[] observed, double[] weights) {
      int n = observed.length;
      double range = parameter.high() - parameter.low();
      double[] means = Arrays.copyOf(observed, n + 1);
      means[n] = (parameter.low() + parameter.high()) / 2;
      int[] order =
          IntStream.range(0, n)
              .boxed()
              .sorted((a, b) -> Double.compare(means[a], means[b]))
              .mapToInt(Integer::intValue)
              .toArray();
      double[] sigmas = new double[n + 1];
      for (int i = 0; i < n; i++) {
        double left = means[order[i]] - (i == 0 ? parameter.low() : means[order[i - 1]]);
        double right = (i == n - 1 ? parameter.high() : means[order[i + 1]]) - means[order[i]];
        double gap = Math.max(left, right);
        if (n > 1 && i == 0) {
          // The ends of the range are neighbours only of an observation that has no other.
          gap = right;
        } else if (n > 1 && i == n - 1) {
          gap = left;
        }
        sigmas[order[i]] = Math.min(range, Math.max(range / Math.min(100, n + 2), gap));
      }
      sigmas[n] = range;
      return new Normals(parameter, means, sigmas, weights);
    }

    @Override
    public String sample(RandomGenerator random) {
      int i = pick(weights, random);
      double from = UNIT.cumulativeProbability((parameter.low() - means[i]) / sigmas[i]);
      double to = UNIT.cumulativeProbability((parameter.high() - means[i]) / sigmas[i]);
      double at = UNIT.inverseCumulativeProbability(from + (to - from) * random.nextDouble());
      return parameter.value(means[i] + sigmas[i] * at);
    }

    @Override
    public double logDensity(String value) {
      return Math.log(density(parameter.position(value)));
    }

    double density(double x) {
      double sum = 0;
      double half = parameter.step() / 2;
      for (int i = 0; i < means.length; i++) {
        double whole =
            UNIT.cumulativeProbability((parameter.high() - means[i]) / sigmas[i])
                - UNIT.cumulativeProbability((parameter.low() - means[i]) / sigmas[i]);
        double here =
            half == 0
                ? UNIT.density((x - means[i]) / sigmas[i]) / sigmas[i]
                : UNIT.cumulativeProbability((x + half - means[i]) / sigmas[i])
                    - UNIT.cumulativeProbability((x - half - means[i]) / sigmas[i]);
        sum += weights[i] * here / whole;
      }
      return sum;
    }
  }

  /**
   * A mixture of categorical distributions. Each observation contributes one that has most of its
   * weight on the observed choice, and the prior contributes a uniform one.
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Categories(Parameter.Choice parameter, double[] probabilities) implements Mixture {
    Categories(Parameter.Choice parameter, List<String> observed, double[] weights) {
      this(parameter, probabilities(parameter.values(), observed, weights));
    }

    private static double[] probabilities(
        List<String> values, List<String> observed, double[] weights) {
      int n = observed.size();
      double prior = 1.0 / (n + 1);
      double[] probabilities = new double[values.size()];
      for (int i = 0; i <= n; i++) {
        double whole = values.size() * prior + (i < n ? 1 : 0);
        for (int c = 0; c < probabilities.length; c++) {
          boolean here = i < n && values.get(c).equals(observed.get(i));
          probabilities[c] += weights[i] * (prior + (here ? 1 : 0)) / whole;
        }
      }
      return probabilities;
    }

    @Override
    public String sample(RandomGenerator random) {
      return parameter.values().get(pick(probabilities, random));
    }

    @Override
    public double logDensity(String value) {
      return Math.log(probabilities[parameter.values().indexOf(value)]);
    }
  }
}
