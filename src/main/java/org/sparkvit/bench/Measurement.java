package org.sparkvit.bench;

/** One thing whose speed is measured. */
interface Measurement {
  /** What it is called in the output. */
  String name();

  /** Measures once: images a second on this machine. */
  double imagesPerSecond();
}
