package org.sparkvit.loading;

import java.util.Arrays;
import java.util.Iterator;
import org.apache.spark.sql.Row;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Reads the images that rows of {@link ImagesTable} name. Where the rows have the columns of {@link
 * org.sparkvit.loading.ImageLocations} and the shard that they name is intact, an image is read
 * from there; otherwise it is read from where the catalog found it. Where the rows have a status,
 * images whose status is not usable are not read.
 */
public record CatalogImages(ImageFiles files) implements ImageSource {
  @Override
  public ImageContent read(Row row) {
    String path = row.getAs(ImagesTable.PATH);
    if (Arrays.asList(row.schema().fieldNames()).contains(ImagesTable.STATUS)) {
      ImageStatus status = ImageStatus.valueOf(row.getAs(ImagesTable.STATUS));
      if (!status.isUsable()) {
        return ImageContent.failed(path, status, row.getAs(ImagesTable.REASON));
      }
    }
    return ImageContent.read(
        files, path, row.<Long>getAs(ImagesTable.OFFSET), row.<Long>getAs(ImagesTable.BYTES));
  }

  @Override
  public Iterator<Pending> open(Iterator<Row> rows) {
    ShardReads images = new ShardReads(files, rows);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return images.hasNext();
      }

      @Override
      public Pending next() {
        ShardReads.Image image = images.next();
        return new Pending(image.row(), () -> content(image));
      }
    };
  }

  private ImageContent content(ShardReads.Image image) {
    byte[] packed = image.packed();
    return packed == null
        ? read(image.row())
        : ImageContent.of(image.row().getAs(ImagesTable.PATH), packed);
  }
}
