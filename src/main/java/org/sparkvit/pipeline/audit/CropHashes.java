package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.length;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.sparkvit.core.Background;
import org.sparkvit.core.Deadline;
import org.sparkvit.core.Progress;
import org.sparkvit.core.RunRecord;
import org.sparkvit.core.StableHash;
import org.sparkvit.dataset.query.SameContent;
import org.sparkvit.dataset.schema.CropHashesTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.codec.DecodedImage;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.codec.Transparency;
import org.sparkvit.image.hash.PdqHash;
import org.sparkvit.inference.IncrementalTable;
import org.sparkvit.loading.CatalogBackground;
import org.sparkvit.loading.ImageContent;

/**
 * Hashes each image and parts of it that common crops would leave. An image that is a crop of
 * another has about the hash of one of its parts. Of 40 crops of 3 to 6 percent 38 were within
 * {@link PdqHash#SAME} bits of a part, and of 80 smaller or harder compressed copies 79 were within
 * them of the whole.
 */
final class CropHashes {
  /** The shares of width and height that crops remove. */
  private static final double[] TAKEN = {0.03, 0.045, 0.06};

  /** The number of positions of each crop along each side. */
  private static final int PLACES = 5;

  /** The parts in the order of the table's hashes; the first is the whole image. */
  static final List<PdqHash.Crop> CROPS = crops();

  private CropHashes() {}

  private static List<PdqHash.Crop> crops() {
    List<PdqHash.Crop> crops = new ArrayList<>();
    crops.add(PdqHash.Crop.WHOLE);
    for (double taken : TAKEN) {
      for (int i = 0; i < PLACES; i++) {
        for (int j = 0; j < PLACES; j++) {
          crops.add(
              new PdqHash.Crop(taken * i / (PLACES - 1), taken * j / (PLACES - 1), 1 - taken));
        }
      }
    }
    return List.copyOf(crops);
  }

  /**
   * Hashes the parts of the images that are new or have changed.
   *
   * @param images rows of {@link ImagesTable}
   * @param deadline after which no chunk begins
   * @return how many images are left for the next run
   */
  static long hash(
      Workspace workspace,
      Dataset<Row> images,
      Deadline deadline,
      RunRecord record,
      Progress progress) {
    Background background = CatalogBackground.of(workspace);
    return PixelScan.fill(
        new IncrementalTable(
                workspace,
                CropHashesTable.SPEC,
                images.where(ImagesTable.usable()),
                rows -> PixelScan.keys(rows.where(complete())))
            .until(deadline),
        "hashed in parts",
        background,
        CropHashes::row,
        record,
        progress);
  }

  /** Returns the rows of these images, for the content that the catalog saw. */
  static Dataset<Row> rows(Workspace workspace, Dataset<Row> images) {
    return SameContent.current(workspace.read(CropHashesTable.SPEC).where(complete()), images);
  }

  /**
   * Returns the condition that a row has all hashes. Rows from before the whole image was among the
   * parts are too short.
   */
  private static Column complete() {
    return length(col(CropHashesTable.HASHES)).equalTo(CROPS.size() * PdqHash.BYTES);
  }

  private static Row row(
      String id, String known, ImageContent content, ImageDecoder decoder, Background background) {
    if (content.bytes() == null) {
      return RowFactory.create(id, known, null, null);
    }
    String sha256 = StableHash.sha256(content.bytes());
    DecodedImage decoded = decoder.decode(content.bytes(), content.name());
    if (!decoded.isUsable()) {
      return RowFactory.create(id, sha256, null, null);
    }
    ByteBuffer bytes = ByteBuffer.allocate(CROPS.size() * PdqHash.BYTES);
    PixelImage placed = Transparency.over(decoded.pixels(), background);
    PdqHash.ofParts(Transparency.seen(placed), CROPS).forEach(hash -> bytes.put(hash.toBytes()));
    return RowFactory.create(
        id, sha256, bytes.array(), PixelRow.measuredOn(decoded.pixels(), background));
  }

  /** Splits a cell of the table into the single hashes. */
  static List<byte[]> split(byte[] hashes) {
    List<byte[]> all = new ArrayList<>();
    for (int at = 0; at < hashes.length; at += PdqHash.BYTES) {
      all.add(Arrays.copyOfRange(hashes, at, at + PdqHash.BYTES));
    }
    return all;
  }
}
