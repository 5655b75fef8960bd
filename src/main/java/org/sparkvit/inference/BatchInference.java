package org.sparkvit.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.dataset.query.ScalaCells;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.PredictionsTable;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageBatches;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.loading.ImageSource;
import scala.collection.Seq;

/**
 * Runs a model over images. Every input row gives exactly one output row. It holds the model's
 * values, or a status and a reason why there are none. Pixels stay within the task.
 *
 * <p>Within a task, {@link ImageBatches} prepares the next batches while the device computes the
 * present one. The last batch is filled up, so that the device sees one shape only and an image's
 * result does not depend on the size of its partition.
 */
public final class BatchInference {
  /** The columns of the result of {@link #score}. */
  static final StructType RESULT =
      new StructType()
          .add(ImagesTable.ID, DataTypes.StringType, false)
          .add(ImagesTable.PATH, DataTypes.StringType, false)
          .add(ImagesTable.LABEL, DataTypes.StringType)
          .add(PredictionsTable.SHA256, DataTypes.StringType)
          .add(
              PredictionsTable.PROBABILITIES, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(PredictionsTable.STATUS, DataTypes.StringType, false)
          .add(PredictionsTable.REASON, DataTypes.StringType)
          .add(PredictionsTable.PRECISION, DataTypes.StringType);

  private static final String[] INPUT = {
    ImagesTable.ID,
    ImagesTable.PATH,
    ImagesTable.LABEL,
    ImagesTable.OFFSET,
    ImagesTable.BYTES,
    ImagesTable.STATUS,
    ImagesTable.REASON,
    ImagesTable.SHA256,
    ImageLocations.SHARD,
    ImageLocations.START
  };

  private BatchInference() {}

  /**
   * Scores the images of a catalog.
   *
   * @param images rows of {@link ImagesTable}, which may have the columns of {@link
   *     ImageLocations}; images that the catalog found unusable are not read, and their rows keep
   *     its status
   * @param batchSize the number of images per forward pass
   * @param decodeThreads the number of worker threads per task
   * @return rows with the columns id, path, label, sha256, probabilities (softmax in the order of
   *     the model's labels), status, reason and precision
   */
  public static Dataset<Row> score(
      SparkSession spark,
      Dataset<Row> images,
      SharedModel model,
      int batchSize,
      int decodeThreads) {
    ImageSource source = new CatalogImages(new ImageFiles(spark));
    ResultRow result =
        (image, logits, precision) ->
            logits == null
                ? result(image, null, null)
                : result(
                    image,
                    softmax(logits, 0, logits.length),
                    precision.name().toLowerCase(Locale.ROOT));
    return run(
        ImageLocations.orNone(images).select(INPUT[0], Arrays.copyOfRange(INPUT, 1, INPUT.length)),
        source,
        model,
        ModelOutput.LOGITS,
        batchSize,
        decodeThreads,
        result,
        RESULT);
  }

  /**
   * Runs a model over the images of any rows.
   *
   * @param rows rows of any schema, one for each image
   * @param source reads the image of a row
   * @param output the kind of values that the model computes
   * @param batchSize the number of images per forward pass
   * @param decodeThreads the number of worker threads per task
   * @param result makes the output row of each input row
   * @param schema the schema of the rows that {@code result} makes
   */
  public static Dataset<Row> run(
      Dataset<Row> rows,
      ImageSource source,
      SharedModel model,
      ModelOutput output,
      int batchSize,
      int decodeThreads,
      ResultRow result,
      StructType schema) {
    LongAccumulator counter = rows.sparkSession().sparkContext().longAccumulator("images");
    MapPartitionsFunction<Row, Row> function =
        partition -> {
          ImageBatches batches =
              new ImageBatches(partition, source, model.input(), batchSize, decodeThreads);
          ModelResults results =
              new ModelResults(batches, model, output, batchSize, result, counter::add);
          TaskCompletionListener close = context -> results.close();
          TaskContext.get().addTaskCompletionListener(close);
          return results;
        };
    return rows.mapPartitions(function, Encoders.row(schema));
  }

  private static Row result(ImageBatches.Image image, float[] probabilities, String precision) {
    Row row = image.row();
    return RowFactory.create(
        row.getString(0),
        row.getString(1),
        row.getString(2),
        // An image that could not be read keeps the hash of the content that the catalog saw.
        image.sha256() == null ? row.getString(7) : image.sha256(),
        probabilities == null ? null : cell(probabilities),
        image.status().name(),
        image.reason(),
        precision);
  }

  /** Converts numbers to a cell of a column of arrays. */
  public static Seq<Float> cell(float[] values) {
    List<Float> list = new ArrayList<>(values.length);
    for (float value : values) {
      list.add(value);
    }
    return ScalaCells.seq(list);
  }

  /**
   * Computes the softmax of one row of logits. It computes in double, so that only the result is
   * rounded to float.
   *
   * @param logits the rows of logits, one after the other
   * @param row the index of the row, from 0
   * @param classes the number of logits in a row
   */
  public static float[] softmax(float[] logits, int row, int classes) {
    double max = Double.NEGATIVE_INFINITY;
    for (int k = 0; k < classes; k++) {
      max = Math.max(max, logits[row * classes + k]);
    }
    double sum = 0;
    double[] exponentials = new double[classes];
    for (int k = 0; k < classes; k++) {
      exponentials[k] = Math.exp(logits[row * classes + k] - max);
      sum += exponentials[k];
    }
    float[] probabilities = new float[classes];
    for (int k = 0; k < classes; k++) {
      probabilities[k] = (float) (exponentials[k] / sum);
    }
    return probabilities;
  }
}
