package org.sparkvit.ml;

import java.io.Serializable;
import org.apache.spark.ml.attribute.AttributeGroup;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructField;

/**
 * An output column that is made from the model's values for an image.
 *
 * @param field the name and type of the column, which is nullable
 * @param value makes the cells
 */
record ValueColumn(StructField field, Value value) implements Serializable {

  /** Makes a cell from the values that the model gave for one image. */
  @FunctionalInterface
  interface Value extends Serializable {
    Object of(float[] values);
  }

  /** Creates a column of vectors, whose metadata tell later stages their length. */
  static ValueColumn vector(String name, Metadata metadata, Value value) {
    return new ValueColumn(
        DataTypes.createStructField(name, SQLDataTypes.VectorType(), true, metadata), value);
  }

  /** Creates a column of numbers, whose metadata tell later stages what the numbers stand for. */
  static ValueColumn number(String name, Metadata metadata, Value value) {
    return new ValueColumn(
        DataTypes.createStructField(name, DataTypes.DoubleType, true, metadata), value);
  }

  /** Creates a column of strings. */
  static ValueColumn string(String name, Value value) {
    return new ValueColumn(DataTypes.createStructField(name, DataTypes.StringType, true), value);
  }

  /** Returns the metadata of vectors of a known length. */
  static Metadata ofLength(String name, int length) {
    return new AttributeGroup(name, length).toMetadata();
  }

  /** Converts numbers to a vector of Spark ML. */
  static Vector toVector(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return Vectors.dense(doubles);
  }
}
