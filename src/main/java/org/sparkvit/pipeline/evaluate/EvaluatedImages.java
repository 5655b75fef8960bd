package org.sparkvit.pipeline.evaluate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.dataset.query.ClassPlaces;
import org.sparkvit.dataset.query.SliceColumns;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.MetricsTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.dataset.schema.SplitsTable;

/**
 * Returns every image once for each model, with its label, the model's prediction, and the {@link
 * #REGIONS} that it counts in. Images without a label or without a prediction are rows, too.
 */
final class EvaluatedImages {
  static final String MODEL = MetricsTable.MODEL;
  static final String ID = ImagesTable.ID;
  static final String LABEL = "label";

  /** The split of the image, or null where it is in none. */
  static final String SPLIT = SplitsTable.SPLIT;

  static final String PREDICTED = "predicted";
  static final String PROBABILITIES = "probabilities";

  /**
   * The index of the label among the classes of the model, from 0, or null where the label is not
   * among them.
   */
  static final String PLACE = "place";

  /** The regions that the image counts in, an array of (split, (slice, slice_value)). */
  static final String REGIONS = "regions";

  private EvaluatedImages() {}

  /**
   * Joins the tables.
   *
   * @param splits the rows of {@code splits}, or empty where the data set was never split
   * @param models the classes of each model
   * @param slices columns of {@code images}
   */
  static Dataset<Row> of(
      Dataset<Row> images,
      Optional<Dataset<Row>> splits,
      Dataset<Row> predictions,
      Map<String, List<String>> models,
      List<String> slices) {
    List<Column> columns = new ArrayList<>();
    columns.add(col(ImagesTable.ID));
    columns.add(col(ImagesTable.SHA256));
    columns.add(col(ImagesTable.LABEL));
    for (int i = 0; i < slices.size(); i++) {
      columns.add(SliceColumns.value(slices.get(i)).as("slice_" + i));
    }
    Dataset<Row> rows = images.select(columns.toArray(new Column[0]));
    rows = rows.crossJoin(broadcast(table(images.sparkSession(), models.keySet())));
    if (splits.isPresent()) {
      rows =
          rows.join(
              splits.get().select(SplitsTable.ID, SplitsTable.SPLIT),
              new String[] {ImagesTable.ID},
              "left");
    } else {
      rows = rows.withColumn(SplitsTable.SPLIT, lit(null).cast(DataTypes.StringType));
    }
    Dataset<Row> said = predictions.as("said");
    return rows.join(
            said,
            rows.col(ImagesTable.ID)
                .equalTo(said.col(PredictionsTable.ID))
                .and(rows.col(MODEL).equalTo(said.col(PredictionsTable.MODEL)))
                .and(rows.col(ImagesTable.SHA256).eqNullSafe(said.col(PredictionsTable.SHA256))),
            "left")
        .select(
            rows.col(ID),
            rows.col(MODEL),
            rows.col(LABEL),
            rows.col(SPLIT),
            when(col("said.probabilities").isNotNull(), col("said.predicted")).as(PREDICTED),
            col("said.probabilities").as(PROBABILITIES),
            ClassPlaces.of(models).place(rows.col(MODEL), rows.col(LABEL)).as(PLACE),
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

  private static Dataset<Row> table(SparkSession spark, Collection<String> models) {
    return spark.createDataFrame(
        models.stream().map(model -> RowFactory.create(model)).toList(),
        new StructType().add(MODEL, DataTypes.StringType, false));
  }

  /**
   * Returns one row for each region of each image, with the region's columns in place of {@link
   * #REGIONS}.
   */
  static Dataset<Row> perRegion(Dataset<Row> scored, Column... columns) {
    List<Column> kept = new ArrayList<>();
    kept.add(col(MODEL));
    kept.add(explode(col(REGIONS)).as("region"));
    kept.addAll(List.of(columns));
    Dataset<Row> exploded = scored.select(kept.toArray(new Column[0]));
    return exploded.select("*", "region.split", "region.kind.*").drop("region");
  }
}
