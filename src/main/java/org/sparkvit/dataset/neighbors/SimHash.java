package org.sparkvit.dataset.neighbors;

import static org.apache.spark.sql.functions.udf;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.image.hash.PdqHash;

/**
 * Hashes of directions whose bits differ the more the wider their angle: each of {@value
 * PdqHash#BITS} random planes through the origin gives the side on which a direction lies, and an
 * angle of {@code a} parts {@code a / pi} of them (Charikar 2002). They are as long as PDQ's, so
 * that {@link NearHashes} finds near ones.
 */
public final class SimHash {
  private static final long SEED = 20020519;

  /** Standard deviations of the number of bits that are looked at beyond the expected number. */
  private static final double SPREAD = 4;

  private static final Map<Integer, float[][]> PLANES = new ConcurrentHashMap<>();

  private SimHash() {}

  /** Returns the hash of each direction, binary. */
  public static Column of(Column directions) {
    UDF1<scala.collection.Seq<Float>, byte[]> hash =
        direction -> {
          float[] values = new float[direction.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = direction.apply(i);
          }
          return hash(values);
        };
    return udf(hash, DataTypes.BinaryType).apply(directions);
  }

  static byte[] hash(float[] direction) {
    float[][] planes = PLANES.computeIfAbsent(direction.length, SimHash::planes);
    ByteBuffer hash = ByteBuffer.allocate(PdqHash.BYTES);
    long bits = 0;
    for (int b = 0; b < PdqHash.BITS; b++) {
      float side = 0;
      float[] plane = planes[b];
      for (int i = 0; i < plane.length; i++) {
        side += plane[i] * direction[i];
      }
      bits = bits << 1 | (side > 0 ? 1 : 0);
      if (b % Long.SIZE == Long.SIZE - 1) {
        hash.putLong(bits);
      }
    }
    return hash.array();
  }

  /** The JDK specifies the numbers that Random gives. */
  private static float[][] planes(int size) {
    Random random = new Random(SEED);
    float[][] planes = new float[PdqHash.BITS][size];
    for (float[] plane : planes) {
      for (int i = 0; i < size; i++) {
        plane[i] = (float) random.nextGaussian();
      }
    }
    return planes;
  }

  /**
   * Returns the distance up to which hashes have to be compared to miss hardly any pair of a
   * cosine.
   *
   * @param cosine of two directions, -1 to 1
   */
  public static int reach(double cosine) {
    double share = Math.acos(cosine) / Math.PI;
    double deviation = Math.sqrt(PdqHash.BITS * share * (1 - share));
    return (int) Math.min(PdqHash.BITS, Math.ceil(PdqHash.BITS * share + SPREAD * deviation));
  }

  /**
   * Returns the chance that {@link NearHashes} finds two directions of a cosine within {@link
   * #reach}.
   */
  public static double recall(double cosine) {
    double share = Math.acos(cosine) / Math.PI;
    double chance = Math.pow(1 - share, PdqHash.BITS);
    double recall = 0;
    for (int d = 0; d <= reach(cosine); d++) {
      recall += chance * NearHashes.recall(d);
      chance *= share / (1 - share) * (PdqHash.BITS - d) / (d + 1);
    }
    return recall;
  }
}
