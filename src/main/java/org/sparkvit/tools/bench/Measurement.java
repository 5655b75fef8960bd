package org.sparkvit.tools.bench;

/** One thing whose speed is measured. */
interface Measurement {
  /** What it is called in the output. */
  String name();

  /** Measures once, on this machine, in {@link #unit}. */
  double imagesPerSecond();

  /** What is counted, behind the figure in the output. */
  default String unit() {
    return "images/s";
  }
}
