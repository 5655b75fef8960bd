package org.sparkvit.stats.search;

import java.util.Map;
import java.util.TreeMap;

/**
 * One set of values that was or is tried.
 *
 * @param number from 0, in the order of beginning
 * @param values by parameter
 * @param state where it is
 * @param reports loss after each resource (epoch) that was reported; less is better
 * @param loss at the end; NaN unless it is complete
 */
public record Trial(
    int number,
    Map<String, String> values,
    State state,
    TreeMap<Integer, Double> reports,
    double loss) {

  /** Where a trial is. */
  public enum State {
    RUNNING,
    COMPLETE,
    /** Ended early, for others were better at the same point. */
    PRUNED,
    /** It could not be trained with these values. */
    FAILED
  }

  public Trial {
    values = Map.copyOf(values);
    reports = new TreeMap<>(reports);
  }

  /** One that begins. */
  public static Trial begin(int number, Map<String, String> values) {
    return new Trial(number, values, State.RUNNING, new TreeMap<>(), Double.NaN);
  }

  /** The same with one report more. */
  public Trial report(int resource, double value) {
    TreeMap<Integer, Double> more = new TreeMap<>(reports);
    more.put(resource, value);
    return new Trial(number, values, state, more, loss);
  }

  /** The same at its end. */
  public Trial end(State how, double value) {
    return new Trial(number, values, how, reports, value);
  }
}
