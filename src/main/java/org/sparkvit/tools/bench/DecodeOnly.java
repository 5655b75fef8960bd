package org.sparkvit.tools.bench;

import java.util.List;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.ImageFiles;

/** Measures reading and decoding with one thread for each core. The pixels are dropped. */
record DecodeOnly(SparkSession spark, List<Row> files, int seconds) implements Measurement {
  @Override
  public String name() {
    return "decode";
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
        ImageContent content =
            ImageContent.read(reader, file.getString(0), file.getLong(1), file.getLong(2));
        decoder.decode(content.bytes(), content.name());
        images++;
      }
      return images * 1e9 / (System.nanoTime() - started);
    }
  }
}
