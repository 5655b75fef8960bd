package org.sparkvit.tools.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HomographyTest {
  @Test
  void cornersGoToCornersAndLinesStayLines() {
    double[] quad = {10, 20, 110, 35, 100, 90, 22, 80};
    Homography map = Homography.toSheet(200, 120, quad);
    double[][] corners = {{0, 0}, {200, 0}, {200, 120}, {0, 120}};
    double[] uv = new double[2];
    for (int i = 0; i < 4; i++) {
      map.map(quad[2 * i], quad[2 * i + 1], uv);
      assertThat(uv).containsExactly(corners[i], within(1e-9));
    }
    // A point on the upper edge stays on it, wherever perspective puts it along the edge.
    map.map(60, 27.5, uv);
    assertThat(uv[1]).isCloseTo(0, within(1e-9));
    assertThat(uv[0]).isBetween(60.0, 140.0);
    // The diagonals' crossing is the middle of the sheet.
    double t = cross(quad);
    map.map(quad[0] + t * (quad[4] - quad[0]), quad[1] + t * (quad[5] - quad[1]), uv);
    assertThat(uv).containsExactly(new double[] {100, 60}, within(1e-9));
  }

  /** Where the other diagonal cuts that from the first to the third corner, as a share of it. */
  private static double cross(double[] q) {
    double ax = q[4] - q[0];
    double ay = q[5] - q[1];
    double bx = q[6] - q[2];
    double by = q[7] - q[3];
    return ((q[2] - q[0]) * by - (q[3] - q[1]) * bx) / (ax * by - ay * bx);
  }
}
