package org.sparkvit.tools.bench;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.core.Background;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.pipeline.audit.PixelRow;

/**
 * Measures the audit's one pass over the pixels, with one thread for each core. The results are
 * dropped.
 */
record AuditOnly(SparkSession spark, List<Row> files, int seconds) implements Measurement {
  static final String NAME = "audit";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public double imagesPerSecond() {
    return AllCores.measure(spark, new Work(new ImageFiles(spark), List.copyOf(files), seconds));
  }

  private record Work(ImageFiles reader, List<Row> files, int seconds) implements AllCores.Work {
    @Override
    public double imagesPerSecond(int task) {
      ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
      long started = System.nanoTime();
      long enough = seconds * 1_000_000_000L;
      int images = 0;
      while (System.nanoTime() - started < enough) {
        Row file = files.get((task * 7919 + images) % files.size());
        PixelRow.of(
            file.getString(0),
            null,
            ImageContent.read(reader, file.getString(0), file.getLong(1), file.getLong(2)),
            decoder,
            Background.NONE);
        images++;
      }
      return images * 1e9 / (System.nanoTime() - started);
    }
  }
}
