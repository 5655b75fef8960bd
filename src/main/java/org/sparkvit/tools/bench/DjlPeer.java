package org.sparkvit.tools.bench;

import ai.djl.MalformedModelException;
import ai.djl.inference.Predictor;
import ai.djl.modality.cv.Image;
import ai.djl.modality.cv.util.NDImageUtils;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.repository.zoo.Criteria;
import ai.djl.repository.zoo.ModelNotFoundException;
import ai.djl.repository.zoo.ZooModel;
import ai.djl.translate.Batchifier;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.SparkFiles;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Measures a plain job on DJL, written in the way of the DJL Spark extension. Spark's own image
 * source decodes with ImageIO into rows of BGR bytes, each task loads the model for itself, and a
 * translator resizes. Batches of 10 images are computed after they have been read. The archive is
 * this program's, with fused attention; a traced model would not be faster.
 *
 * @param archive the file name of a TorchScript archive that Spark distributes to the executors
 * @param paths the images, each once
 * @param side the side of the model's input in pixels
 */
record DjlPeer(SparkSession spark, String archive, List<String> paths, int side)
    implements Measurement {
  static final String NAME = "plain DJL job";

  private static final int BATCH = 10;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public double imagesPerSecond() {
    long started = System.nanoTime();
    Dataset<Row> images =
        spark.read().format("image").load(paths.toArray(String[]::new)).select("image.*");
    long scored =
        images
            .mapPartitions(new Scoring(archive, side), Encoders.INT())
            .filter("value is not null")
            .count();
    return scored * 1e9 / (System.nanoTime() - started);
  }

  private record Scoring(String archive, int side) implements MapPartitionsFunction<Row, Integer> {
    @Override
    public Iterator<Integer> call(Iterator<Row> rows)
        throws IOException, ModelNotFoundException, MalformedModelException, TranslateException {
      List<Integer> classes = new ArrayList<>();
      if (!rows.hasNext()) {
        return classes.iterator();
      }
      Criteria<Row, Integer> criteria =
          Criteria.builder()
              .setTypes(Row.class, Integer.class)
              .optEngine("PyTorch")
              .optModelPath(Path.of(SparkFiles.get(archive)))
              .optTranslator(new Resizing(side))
              .build();
      try (ZooModel<Row, Integer> model = criteria.loadModel();
          Predictor<Row, Integer> predictor = model.newPredictor()) {
        while (rows.hasNext()) {
          List<Row> batch = new ArrayList<>(BATCH);
          while (batch.size() < BATCH && rows.hasNext()) {
            batch.add(rows.next());
          }
          classes.addAll(predictor.batchPredict(batch));
        }
      }
      return classes.iterator();
    }
  }

  /** Converts a row of Spark's image source to the pixels that the archive takes. */
  private record Resizing(int side) implements Translator<Row, Integer> {
    @Override
    public NDList processInput(TranslatorContext context, Row image) {
      int height = image.getInt(image.fieldIndex("height"));
      int width = image.getInt(image.fieldIndex("width"));
      byte[] bgr = image.getAs("data");
      NDArray pixels =
          context
              .getNDManager()
              .create(ByteBuffer.wrap(bgr), new Shape(height, width, 3), DataType.UINT8)
              .flip(2)
              .toType(DataType.FLOAT32, false);
      NDArray resized = NDImageUtils.resize(pixels, side, side, Image.Interpolation.BILINEAR);
      return new NDList(resized.toType(DataType.UINT8, false));
    }

    @Override
    public Integer processOutput(TranslatorContext context, NDList list) {
      return Math.toIntExact(list.singletonOrThrow().argMax().getLong());
    }

    @Override
    public Batchifier getBatchifier() {
      return Batchifier.STACK;
    }
  }
}
