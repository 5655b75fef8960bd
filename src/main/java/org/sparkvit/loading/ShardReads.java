package org.sparkvit.loading;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Iterates over the images of one partition in their order. Images in shards are ready to be read
 * from there: neighbours share one request, and the next request is under way while the images of
 * the last one are used. It runs as many rows ahead as two requests hold.
 *
 * <p>One thread may iterate; several may read the images that come out of it.
 */
public final class ShardReads implements Iterator<ShardReads.Image> {
  private final CoalescedRead.Source source;
  private final Iterator<Row> rows;
  private final Deque<Image> current = new ArrayDeque<>();
  private final Deque<Image> following = new ArrayDeque<>();
  private Row next;

  /**
   * A row and the place of its image's bytes.
   *
   * @param row the row
   * @param stretch the request that reads them, or null where no shard has them
   * @param start the index of the first byte in the shard
   * @param bytes the number of bytes
   */
  public record Image(Row row, CoalescedRead stretch, long start, int bytes) {
    /**
     * Waits for the shard's content of this image and returns it. Several threads may call it.
     *
     * @return the content, or null where no shard has it, or the shard is gone or damaged
     */
    public byte[] packed() {
      return stretch == null ? null : stretch.read(start, bytes, row.getAs(ImagesTable.SHA256));
    }
  }

  /**
   * Begins with the first request.
   *
   * @param rows rows with the columns sha256 and bytes of {@link ImagesTable} and those of {@link
   *     ImageLocations}
   */
  public ShardReads(ImageFiles files, Iterator<Row> rows) {
    this.source = new CoalescedRead.Source(files);
    this.rows = rows;
    advance();
    gather(current);
  }

  @Override
  public boolean hasNext() {
    return !current.isEmpty();
  }

  @Override
  public Image next() {
    if (current.isEmpty()) {
      throw new NoSuchElementException();
    }
    if (following.isEmpty()) {
      // This image is the first of its request, so the request after it is begun now.
      gather(following);
    }
    Image image = current.removeFirst();
    if (current.isEmpty()) {
      current.addAll(following);
      following.clear();
    }
    return image;
  }

  /** Collects the rows of one request, or one row that needs none. */
  private void gather(Deque<Image> images) {
    if (next == null) {
      return;
    }
    if (!isPacked()) {
      images.add(new Image(next, null, 0, 0));
      advance();
      return;
    }
    CoalescedRead stretch = new CoalescedRead(source, next.getAs(ImageLocations.SHARD));
    while (isPacked() && stretch.join(next.getAs(ImageLocations.SHARD), start(), bytes())) {
      images.add(new Image(next, stretch, start(), bytes()));
      advance();
    }
    stretch.begin();
  }

  private boolean isPacked() {
    return next != null && next.getAs(ImageLocations.SHARD) != null;
  }

  private long start() {
    return next.<Long>getAs(ImageLocations.START);
  }

  private int bytes() {
    return Math.toIntExact(next.<Long>getAs(ImagesTable.BYTES));
  }

  private void advance() {
    next = rows.hasNext() ? rows.next() : null;
  }
}
