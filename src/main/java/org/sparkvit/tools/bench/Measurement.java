package org.sparkvit.tools.bench;

/** Something whose speed is measured. */
interface Measurement {
  /** Returns the name in the output. */
  String name();

  /** Measures once on this machine and returns the result in {@link #unit}. */
  double imagesPerSecond();

  /** Returns the unit, which follows the number in the output. */
  default String unit() {
    return "images/s";
  }
}
