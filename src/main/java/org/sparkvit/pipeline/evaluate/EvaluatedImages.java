package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.query.ScoredImages;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * What models said of images, and the {@link #REGIONS} of the figures that each image counts in.
 */
final class EvaluatedImages {
  /** Array of (split, (slice, slice_value)): where the image counts. */
  static final String REGIONS = "regions";

  private EvaluatedImages() {}

  /**
   * Joins the tables.
   *
   * @param images rows of {@link ImagesTable} with the labels that count
   * @param splits absent where the data set was never split
   * @param models classes by model
   * @param slices columns of {@code images}
   * @return columns of {@link ScoredImages}, and {@link #REGIONS}
   */
  static Dataset<Row> of(
      Dataset<Row> images,
      Optional<Dataset<Row>> splits,
      Dataset<Row> predictions,
      Map<String, List<String>> models,
      List<String> slices) {
    Column[] values = new Column[slices.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = SliceColumns.value(slices.get(i)).as("slice_" + i);
    }
    return ScoredImages.join(images, splits, predictions, models, values)
        .select(
            col(ScoredImages.ID),
            col(ScoredImages.MODEL),
            col(ScoredImages.LABEL),
            col(ScoredImages.SPLIT),
            col(ScoredImages.PREDICTED),
            col(ScoredImages.PROBABILITIES),
            col(ScoredImages.LABEL_INDEX),
            regions(slices).as(REGIONS));
  }

  /**
   * Returns the regions of an image: all images and each slice, for all splits together and for the
   * image's own split if it has one.
   */
  private static Column regions(List<String> slices) {
    List<Column> kinds = new ArrayList<>();
    kinds.add(kind(lit(MetricsTable.ALL), lit(MetricsTable.ALL)));
    for (int i = 0; i < slices.size(); i++) {
      kinds.add(kind(lit(slices.get(i)), col("slice_" + i)));
    }
    Column split = col(SplitsTable.SPLIT);
    Column all = lit(MetricsTable.ALL);
    return flatten(
        transform(
            when(split.isNull(), array(all)).otherwise(array(all, split)),
            in -> {
              Column[] regions = new Column[kinds.size()];
              for (int i = 0; i < regions.length; i++) {
                regions[i] = struct(in.as(MetricsTable.SPLIT), kinds.get(i).as("kind"));
              }
              return array(regions);
            }));
  }

  private static Column kind(Column slice, Column value) {
    return struct(slice.as(MetricsTable.SLICE), value.as(MetricsTable.SLICE_VALUE));
  }

  /** One row for each region of each image, its columns in place of {@link #REGIONS}. */
  static Dataset<Row> perRegion(Dataset<Row> scored, Column... columns) {
    List<Column> kept = new ArrayList<>();
    kept.add(col(ScoredImages.MODEL));
    kept.add(explode(col(REGIONS)).as("region"));
    kept.addAll(List.of(columns));
    Dataset<Row> exploded = scored.select(kept.toArray(new Column[0]));
    return exploded.select("*", "region.split", "region.kind.*").drop("region");
  }
}
