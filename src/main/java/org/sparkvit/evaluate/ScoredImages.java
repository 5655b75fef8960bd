package org.sparkvit.evaluate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.size;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.transform;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.DataException;
import org.sparkvit.core.UserException;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.MetricsTable;
import org.sparkvit.table.PredictionsTable;
import org.sparkvit.table.SplitsTable;

/**
 * Every image once for each model: its label, what the model said, and the {@link #REGIONS} it
 * counts in. Images without a label or without a prediction are rows like any other.
 */
final class ScoredImages {
  static final String MODEL = MetricsTable.MODEL;
  static final String LABEL = "label";
  static final String PREDICTED = "predicted";
  static final String PROBABILITIES = "probabilities";
  static final String CLASSES = "classes";

  /** Array of (split, (slice, slice_value)): where the image counts. */
  static final String REGIONS = "regions";

  /** Stands for a slice column without a value. */
  static final String MISSING = "(missing)";

  /** A column with more values than this names images rather than kinds of images. */
  static final int MAX_SLICE_VALUES = 200;

  private ScoredImages() {}

  /**
   * Joins the tables.
   *
   * @param splits absent where the data set was never split
   * @param models classes by model
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
      Column text = quoted(slices.get(i)).cast(DataTypes.StringType);
      columns.add(coalesce(text, lit(MISSING)).as("slice_" + i));
    }
    Dataset<Row> rows = images.select(columns.toArray(new Column[0]));
    rows = rows.crossJoin(broadcast(table(images.sparkSession(), models)));
    if (splits.isPresent()) {
      rows =
          rows.join(
              splits.get().select(SplitsTable.ID, SplitsTable.SPLIT),
              new String[] {ImagesTable.ID},
              "left");
    } else {
      rows = rows.withColumn(SplitsTable.SPLIT, lit(null).cast(DataTypes.StringType));
    }
    Dataset<Row> said = latest(predictions);
    return rows.join(
            said,
            rows.col(ImagesTable.ID)
                .equalTo(said.col(PredictionsTable.ID))
                .and(rows.col(MODEL).equalTo(said.col(PredictionsTable.MODEL)))
                .and(rows.col(ImagesTable.SHA256).eqNullSafe(said.col(PredictionsTable.SHA256))),
            "left")
        .select(
            rows.col(MODEL),
            rows.col(LABEL),
            when(col("said.probabilities").isNotNull(), col("said.predicted")).as(PREDICTED),
            col("said.probabilities").as(PROBABILITIES),
            rows.col(CLASSES),
            regions(slices).as(REGIONS));
  }

  /**
   * One row for each image content and model. Reruns may leave several: a success beats a failure,
   * a later one an earlier one.
   */
  private static Dataset<Row> latest(Dataset<Row> predictions) {
    return predictions
        .groupBy(PredictionsTable.ID, PredictionsTable.MODEL, PredictionsTable.SHA256)
        .agg(
            max(struct(
                    col(PredictionsTable.PROBABILITIES).isNotNull(),
                    col(PredictionsTable.SCORED_AT),
                    col(PredictionsTable.PREDICTED),
                    col(PredictionsTable.PROBABILITIES)))
                .as("said"));
  }

  /** All images and each slice, for all splits together and for the image's own if it has one. */
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

  private static Dataset<Row> table(SparkSession spark, Map<String, List<String>> models) {
    List<Row> rows = new ArrayList<>();
    models.forEach((model, classes) -> rows.add(RowFactory.create(model, classes)));
    return spark.createDataFrame(
        rows,
        new StructType()
            .add(MODEL, DataTypes.StringType, false)
            .add(CLASSES, DataTypes.createArrayType(DataTypes.StringType, false), false));
  }

  /**
   * Checks that slices can be made.
   *
   * @throws UserException when a column does not exist, holds no plain values, or too many
   */
  static void requireSlices(Dataset<Row> images, List<String> slices) {
    List<String> available = ImagesTable.SPEC.extraColumns(images);
    available.addAll(List.of(ImagesTable.FORMAT, ImagesTable.CHANNELS, ImagesTable.ORIENTATION));
    for (String slice : slices) {
      if (!available.contains(slice)) {
        throw new UserException(
            "--slices names '"
                + slice
                + "', which is no column of table 'images' to slice by; there are "
                + available);
      }
      DataType type = images.schema().apply(slice).dataType();
      if (type instanceof ArrayType || type instanceof MapType || type instanceof StructType) {
        throw new UserException(
            "--slices names '"
                + slice
                + "', whose values are of type "
                + type.simpleString()
                + "; choose a column of plain values");
      }
      long values = images.select(quoted(slice)).distinct().limit(MAX_SLICE_VALUES + 1).count();
      if (values > MAX_SLICE_VALUES) {
        throw new UserException(
            "--slices names '"
                + slice
                + "', which has more than "
                + MAX_SLICE_VALUES
                + " values; choose a column with fewer, or put values into groups");
      }
    }
  }

  /**
   * Checks the predictions.
   *
   * @throws DataException when they do not fit the classes of their model
   */
  static void requireSound(Dataset<Row> scored) {
    Column said = col(PROBABILITIES).isNotNull();
    Row bad =
        scored
            .agg(
                count_if(said.and(size(col(PROBABILITIES)).notEqual(size(col(CLASSES))))),
                count_if(said.and(expr("exists(probabilities, p -> not (p >= 0 and p <= 1))"))),
                count_if(said.and(expr("not coalesce(array_contains(classes, predicted), false)"))))
            .first();
    complain(PredictionsTable.PROBABILITIES, bad.getLong(0), "another length than the classes");
    complain(PredictionsTable.PROBABILITIES, bad.getLong(1), "a number that is not in 0 to 1");
    complain(PredictionsTable.PREDICTED, bad.getLong(2), "no class of the model");
  }

  private static void complain(String column, long rows, String problem) {
    if (rows > 0) {
      throw new DataException(
          PredictionsTable.SPEC.name(),
          column,
          String.format(
              Locale.ROOT, "has %s in %,d rows; run 'spark-vit score' again", problem, rows));
    }
  }

  /** One row for each region of each image, its columns in place of {@link #REGIONS}. */
  static Dataset<Row> perRegion(Dataset<Row> scored, Column... columns) {
    List<Column> kept = new ArrayList<>();
    kept.add(col(MODEL));
    kept.add(explode(col(REGIONS)).as("region"));
    kept.addAll(List.of(columns));
    Dataset<Row> exploded = scored.select(kept.toArray(new Column[0]));
    return exploded.select("*", "region.split", "region.kind.*").drop("region");
  }

  private static Column quoted(String column) {
    return col("`" + column.replace("`", "``") + "`");
  }
}
