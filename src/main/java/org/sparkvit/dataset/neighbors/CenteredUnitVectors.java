package org.sparkvit.dataset.neighbors;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.udf;

import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;

/**
 * Subtracts the mean from points and scales them to length 1. The squared distance of two of them
 * is then 2 (1 - cosine). Without centring, all embeddings of a model point in much the same
 * direction, which would hide how they differ.
 */
public final class CenteredUnitVectors {
  /**
   * The reciprocal of the unit in which values are summed, 2^-20. Sums of whole units are the same
   * in any order.
   */
  private static final double UNIT = 1 << 20;

  private CenteredUnitVectors() {}

  /**
   * Computes the centred unit vectors of points.
   *
   * @param points the rows with {@link Neighbors#ID} and {@link Neighbors#POINT} of at least one
   *     point; the caller persists them, as they are read several times
   * @return the same columns
   */
  public static Dataset<Row> compute(Dataset<Row> points) {
    double[] mean = mean(points);
    UDF1<scala.collection.Seq<Float>, List<Float>> direction = point -> direction(point, mean);
    return points.select(
        col(Neighbors.ID),
        udf(direction, DataTypes.createArrayType(DataTypes.FloatType, false))
            .apply(col(Neighbors.POINT))
            .as(Neighbors.POINT));
  }

  private static double[] mean(Dataset<Row> points) {
    List<long[]> parts =
        points
            .select(Neighbors.POINT)
            .mapPartitions(
                (org.apache.spark.api.java.function.MapPartitionsFunction<Row, long[]>)
                    rows -> {
                      long[] sums = null;
                      while (rows.hasNext()) {
                        List<Float> point = rows.next().getList(0);
                        sums = sums == null ? new long[point.size() + 1] : sums;
                        for (int i = 0; i < point.size(); i++) {
                          sums[i] += Math.round(point.get(i) * UNIT);
                        }
                        sums[point.size()]++;
                      }
                      return (sums == null ? List.<long[]>of() : List.of(sums)).iterator();
                    },
                Encoders.kryo(long[].class))
            .collectAsList();
    int size = parts.get(0).length - 1;
    double[] mean = new double[size];
    long count = parts.stream().mapToLong(part -> part[size]).sum();
    for (int i = 0; i < size; i++) {
      int at = i;
      mean[i] = parts.stream().mapToLong(part -> part[at]).sum() / UNIT / count;
    }
    return mean;
  }

  private static List<Float> direction(scala.collection.Seq<Float> point, double[] mean) {
    double[] centred = new double[mean.length];
    double square = 0;
    for (int i = 0; i < mean.length; i++) {
      centred[i] = point.apply(i) - mean[i];
      square += centred[i] * centred[i];
    }
    double length = square > 0 ? Math.sqrt(square) : 1;
    List<Float> direction = new ArrayList<>(mean.length);
    for (double value : centred) {
      direction.add((float) (value / length));
    }
    return direction;
  }
}
