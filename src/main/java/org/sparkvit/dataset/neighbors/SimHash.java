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
 * Hashes directions so that more bits differ the wider their angle is. Each of {@value
 * PdqHash#BITS} random planes through the origin gives one bit, which says on which side a
 * direction lies. An angle of {@code a} makes a share of {@code a / pi} of the bits differ
 * (Charikar 2002). The hashes are as long as PDQ's, so that {@link NearHashes} finds near ones.
 */
public final class SimHash {
  private static final long SEED = 20020519;

  /**
   * The number of standard deviations by which {@link #reach} exceeds the expected number of
   * differing bits.
   */
  private static final double SPREAD = 4;

  private static final Map<Integer, float[][]> PLANES = new ConcurrentHashMap<>();

  private SimHash() {}

  /** Returns a column with the binary hash of each direction. */
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

  /**
   * Returns the random planes. They are the same everywhere, as the JDK specifies the numbers that
   * Random gives.
   */
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
   * Returns the distance up to which hashes have to be compared to miss hardly any pair of
   * directions with a given cosine.
   *
   * @param cosine the cosine of the angle between two directions, -1 to 1
   */
  public static int reach(double cosine) {
    double share = Math.acos(cosine) / Math.PI;
    double deviation = Math.sqrt(PdqHash.BITS * share * (1 - share));
    return (int) Math.min(PdqHash.BITS, Math.ceil(PdqHash.BITS * share + SPREAD * deviation));
  }

  /**
   * Returns the probability that {@link NearHashes} finds two directions of a cosine within {@link
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
