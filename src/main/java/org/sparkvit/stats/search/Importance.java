package org.sparkvit.stats.search;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Computes how much each parameter decides whether a trial is among the best tenth. It uses
 * PED-ANOVA (Watanabe et al. 2023) with Optuna's constants. A parameter has no importance where the
 * best trials are spread as all trials are.
 */
public final class Importance {
  private static final double BEST_SHARE = 0.1;
  private static final int GRID = 50;
  private static final double LEAST = 1e-12;

  /**
   * The least standard deviation of a kernel, in cells. Nine tenths of a kernel lie within 1.64
   * standard deviations, which is then within one cell.
   */
  private static final double LEAST_SIGMA = 0.5 / 1.64;

  private static final NormalDistribution UNIT = new NormalDistribution(null, 0, 1);

  private Importance() {}

  /**
   * Returns each parameter's share of the importance. The shares sum to 1 and are equal where all
   * trials are among the best. The map is empty for fewer than two complete trials.
   */
  public static Map<String, Double> of(SearchSpace space, List<Trial> trials) {
    List<Trial> complete =
        trials.stream().filter(trial -> trial.state() == Trial.State.COMPLETE).toList();
    Map<String, Double> shares = new LinkedHashMap<>();
    if (complete.size() < 2) {
      return shares;
    }
    double[] losses = complete.stream().mapToDouble(Trial::loss).sorted().toArray();
    double cutoff = losses[(int) Math.ceil(BEST_SHARE * losses.length) - 1];
    List<Trial> best = complete.stream().filter(trial -> trial.loss() <= cutoff).toList();
    double sum = 0;
    for (Parameter parameter : space.parameters()) {
      double divergence = divergence(densities(parameter, best), densities(parameter, complete));
      shares.put(parameter.name(), divergence);
      sum += divergence;
    }
    double whole = sum;
    shares.replaceAll((name, value) -> whole > 0 ? value / whole : 1.0 / shares.size());
    return shares;
  }

  /** Returns Pearson's divergence of the two distributions over cells. */
  private static double divergence(double[] best, double[] all) {
    double sum = 0;
    for (int i = 0; i < best.length; i++) {
      double ratio = (best[i] + LEAST) / (all[i] + LEAST) - 1;
      sum += (all[i] + LEAST) * ratio * ratio;
    }
    return sum;
  }

  /** Returns the probabilities of the cells of a grid over the parameter's values. */
  private static double[] densities(Parameter parameter, List<Trial> trials) {
    List<String> values =
        trials.stream().map(trial -> trial.values().get(parameter.name())).toList();
    return parameter instanceof Parameter.Numeric numeric
        ? normals(counts(numeric, values))
        : categories((Parameter.Choice) parameter, values);
  }

  private static double[] categories(Parameter.Choice parameter, List<String> values) {
    double[] counts = new double[parameter.values().size()];
    values.forEach(value -> counts[parameter.values().indexOf(value)]++);
    int seen = (int) Arrays.stream(counts).filter(count -> count > 0).count();
    double prior = 1.0 / (seen + 1);
    double[] densities = new double[counts.length];
    for (int i = 0; i < counts.length; i++) {
      for (int c = 0; c < counts.length; c++) {
        if (counts[i] > 0) {
          double kernel = (prior + (c == i ? 1 : 0)) / (counts.length * prior + 1);
          densities[c] += counts[i] / (values.size() + 1) * kernel;
        }
      }
      densities[i] += 1.0 / counts.length / (values.size() + 1);
    }
    return densities;
  }

  private static int[] counts(Parameter.Numeric parameter, List<String> values) {
    boolean whole = parameter.step() > 0;
    double low = whole ? parameter.low() + 0.5 : parameter.low();
    double high = whole ? parameter.high() - 0.5 : parameter.high();
    int cells = whole ? (int) Math.min(GRID, Math.round(high - low) + 1) : GRID;
    int[] counts = new int[cells];
    double width = (high - low) / (cells - 1);
    for (String value : values) {
      int cell = (int) Math.ceil((parameter.position(value) - low) / width - 0.5);
      counts[Math.max(0, Math.min(cells - 1, cell))]++;
    }
    return counts;
  }

  /**
   * Returns a density over the cells, made of normal kernels with Scott's bandwidth and a wide
   * kernel in the middle as prior.
   */
  private static double[] normals(int[] counts) {
    List<Integer> cells = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        cells.add(i);
      }
    }
    double sigma = Math.max(LEAST_SIGMA, bandwidth(counts, cells));
    int n = Arrays.stream(counts).sum();
    double middle = (counts.length - 1) / 2.0;
    double[] densities = new double[counts.length];
    for (int x = 0; x < counts.length; x++) {
      for (int cell : cells) {
        densities[x] += counts[cell] * kernel(x, cell, sigma, counts.length);
      }
      densities[x] += kernel(x, middle, counts.length, counts.length);
      densities[x] /= n + 1;
    }
    return densities;
  }

  private static double bandwidth(int[] counts, List<Integer> cells) {
    int n = Arrays.stream(counts).sum();
    double mean = 0;
    for (int cell : cells) {
      mean += (double) counts[cell] * cell / n;
    }
    double squares = 0;
    for (int cell : cells) {
      squares += counts[cell] * (cell - mean) * (cell - mean);
    }
    double deviation = Math.sqrt(squares / Math.max(1, n - 1));
    double quartiles =
        cells.get(Math.min(cells.size() - 1, above(counts, cells, n * 3 / 4)))
            - cells.get(from(counts, cells, n / 4));
    return 1.059 * Math.min(quartiles / 1.34, deviation) * Math.pow(n, -0.2);
  }

  /** Returns the first cell at which the running total reaches {@code many}. */
  private static int from(int[] counts, List<Integer> cells, int many) {
    int sum = 0;
    int i = 0;
    for (; i < cells.size(); i++) {
      sum += counts[cells.get(i)];
      if (sum >= many) {
        break;
      }
    }
    return i;
  }

  /** Returns the first cell at which the running total exceeds {@code many}. */
  private static int above(int[] counts, List<Integer> cells, int many) {
    return from(counts, cells, many + 1);
  }

  private static double kernel(int x, double mean, double sigma, int cells) {
    double whole = below(cells - 0.5, mean, sigma) - below(-0.5, mean, sigma);
    return (below(x + 0.5, mean, sigma) - below(x - 0.5, mean, sigma)) / whole;
  }

  private static double below(double x, double mean, double sigma) {
    return UNIT.cumulativeProbability((x - mean) / sigma);
  }
}
