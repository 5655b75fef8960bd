package org.sparkvit.stats.search;

import java.util.Map;
import java.util.TreeMap;

/**
 * One set of parameter values that was tried or is being tried.
 *
 * @param number the number of the trial, from 0 in the order of beginning
 * @param values the values by parameter name
 * @param state the state that the trial is in
 * @param reports the loss after each resource (epoch) that was reported; lower is better
 * @param loss the loss at the end, or NaN unless the trial is complete
 */
public record Trial(
    int number,
    Map<String, String> values,
    State state,
    TreeMap<Integer, Double> reports,
    double loss) {

  /** The state of a trial. */
  public enum State {
    RUNNING,
    COMPLETE,
    /** The trial was ended early, because others were better at the same point. */
    PRUNED,
    /** The trial failed: no model could be trained with these values. */
    FAILED
  }

  public Trial {
    values = Map.copyOf(values);
    reports = new TreeMap<>(reports);
  }

  /** Returns a trial that begins. */
  public static Trial begin(int number, Map<String, String> values) {
    return new Trial(number, values, State.RUNNING, new TreeMap<>(), Double.NaN);
  }

  /** Returns this trial with one more report. */
  public Trial report(int resource, double value) {
    TreeMap<Integer, Double> more = new TreeMap<>(reports);
    more.put(resource, value);
    return new Trial(number, values, state, more, loss);
  }

  /** Returns this trial at its end. */
  public Trial end(State how, double value) {
    return new Trial(number, values, how, reports, value);
  }
}
