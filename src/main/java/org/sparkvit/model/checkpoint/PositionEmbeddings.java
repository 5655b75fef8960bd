package org.sparkvit.model.checkpoint;

/** Fits the position embeddings of one grid of patches to another. */
final class PositionEmbeddings {
  /** The parameter of PyTorch's bicubic kernel (Keys 1981). Pillow uses -0.5. */
  private static final double A = -0.75;

  private PositionEmbeddings() {}

  /**
   * Interpolates bicubically as {@code torch.nn.functional.interpolate(mode="bicubic",
   * align_corners=False)} does, which Hugging Face's {@code interpolate_pos_encoding} calls. The
   * rows of the tokens before the patches stay as they are.
   *
   * @param embeddings the embeddings {@code [1, special + from * from, hidden]}
   * @param from the side of the present grid in patches
   * @param to the side of the new grid in patches
   * @return embeddings {@code [1, special + to * to, hidden]}
   */
  static Tensor resize(Tensor embeddings, int from, int to) {
    if (from == to) {
      return embeddings;
    }
    int hidden = Math.toIntExact(embeddings.shape().get(2));
    float[] in = embeddings.toFloats();
    int special = Math.toIntExact(embeddings.shape().get(1)) - from * from;
    float[] out = new float[Math.multiplyExact(special + to * to, hidden)];
    System.arraycopy(in, 0, out, 0, special * hidden);
    for (int y = 0; y < to; y++) {
      Taps rows = new Taps(y, from, to);
      for (int x = 0; x < to; x++) {
        Taps columns = new Taps(x, from, to);
        int target = (special + y * to + x) * hidden;
        for (int i = 0; i < 4; i++) {
          for (int j = 0; j < 4; j++) {
            int source = (special + rows.index[i] * from + columns.index[j]) * hidden;
            float weight = (float) (rows.weight[i] * columns.weight[j]);
            for (int h = 0; h < hidden; h++) {
              out[target + h] += weight * in[source + h];
            }
          }
        }
      }
    }
    return Tensor.of(out, 1, special + (long) to * to, hidden);
  }

  /** The four source positions along an axis, repeated at the borders, and their weights. */
  private static final class Taps {
    final int[] index = new int[4];
    final double[] weight;

    Taps(int target, int from, int to) {
      double centre = (target + 0.5) * from / to - 0.5;
      int base = (int) Math.floor(centre);
      double t = centre - base;
      for (int i = 0; i < 4; i++) {
        index[i] = Math.min(Math.max(base - 1 + i, 0), from - 1);
      }
      weight = new double[] {outer(t + 1), inner(t), inner(1 - t), outer(2 - t)};
    }

    private static double inner(double d) {
      return ((A + 2) * d - (A + 3)) * d * d + 1;
    }

    private static double outer(double d) {
      return ((A * d - 5 * A) * d + 8 * A) * d - 4 * A;
    }
  }
}
