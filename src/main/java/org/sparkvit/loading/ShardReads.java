package org.sparkvit.loading;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * The images of one partition in its order, those in shards ready to be read from there: neighbours
 * share one request, and the next request is under way while the images of the last are used. It
 * runs as many rows ahead as two requests hold.
 *
 * <p>Iterating is for one thread, reading what comes out of it for many.
 */
public final class ShardReads implements Iterator<ShardReads.Image> {
  private final CoalescedRead.Source source;
  private final Iterator<Row> rows;
  private final Deque<Image> current = new ArrayDeque<>();
  private final Deque<Image> following = new ArrayDeque<>();
  private Row next;

  /**
   * A row and where the bytes of its image are.
   *
   * @param row one of those given
   * @param stretch the request they come with, or null where no shard has them
   * @param start their place in the shard
   * @param bytes how many
   */
  public record Image(Row row, CoalescedRead stretch, long start, int bytes) {
    /**
     * Returns the content as a shard has it; waits for it. Safe for use by several threads.
     *
     * @return null where no shard has it, or the shard is gone or damaged
     */
    public byte[] packed() {
      return stretch == null ? null : stretch.read(start, bytes, row.getAs(ImagesTable.SHA256));
    }
  }

  /**
   * Begins with the first request.
   *
   * @param rows with the columns sha256 and bytes of {@link ImagesTable} and those of {@link
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
      // The first of its stretch: time to have the one after it begun.
      gather(following);
    }
    Image image = current.removeFirst();
    if (current.isEmpty()) {
      current.addAll(following);
      following.clear();
    }
    return image;
  }

  /** Takes the rows of one request, or one row without. */
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
