package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.SliceGapsTable;

/**
 * The images of one value of a column on which the model performs worse than on the best value, by
 * more than chance explains.
 *
 * @param name the class that the measure is of
 * @param images the number of images that the share is of
 * @param rate the share, from {@code low} to {@code high} at the 95 % level
 * @param elsewhere the share among all other images, or NaN where there are none
 * @param ratio the ratio to the best value, 0 to 1, or NaN where it is undefined
 */
public record GapRow(
    String slice,
    String value,
    String name,
    String measure,
    long images,
    double rate,
    double low,
    double high,
    double elsewhere,
    double ratio) {
  /**
   * The limit of the q-value of rows that are shown: about this share of them is expected to be
   * chance.
   */
  private static final double SIGNIFICANT = 0.05;

  private static final int SHOWN = 20;

  /** Returns the largest gaps of a split. */
  static List<GapRow> gather(Dataset<Row> gaps, String split) {
    return gaps
        .where(
            col(SliceGapsTable.SPLIT)
                .equalTo(split)
                .and(col(SliceGapsTable.Q).lt(SIGNIFICANT))
                .and(col(SliceGapsTable.GAP).gt(0)))
        .orderBy(
            col(SliceGapsTable.GAP).desc(),
            col(SliceGapsTable.SLICE),
            col(SliceGapsTable.SLICE_VALUE),
            col(SliceGapsTable.CLASS),
            col(SliceGapsTable.MEASURE))
        .limit(SHOWN)
        .collectAsList()
        .stream()
        .map(
            row ->
                new GapRow(
                    row.getAs(SliceGapsTable.SLICE),
                    row.getAs(SliceGapsTable.SLICE_VALUE),
                    row.getAs(SliceGapsTable.CLASS),
                    row.<String>getAs(SliceGapsTable.MEASURE).replace('_', ' '),
                    row.<Long>getAs(SliceGapsTable.IMAGES),
                    row.<Double>getAs(SliceGapsTable.RATE),
                    row.<Double>getAs(SliceGapsTable.LOW),
                    row.<Double>getAs(SliceGapsTable.HIGH),
                    number(row.getAs(SliceGapsTable.ELSEWHERE)),
                    number(row.getAs(SliceGapsTable.RATIO))))
        .toList();
  }

  private static double number(Double value) {
    return value == null ? Double.NaN : value;
  }
}
