package org.sparkvit.audit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Locale;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.TaskCompletionListener;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.image.DecodeLimits;
import org.sparkvit.image.DecodedImage;
import org.sparkvit.image.ImageDecoder;
import org.sparkvit.image.ImageQuality;
import org.sparkvit.image.PdqHash;
import org.sparkvit.image.PixelImage;
import org.sparkvit.inference.CatalogImages;
import org.sparkvit.inference.ChunkedFill;
import org.sparkvit.inference.ImageContent;
import org.sparkvit.inference.ImageSource;
import org.sparkvit.inference.Prefetcher;
import org.sparkvit.table.IdRange;
import org.sparkvit.table.ImageFiles;
import org.sparkvit.table.ImagesTable;
import org.sparkvit.table.PixelsTable;
import org.sparkvit.table.Workspace;

/** The one pass over the pixels: rows of a catalog become rows of {@link PixelsTable}. */
final class PixelScan {
  private static final int READERS = 4;
  private static final int AHEAD = 8;
  private static final long MAX_BYTES_AHEAD = 64L << 20;

  private static final Object[] RETRIED = {ImageStatus.MISSING.name(), ImageStatus.TIMEOUT.name()};

  private PixelScan() {}

  /**
   * Measures the images that are new or have changed.
   *
   * @param images rows of {@link ImagesTable}
   * @return the rows of these images, of the content that the catalog saw
   */
  static Dataset<Row> of(
      Workspace workspace, Dataset<Row> images, RunRecord record, Progress progress) {
    new ChunkedFill(
            "audit", "measured", range -> missing(workspace, images, range), PixelScan::measure)
        .run(workspace, PixelsTable.SPEC, record, progress);
    return workspace
        .read(PixelsTable.SPEC)
        .join(
            images.select(
                col(ImagesTable.ID).as("wanted_id"), col(ImagesTable.SHA256).as("wanted_sha256")),
            sameContent(col("wanted_id"), col("wanted_sha256")),
            "left_semi");
  }

  private static Dataset<Row> missing(Workspace workspace, Dataset<Row> all, IdRange range) {
    Dataset<Row> images = all.where(range.has(col(ImagesTable.ID)));
    if (!workspace.has(PixelsTable.SPEC)) {
      return images;
    }
    Dataset<Row> done =
        workspace
            .read(PixelsTable.SPEC)
            .where(range.has(col(PixelsTable.ID)))
            // What was gone or took too long may be there in time now.
            .where(not(col(PixelsTable.STATUS).isin(RETRIED)))
            .select(PixelsTable.ID, PixelsTable.SHA256)
            .toDF("done_id", "done_sha256");
    return images.join(
        done,
        col(ImagesTable.ID)
            .equalTo(col("done_id"))
            .and(col(ImagesTable.SHA256).eqNullSafe(col("done_sha256"))),
        "left_anti");
  }

  private static Column sameContent(Column id, Column sha256) {
    return col(PixelsTable.ID).equalTo(id).and(col(PixelsTable.SHA256).eqNullSafe(sha256));
  }

  private static Dataset<Row> measure(Dataset<Row> images) {
    SparkSession spark = images.sparkSession();
    ImageSource source = new CatalogImages(new ImageFiles(spark));
    MapPartitionsFunction<Row, Row> function =
        rows -> {
          // Reading waits for the storage, so it runs ahead of the measuring in this thread.
          Prefetcher<ImageSource.Pending, Loaded> loaded =
              new Prefetcher<>(
                  source.open(rows),
                  image -> new Loaded(image.row(), image.content().get()),
                  READERS,
                  AHEAD,
                  image -> Math.max(0, image.row().<Long>getAs(ImagesTable.BYTES)),
                  MAX_BYTES_AHEAD);
          TaskCompletionListener closing = context -> loaded.close();
          TaskContext.get().addTaskCompletionListener(closing);
          ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
          return new Iterator<>() {
            @Override
            public boolean hasNext() {
              return loaded.hasNext();
            }

            @Override
            public Row next() {
              Loaded image = loaded.next();
              return row(image.row(), image.content(), decoder);
            }
          };
        };
    return images.mapPartitions(function, Encoders.row(PixelsTable.SPEC.schema()));
  }

  private record Loaded(Row row, ImageContent content) {}

  private static Row row(Row image, ImageContent content, ImageDecoder decoder) {
    String id = image.getAs(ImagesTable.ID);
    if (content.bytes() == null) {
      // The content that the catalog saw, so that the image is among its findings.
      return unmeasured(id, image.getAs(ImagesTable.SHA256), content.status(), content.reason());
    }
    String sha256 = StableHash.sha256(content.bytes());
    DecodedImage decoded = decoder.decode(content.bytes(), content.name());
    if (!decoded.isUsable()) {
      return unmeasured(id, sha256, decoded.status(), decoded.reason());
    }
    PixelImage pixels = decoded.pixels();
    ImageQuality quality = ImageQuality.of(pixels, isStoredGray(decoded));
    PdqHash hash = PdqHash.of(pixels);
    return RowFactory.create(
        id,
        sha256,
        pixels.width(),
        pixels.height(),
        quality.dark(),
        quality.light(),
        quality.aspect(),
        quality.information(),
        quality.sharpness(),
        quality.brightness(),
        quality.gray(),
        String.format(Locale.ROOT, "#%06X", quality.color()),
        hash.toBytes(),
        hash.quality(),
        pixelHash(pixels),
        decoded.status().name(),
        decoded.reason().isEmpty() ? null : decoded.reason());
  }

  /** One or two channels may also be a palette, which is looked up: then the three may differ. */
  private static boolean isStoredGray(DecodedImage image) {
    if (image.channels() > 2) {
      return false;
    }
    byte[] rgb = image.pixels().rgb();
    for (int at = 0; at < rgb.length; at += 3) {
      if (rgb[at] != rgb[at + 1] || rgb[at] != rgb[at + 2]) {
        return false;
      }
    }
    return true;
  }

  private static Row unmeasured(String id, String sha256, ImageStatus status, String reason) {
    Object[] cells = new Object[PixelsTable.SPEC.schema().length()];
    cells[0] = id;
    cells[1] = sha256;
    cells[cells.length - 2] = status.name();
    cells[cells.length - 1] = reason;
    return RowFactory.create(cells);
  }

  private static String pixelHash(PixelImage pixels) {
    MessageDigest digest = StableHash.sha256();
    digest.update(ByteBuffer.allocate(8).putInt(pixels.width()).putInt(pixels.height()).array());
    digest.update(pixels.rgb());
    return HexFormat.of().formatHex(digest.digest());
  }
}
