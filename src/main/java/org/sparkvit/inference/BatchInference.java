package org.sparkvit.inference;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
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
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.UserException;
import org.sparkvit.image.DecodeLimits;
import org.sparkvit.image.ImageDecoder;
import org.sparkvit.table.ImageFiles;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.PredictionsTable;
import org.sparkvit.vit.ViTSession;
import scala.collection.JavaConverters;

/**
 * Runs a model over images. Every input row gives exactly one output row: probabilities, or a
 * status and a reason why there are none. Pixels stay within the task.
 *
 * <p>Within a task, worker threads read, decode and prepare the images of the next batches while
 * the device computes the present one. The last batch is filled up, so that the device sees one
 * shape only and an image's result does not depend on the size of its partition.
 */
public final class BatchInference {
  /** Columns of the result. */
  static final StructType RESULT =
      new StructType()
          .add(ImagesTable.ID, DataTypes.StringType, false)
          .add(ImagesTable.PATH, DataTypes.StringType, false)
          .add(ImagesTable.LABEL, DataTypes.StringType)
          .add(PredictionsTable.SHA256, DataTypes.StringType)
          .add(
              PredictionsTable.PROBABILITIES, DataTypes.createArrayType(DataTypes.FloatType, false))
          .add(PredictionsTable.STATUS, DataTypes.StringType, false)
          .add(PredictionsTable.REASON, DataTypes.StringType);

  private static final String[] INPUT = {
    ImagesTable.ID,
    ImagesTable.PATH,
    ImagesTable.LABEL,
    ImagesTable.OFFSET,
    ImagesTable.BYTES,
    ImagesTable.STATUS,
    ImagesTable.REASON,
    ImagesTable.SHA256
  };

  private BatchInference() {}

  /**
   * Scores the images of a catalog.
   *
   * @param images rows of {@link ImagesTable}; those that the catalog found unusable are passed on
   *     with its status, unread
   * @param batchSize images per forward pass
   * @param decodeThreads worker threads per task
   * @return id, path, label, sha256, probabilities (softmax in the order of the model's labels),
   *     status, reason
   */
  public static Dataset<Row> score(
      SparkSession spark,
      Dataset<Row> images,
      SharedModel model,
      int batchSize,
      int decodeThreads) {
    ImageFiles files = new ImageFiles(spark);
    LongAccumulator counter = spark.sparkContext().longAccumulator("images");
    MapPartitionsFunction<Row, Row> function =
        rows -> {
          Batches batches = new Batches(rows, files, model, batchSize, decodeThreads, counter);
          TaskCompletionListener close = context -> batches.close();
          TaskContext.get().addTaskCompletionListener(close);
          return batches;
        };
    return images
        .select(INPUT[0], Arrays.copyOfRange(INPUT, 1, INPUT.length))
        .mapPartitions(function, Encoders.row(RESULT));
  }

  /** One partition's rows, a batch at a time. */
  private static final class Batches implements Iterator<Row>, AutoCloseable {
    private record Item(Row row, PreparedImage image) {}

    private final SharedModel model;
    private final int batchSize;
    private final LongAccumulator counter;
    private final Prefetcher<Row, Item> prepared;
    private final List<Item> batch = new ArrayList<>();
    private Iterator<Row> results = List.<Row>of().iterator();
    private ByteBuffer pixels;

    Batches(
        Iterator<Row> rows,
        ImageFiles files,
        SharedModel model,
        int batchSize,
        int decodeThreads,
        LongAccumulator counter) {
      this.model = model;
      this.batchSize = batchSize;
      this.counter = counter;
      ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
      this.prepared =
          new Prefetcher<>(
              rows,
              row -> new Item(row, prepare(row, files, decoder, model)),
              decodeThreads,
              2 * batchSize);
    }

    private static PreparedImage prepare(
        Row row, ImageFiles files, ImageDecoder decoder, SharedModel model) {
      ImageStatus status = ImageStatus.valueOf(row.getString(5));
      if (!status.isUsable()) {
        return PreparedImage.failed(status, row.getString(6));
      }
      return PreparedImage.of(
          files, decoder, model.input(), row.getString(1), row.getLong(3), row.getLong(4));
    }

    @Override
    public boolean hasNext() {
      while (!results.hasNext() && prepared.hasNext()) {
        computeBatch();
      }
      return results.hasNext();
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return results.next();
    }

    /** Collects images until as many as a batch holds are usable, and runs the model on them. */
    private void computeBatch() {
      batch.clear();
      int usable = 0;
      int size = model.input().bytes();
      while (usable < batchSize && prepared.hasNext()) {
        Item item = prepared.next();
        batch.add(item);
        if (item.image().isUsable()) {
          if (pixels == null) {
            pixels = ByteBuffer.allocateDirect(batchSize * size);
          }
          pixels.put(usable * size, item.image().pixels());
          usable++;
        }
      }
      float[] logits = new float[0];
      if (usable > 0) {
        ViTSession session = model.session();
        logits = session.logits(pixels, batchSize);
      }
      List<Row> rows = new ArrayList<>(batch.size());
      int index = 0;
      for (Item item : batch) {
        float[] probabilities = null;
        if (item.image().isUsable()) {
          probabilities = softmax(logits, index++, model.labels().size());
          requireNumbers(probabilities, item.row().getString(1));
        }
        rows.add(result(item.row(), item.image(), probabilities));
      }
      counter.add(batch.size());
      results = rows.iterator();
    }

    /** A model that gives no numbers does so for all images, and none of its labels is one. */
    private void requireNumbers(float[] probabilities, String path) {
      if (Float.isNaN(probabilities[0])) {
        throw new UserException(
            "model "
                + model.hash()
                + " gives no numbers for '"
                + path
                + "': its weights are damaged, or its training diverged; use another model");
      }
    }

    @Override
    public void close() {
      prepared.close();
    }
  }

  private static Row result(Row image, PreparedImage prepared, float[] probabilities) {
    List<Float> list = null;
    if (probabilities != null) {
      list = new ArrayList<>(probabilities.length);
      for (float probability : probabilities) {
        list.add(probability);
      }
    }
    return RowFactory.create(
        image.getString(0),
        image.getString(1),
        image.getString(2),
        // Of what could not be read, the content that the catalog saw.
        prepared.sha256() == null ? image.getString(7) : prepared.sha256(),
        list == null ? null : JavaConverters.asScalaBuffer(list).toSeq(),
        prepared.status().name(),
        prepared.reason());
  }

  /** Softmax of one row of logits, in double so that the rounding is the last step. */
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
