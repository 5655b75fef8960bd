package org.sparkvit.loading;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.apache.spark.sql.Row;
import org.sparkvit.core.ImageStatus;
import org.sparkvit.image.codec.DecodeLimits;
import org.sparkvit.image.codec.ImageDecoder;
import org.sparkvit.image.resample.PreprocessSpec;

/**
 * The images of one partition as batches of pixels, in the order of the rows; every row is in
 * exactly one batch. Worker threads read, decode and prepare the images of the next batches while
 * the consumer works on the present one. What consumes them is not known here: a model, or nothing
 * when the pipeline alone is measured.
 *
 * <p>Memory holds the files that the workers are decoding, two batches of pixels that wait and the
 * one batch that was handed out, however long the partition is.
 */
public final class ImageBatches implements Iterator<ImageBatches.Batch>, AutoCloseable {
  /** Images that wait for their turn, in batches. */
  private static final int AHEAD = 2;

  /** Where rows carry the contents of their files, how much of that waits at most. */
  private static final long MAX_WEIGHT_AHEAD = 64L << 20;

  /** Rows without pixels cost the consumer nothing, but may not pile up without end. */
  private static final int MAX_ROWS_PER_SLOT = 8;

  /**
   * One image of a batch.
   *
   * @param row the input row
   * @param name path or file name, empty where there is none
   * @param status what happened to the image
   * @param reason why not OK, else null
   * @param sha256 of its content, or null where that could not be read
   * @param slot its place among the batch's pixels from 0, or -1 where it has none
   */
  public record Image(
      Row row, String name, ImageStatus status, String reason, String sha256, int slot) {
    /** Returns whether it has pixels. */
    public boolean isUsable() {
      return slot >= 0;
    }
  }

  /**
   * Some rows in a sequence, and the pixels of those of their images that have any.
   *
   * @param images one for every row, at least one
   * @param pixels direct buffer with room for a full batch: {@code [batchSize, height, width, 3]}
   *     unsigned bytes from index 0, of which the first {@code usable} are set and the rest is
   *     whatever it was, or null where no image so far had pixels. <b>Valid until the next batch is
   *     asked for</b>, which reuses it
   * @param usable how many images have pixels, 0 to batchSize
   */
  public record Batch(List<Image> images, ByteBuffer pixels, int usable) {}

  private record Loaded(Row row, String name, PreparedImage image) {}

  private final int imageBytes;
  private final int batchSize;
  private final Prefetcher<ImageSource.Pending, Loaded> loaded;
  private ByteBuffer pixels;

  /**
   * Starts to read.
   *
   * @param rows pulled by the consumer's thread only
   * @param batchSize images with pixels of a batch; all but a partition's last have as many unless
   *     most of their images are broken
   * @param decodeThreads worker threads that read, decode and prepare
   */
  public ImageBatches(
      Iterator<Row> rows,
      ImageSource source,
      PreprocessSpec input,
      int batchSize,
      int decodeThreads) {
    this.imageBytes = input.bytes();
    this.batchSize = batchSize;
    ImageDecoder decoder = new ImageDecoder(DecodeLimits.DEFAULT);
    this.loaded =
        new Prefetcher<>(
            source.open(rows),
            image -> {
              ImageContent content = image.content().get();
              return new Loaded(
                  image.row(), content.name(), PreparedImage.of(content, decoder, input));
            },
            decodeThreads,
            AHEAD * batchSize,
            image -> source.weight(image.row()),
            MAX_WEIGHT_AHEAD);
  }

  @Override
  public boolean hasNext() {
    return loaded.hasNext();
  }

  /** Returns the next batch, in the buffer of the one before. */
  @Override
  public Batch next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    List<Image> images = new ArrayList<>();
    int usable = 0;
    while (usable < batchSize
        && images.size() < MAX_ROWS_PER_SLOT * batchSize
        && loaded.hasNext()) {
      Loaded next = loaded.next();
      PreparedImage image = next.image();
      int slot = image.isUsable() ? usable++ : -1;
      if (slot >= 0) {
        if (pixels == null) {
          pixels = ByteBuffer.allocateDirect(batchSize * imageBytes);
        }
        pixels.put(slot * imageBytes, image.pixels());
      }
      images.add(
          new Image(next.row(), next.name(), image.status(), image.reason(), image.sha256(), slot));
    }
    return new Batch(images, pixels, usable);
  }

  /** Stops the workers; what they have in hand is dropped. */
  @Override
  public void close() {
    loaded.close();
  }
}
