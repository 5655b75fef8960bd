package org.sparkvit.report;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.col;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.Serializable;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.image.DecodeLimits;
import org.sparkvit.image.DecodedImage;
import org.sparkvit.image.ImageDecoder;
import org.sparkvit.image.Thumbnail;
import org.sparkvit.table.ImageFiles;
import org.sparkvit.table.ImagesTable;

/** Reads and shrinks a few images of the catalog on the executors. */
final class Thumbnails {
  private static final StructType RESULT =
      new StructType()
          .add(ImagesTable.ID, DataTypes.StringType, false)
          .add("image", DataTypes.StringType)
          .add("problem", DataTypes.StringType);

  private final SparkSession spark;
  private final int size;

  /**
   * Makes thumbnails of one size.
   *
   * @param size longer side in pixels
   */
  Thumbnails(SparkSession spark, int size) {
    this.spark = spark;
    this.size = size;
  }

  /** A JPEG in base 64, or why there is none; the other one is null. */
  record Picture(String image, String problem) {}

  /** Thumbnails by id; ids that the catalog does not have are absent. */
  Map<String, Picture> of(Dataset<Row> images, List<String> ids) {
    Map<String, Picture> thumbnails = new HashMap<>();
    if (ids.isEmpty()) {
      return thumbnails;
    }
    Dataset<Row> wanted = spark.createDataset(ids, Encoders.STRING()).toDF(ImagesTable.ID);
    int tasks = Math.min(ids.size(), spark.sparkContext().defaultParallelism());
    for (Row row :
        images
            .select(ImagesTable.ID, ImagesTable.PATH, ImagesTable.OFFSET, ImagesTable.BYTES)
            .join(broadcast(wanted), ImagesTable.ID)
            .repartition(tasks, col(ImagesTable.ID))
            .mapPartitions(new Maker(new ImageFiles(spark), size), Encoders.row(RESULT))
            .collectAsList()) {
      thumbnails.put(row.getString(0), new Picture(row.getString(1), row.getString(2)));
    }
    return thumbnails;
  }

  /** What an executor does with its share of the images. */
  private record Maker(ImageFiles files, int size)
      implements MapPartitionsFunction<Row, Row>, Serializable {

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
      return new Iterator<>() {
        @Override
        public boolean hasNext() {
          return rows.hasNext();
        }

        @Override
        public Row next() {
          Row row = rows.next();
          Picture picture = make(decoder, row.getString(1), row.getLong(2), row.getLong(3));
          return RowFactory.create(row.getString(0), picture.image(), picture.problem());
        }
      };
    }

    private Picture make(ImageDecoder decoder, String path, long offset, long bytes) {
      if (bytes < 0 || bytes > Math.min(DecodeLimits.DEFAULT.maxBytes(), Integer.MAX_VALUE - 8)) {
        return new Picture(null, bytes < 0 ? "file is missing" : "file is too large");
      }
      try {
        DecodedImage image = decoder.decode(files.read(path, offset, (int) bytes), path);
        if (!image.isUsable()) {
          return new Picture(null, image.status() + ": " + image.reason());
        }
        byte[] jpeg = Thumbnail.jpeg(image.pixels(), size);
        return new Picture(Base64.getEncoder().encodeToString(jpeg), null);
      } catch (FileNotFoundException e) {
        return new Picture(null, "file is gone");
      } catch (EOFException e) {
        return new Picture(null, "file is shorter than it was");
      } catch (IOException e) {
        // One picture less does not make the figures wrong.
        return new Picture(null, "file cannot be read: " + e.getMessage());
      }
    }
  }
}
