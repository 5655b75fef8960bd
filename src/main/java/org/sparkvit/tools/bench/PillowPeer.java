package org.sparkvit.tools.bench;

import java.util.List;
import java.util.Map;

/** Measures Pillow's decoding and resizing of the same files, with one process for each core. */
record PillowPeer(Python python, List<String> files, int side, int cores, int seconds)
    implements Measurement {
  static final String NAME = "Pillow";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public double imagesPerSecond() {
    return python
        .ask(
            Map.of(
                "peer", "pillow", "files", files, "side", side, "cores", cores, "seconds", seconds))
        .path("images_per_second")
        .asDouble(Double.NaN);
  }
}
