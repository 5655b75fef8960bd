package org.sparkvit.tools.bench;

import java.util.List;
import java.util.Map;

/**
 * Measures CleanVision's checks in Pillow and numpy on the same files, with one process for each
 * core.
 */
record ChecksPeer(Python python, List<String> files, int cores, int seconds)
    implements Measurement {
  static final String NAME = "Python checks";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public double imagesPerSecond() {
    return python
        .ask(Map.of("peer", "checks", "files", files, "cores", cores, "seconds", seconds))
        .path("images_per_second")
        .asDouble(Double.NaN);
  }
}
