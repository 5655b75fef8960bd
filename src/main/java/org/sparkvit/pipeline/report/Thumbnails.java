package org.sparkvit.pipeline.report;

import static org.apache.spark.sql.functions.col;

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
import org.sparkvit.core.Background;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.DecodedImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.codec.Thumbnail;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.CatalogImages;
import org.sparkvit.loading.ImageContent;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageLocations;
import org.sparkvit.loading.ImageSource;
import org.sparkvit.loading.RetryingImageReader;

/** Reads some images of the catalog on the executors and makes small copies of them. */
final class Thumbnails {
  private static final StructType RESULT =
      new StructType()
          .add(ImagesTable.ID, DataTypes.StringType, false)
          .add("image", DataTypes.StringType)
          .add("problem", DataTypes.StringType);

  private final SparkSession spark;
  private final Workspace workspace;
  private final int size;

  /**
   * Creates a maker of thumbnails of one size.
   *
   * @param workspace the workspace that the images belong to
   * @param size the longer side in pixels
   */
  Thumbnails(SparkSession spark, Workspace workspace, int size) {
    this.spark = spark;
    this.workspace = workspace;
    this.size = size;
  }

  /** A JPEG in base 64, or the reason why there is none. The other one is null. */
  record Picture(String image, String problem) {}

  /** Returns thumbnails by id. Ids that the catalog does not have are left out. */
  Map<String, Picture> make(Dataset<Row> images, List<String> ids) {
    Map<String, Picture> thumbnails = new HashMap<>();
    if (ids.isEmpty()) {
      return thumbnails;
    }
    // A condition and no join, so that the one with the packed places finds these few, too.
    Dataset<Row> wanted = images.where(col(ImagesTable.ID).isin(ids.toArray()));
    int tasks = Math.min(ids.size(), spark.sparkContext().defaultParallelism());
    for (Row row :
        ImageLocations.of(
                workspace,
                wanted.select(
                    ImagesTable.ID,
                    ImagesTable.PATH,
                    ImagesTable.OFFSET,
                    ImagesTable.BYTES,
                    ImagesTable.SHA256))
            .repartition(tasks, col(ImagesTable.ID))
            .mapPartitions(
                new Maker(
                    new CatalogImages(new ImageFiles(spark)),
                    CatalogBackground.of(workspace),
                    size),
                Encoders.row(RESULT))
            .collectAsList()) {
      thumbnails.put(row.getString(0), new Picture(row.getString(1), row.getString(2)));
    }
    return thumbnails;
  }

  /** Makes the thumbnails of a partition on an executor. */
  private record Maker(CatalogImages source, Background background, int size)
      implements MapPartitionsFunction<Row, Row>, Serializable {

    @Override
    public Iterator<Row> call(Iterator<Row> rows) {
      ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT, background);
      Iterator<ImageSource.Pending> images = source.open(rows);
      return new Iterator<>() {
        private String outage;

        @Override
        public boolean hasNext() {
          return images.hasNext();
        }

        @Override
        public Row next() {
          ImageSource.Pending image = images.next();
          Picture picture = new Picture(null, outage);
          if (outage == null) {
            try {
              picture = make(decoder, image.content().get());
            } catch (UserException e) {
              // Pictures less do not make the figures wrong, and are not waited for one by one.
              outage = RetryingImageReader.message(e);
              picture = new Picture(null, outage);
            }
          }
          return RowFactory.create(image.row().getString(0), picture.image(), picture.problem());
        }
      };
    }

    private Picture make(ImageDecoder decoder, ImageContent content) {
      if (content.bytes() == null) {
        return new Picture(null, content.status() + ": " + content.reason());
      }
      DecodedImage image = decoder.decode(content.bytes(), content.name());
      if (!image.isUsable()) {
        return new Picture(null, image.status() + ": " + image.reason());
      }
      byte[] jpeg = Thumbnail.jpeg(image.pixels(), size);
      return new Picture(Base64.getEncoder().encodeToString(jpeg), null);
    }
  }
}
