package org.sparkvit.tools.bench;

import java.util.Iterator;
import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.image.resample.PreprocessSpec;
import org.sparkvit.loading.ImageBatches;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageSource;

/**
 * Measures scoring without the model: reading, decoding, turning, resizing, hashing, and batches of
 * pixels in order. It is the speed at which a model that costs nothing would get its input.
 */
record PipelineOnly(
    String name,
    SparkSession spark,
    List<Row> files,
    PreprocessSpec input,
    int batchSize,
    int decodeThreads,
    int seconds)
    implements Measurement {
  static final String NAME = "pipeline";

  /** The suffix of the name of a measurement with {@link PreprocessSpec#scaledDecoding}. */
  static final String SCALED = "scaled";

  @Override
  public double imagesPerSecond() {
    return AllCores.measure(
        spark,
        new Work(
            new ImageFiles(spark), List.copyOf(files), input, batchSize, decodeThreads, seconds));
  }

  private record Work(
      ImageFiles reader,
      List<Row> files,
      PreprocessSpec input,
      int batchSize,
      int decodeThreads,
      int seconds)
      implements AllCores.Work {
    @Override
    public double imagesPerSecond(int task) {
      ImageSource source =
          row -> ImageContent.read(reader, row.getString(0), row.getLong(1), row.getLong(2));
      long started = System.nanoTime();
      long enough = seconds * 1_000_000_000L;
      Iterator<Row> rows =
          new Iterator<>() {
            private int next = task * 7919;

            @Override
            public boolean hasNext() {
              return true;
            }

            @Override
            public Row next() {
              return files.get(next++ % files.size());
            }
          };
      long images = 0;
      try (ImageBatches batches = new ImageBatches(rows, source, input, batchSize, decodeThreads)) {
        while (System.nanoTime() - started < enough) {
          images += batches.next().usable();
        }
      }
      return images * 1e9 / (System.nanoTime() - started);
    }
  }
}
