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
 * The images of one partition as batches of pixels, in the order of the rows. Every row is in
 * exactly one batch. Worker threads read, decode and prepare the images of the next batches while
 * the consumer works on the present one. The consumer may be a model, or nothing when the pipeline
 * alone is measured.
 *
 * <p>However long the partition is, memory holds only the files that the workers are decoding, two
 * batches of pixels that wait, and the one batch that was handed out.
 */
public final class ImageBatches implements Iterator<ImageBatches.Batch>, AutoCloseable {
  /** The number of batches of images that wait for their turn. */
  private static final int AHEAD = 2;

  /**
   * The largest total size in bytes of rows that wait, where rows carry the contents of their
   * files.
   */
  private static final long MAX_WEIGHT_AHEAD = 64L << 20;

  /**
   * The largest number of rows of a batch, in multiples of the batch size. Rows without pixels cost
   * the consumer nothing, but must not pile up without end.
   */
  private static final int MAX_ROWS_PER_SLOT = 8;

  /**
   * One image of a batch.
   *
   * @param row the input row
   * @param name the path or file name, or empty where there is none
   * @param status the outcome of reading and decoding
   * @param reason the reason why the status is not OK, or null
   * @param sha256 the hash of the file's content, or null where that could not be read
   * @param slot the index of the image in the batch's pixels, or -1 where it has no pixels
   */
  public record Image(
      Row row, String name, ImageStatus status, String reason, String sha256, int slot) {
    /** Returns whether the image has pixels. */
    public boolean isUsable() {
      return slot >= 0;
    }
  }

  /**
   * Consecutive rows, and the pixels of those of their images that could be decoded.
   *
   * @param images the images of the rows, at least one
   * @param pixels a direct buffer with room for a full batch, {@code [batchSize, height, width, 3]}
   *     unsigned bytes from index 0. The first {@code usable} images are set; the rest is
   *     undefined. It is null where no image so far had pixels. <b>Valid until the next batch is
   *     asked for</b>, which reuses it
   * @param usable the number of images that have pixels, 0 to batchSize
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
   * @param rows the rows, which only the consumer's thread iterates
   * @param source reads the images of the rows
   * @param input the preparation of the images
   * @param batchSize the number of images with pixels in a batch; all batches but a partition's
   *     last have as many, unless most of their images are broken
   * @param decodeThreads the number of worker threads that read, decode and prepare
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

  /** Returns the next batch, which reuses the buffer of the one before. */
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

  /** Stops the workers. Images in their hands are dropped. */
  @Override
  public void close() {
    loaded.close();
  }
}
