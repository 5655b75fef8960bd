package org.sparkvit.dataset.schema;

import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * {@code slice_issues}: the number of images of a slice that have an issue, one row for each slice
 * and measure.
 */
public final class SliceIssuesTable {
  /** A column of {@code images}, or two columns with {@code " & "} between them. */
  public static final String SLICE = "slice";

  /** The value of the column, or of both columns. */
  public static final String VALUE = "value";

  /** {@link #FINDINGS}, {@link #DUPLICATES}, or {@link #CLASS} and a label. */
  public static final String MEASURE = "measure";

  public static final String IMAGES = "images";

  /** The number of the slice's images that the measure counts. */
  public static final String HITS = "hits";

  /** The share of these images, 0 to 1. The next two columns are its interval at the 95 % level. */
  public static final String RATE = "rate";

  public static final String LOW = "low";
  public static final String HIGH = "high";

  /** The share among all other images, 0 to 1, or null where there are none. */
  public static final String ELSEWHERE = "elsewhere";

  /**
   * The q-value of the difference among all rows: of the rows with less than q, a share of q is
   * expected to be there by chance.
   */
  public static final String Q = "q";

  /** The measure that counts images with a finding which is not about another image. */
  public static final String FINDINGS = "findings";

  /** The measure that counts images which repeat another image. */
  public static final String DUPLICATES = "duplicates";

  public static final String CLASS = "class: ";

  public static final TableSpec SPEC =
      new TableSpec(
          "slice_issues",
          "audit",
          "How many images of a kind have what is wrong, or a label: one row for each kind and"
              + " measure.",
          new StructType()
              .add(
                  SLICE,
                  DataTypes.StringType,
                  false,
                  "A column of table images, or two with & between.")
              .add(VALUE, DataTypes.StringType, false, "Its value, or both with & between.")
              .add(
                  MEASURE,
                  DataTypes.StringType,
                  false,
                  "findings: has one that is not about another image; duplicates: repeats another"
                      + " image; or class: and a label.")
              .add(IMAGES, DataTypes.LongType, false, "Images of the kind.")
              .add(HITS, DataTypes.LongType, false, "Of them those that the measure is about.")
              .add(RATE, DataTypes.DoubleType, false, "Their share, 0 to 1.")
              .add(
                  LOW,
                  DataTypes.DoubleType,
                  false,
                  "Lower end of its interval at the 95 % level, 0 to 1.")
              .add(
                  HIGH,
                  DataTypes.DoubleType,
                  false,
                  "Upper end of its interval at the 95 % level, 0 to 1.")
              .add(
                  ELSEWHERE,
                  DataTypes.DoubleType,
                  true,
                  "The share among all other images, 0 to 1; null where there are none.")
              .add(
                  Q,
                  DataTypes.DoubleType,
                  false,
                  "Of the rows with at most this value about that share is chance, 0 to 1"
                      + " (Benjamini and Hochberg 1995)."),
          false);

  private SliceIssuesTable() {}
}
