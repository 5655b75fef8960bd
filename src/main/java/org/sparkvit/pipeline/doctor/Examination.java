package org.sparkvit.pipeline.doctor;

import java.util.List;

/**
 * What one process said of itself.
 *
 * @param process the id of an executor, or {@code driver}
 * @param host the name of the machine
 * @param millis the time there when it answered, in milliseconds since 1970
 * @param facts what it has, in a fixed order
 */
record Examination(String process, String host, long millis, List<Fact> facts) {

  /** The id that Spark gives to the driver. */
  static final String DRIVER = "driver";

  /** Returns whether jobs fail because of this process. */
  boolean fails() {
    return facts.stream().anyMatch(fact -> fact.level() == Fact.Level.FAILURE);
  }

  /** Returns how people call the process. */
  String title() {
    return process.equals(DRIVER) ? "driver on " + host : "executor " + process + " on " + host;
  }
}
