package org.sparkvit.image.codec;

/** Smooths the edges between blocks of a VP8 frame (RFC 6386, 15). */
@SuppressWarnings("OperatorPrecedence") // bits and weights, as the specification writes them
final class Vp8LoopFilter {
  private final Vp8Plane luma;
  private final Vp8Plane[] chroma;
  private final boolean simple;

  /**
   * Creates a filter of these planes.
   *
   * @param simple whether only luma is filtered, and only two samples at each edge
   */
  Vp8LoopFilter(Vp8Plane luma, Vp8Plane[] chroma, boolean simple) {
    this.luma = luma;
    this.chroma = chroma;
    this.simple = simple;
  }

  /**
   * Filters the edges of a macroblock. The macroblocks above and to the left of it must be done.
   *
   * @param level the strength of the filter, 1 to 63
   * @param sharpness the sharpness, 0 to 7
   * @param inside whether the edges of the macroblock's blocks are filtered as well
   */
  void filter(int column, int row, int level, int sharpness, boolean inside) {
    int inner = level;
    if (sharpness > 0) {
      inner = Math.min(inner >> (sharpness > 4 ? 2 : 1), 9 - sharpness);
    }
    inner = Math.max(1, inner);
    int limit = 2 * level + inner;
    int variance = level >= 40 ? 2 : level >= 15 ? 1 : 0;
    for (boolean vertical : new boolean[] {true, false}) {
      if ((vertical ? column : row) > 0) {
        edges(column, row, vertical, true, limit + 4, inner, variance);
      }
      if (inside) {
        edges(column, row, vertical, false, limit, inner, variance);
      }
    }
  }

  private void edges(
      int column, int row, boolean vertical, boolean outer, int limit, int inner, int variance) {
    for (int at = outer ? 0 : 4; at < (outer ? 1 : 16); at += 4) {
      edge(luma, 16 * column, 16 * row, 16, vertical, at, outer, limit, inner, variance);
    }
    if (!simple) {
      for (Vp8Plane plane : chroma) {
        int at = outer ? 0 : 4;
        edge(plane, 8 * column, 8 * row, 8, vertical, at, outer, limit, inner, variance);
      }
    }
  }

  private void edge(
      Vp8Plane plane,
      int x,
      int y,
      int size,
      boolean vertical,
      int offset,
      boolean outer,
      int limit,
      int inner,
      int variance) {
    int across = vertical ? 1 : plane.stride;
    int along = vertical ? plane.stride : 1;
    int at = vertical ? plane.index(x + offset, y) : plane.index(x, y + offset);
    for (int i = 0; i < size; i++, at += along) {
      int before = plane.at(at - across);
      int beforeThat = plane.at(at - 2 * across);
      int behind = plane.at(at);
      int behindThat = plane.at(at + across);
      int step = 4 * Math.abs(before - behind) + Math.abs(beforeThat - behindThat);
      if (step > 2 * limit + 1) {
        continue; // an edge of the picture
      } else if (simple) {
        two(plane, at, across);
        continue;
      }
      boolean flat =
          Math.abs(plane.at(at - 4 * across) - plane.at(at - 3 * across)) <= inner
              && Math.abs(plane.at(at - 3 * across) - beforeThat) <= inner
              && Math.abs(beforeThat - before) <= inner
              && Math.abs(plane.at(at + 3 * across) - plane.at(at + 2 * across)) <= inner
              && Math.abs(plane.at(at + 2 * across) - behindThat) <= inner
              && Math.abs(behindThat - behind) <= inner;
      if (!flat) {
        continue;
      }
      if (Math.abs(beforeThat - before) > variance || Math.abs(behindThat - behind) > variance) {
        two(plane, at, across);
      } else if (outer) {
        six(plane, at, across);
      } else {
        four(plane, at, across);
      }
    }
  }

  private static void two(Vp8Plane plane, int at, int across) {
    int difference = 3 * (plane.at(at) - plane.at(at - across));
    int a = difference + signed(plane.at(at - 2 * across) - plane.at(at + across));
    change(plane, at, -small(a + 4 >> 3));
    change(plane, at - across, small(a + 3 >> 3));
  }

  private static void four(Vp8Plane plane, int at, int across) {
    int a = 3 * (plane.at(at) - plane.at(at - across));
    int behind = small(a + 4 >> 3);
    int farther = behind + 1 >> 1;
    change(plane, at - 2 * across, farther);
    change(plane, at - across, small(a + 3 >> 3));
    change(plane, at, -behind);
    change(plane, at + across, -farther);
  }

  private static void six(Vp8Plane plane, int at, int across) {
    int difference = 3 * (plane.at(at) - plane.at(at - across));
    int a = signed(difference + signed(plane.at(at - 2 * across) - plane.at(at + across)));
    for (int i = 0, weight = 27; i < 3; i++, weight -= 9) {
      int by = weight * a + 63 >> 7;
      change(plane, at - (i + 1) * across, by);
      change(plane, at + i * across, -by);
    }
  }

  private static void change(Vp8Plane plane, int at, int by) {
    plane.samples[at] = Vp8Plane.clip(plane.at(at) + by);
  }

  private static int signed(int value) {
    return Math.max(-128, Math.min(127, value));
  }

  private static int small(int value) {
    return Math.max(-16, Math.min(15, value));
  }
}
