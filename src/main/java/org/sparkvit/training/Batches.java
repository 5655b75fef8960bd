package org.sparkvit.training;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.sparkvit.image.Augment;
import org.sparkvit.inference.Prefetcher;

/** Fills batches from the cache while the device works on an earlier one. */
final class Batches {
  private static final int AHEAD = 2;

  private final PixelCache cache;
  private final int side;
  private final int batchSize;
  private final List<ByteBuffer> buffers;

  /**
   * @param side of the cached images, in pixels
   * @param batchSize images per batch; the last of an epoch may have fewer
   */
  Batches(PixelCache cache, int side, int batchSize) {
    this.cache = cache;
    this.side = side;
    this.batchSize = batchSize;
    int bytes = Math.multiplyExact(batchSize, imageBytes());
    // Those that wait, and the one in use.
    this.buffers =
        Stream.generate(() -> ByteBuffer.allocateDirect(bytes)).limit(AHEAD + 1L).toList();
  }

  /** The part of an epoch that goes into one batch, and where its pixels go. */
  private record Work(List<Showing> showings, ByteBuffer buffer) {}

  @FunctionalInterface
  private interface Fill {
    /** Puts the image at the buffer's position and moves that past it. */
    void put(Showing showing, ByteBuffer out);
  }

  /** The images as they are, in the order given. */
  Prefetcher<?, Batch> plain(List<Showing> showings) {
    return over(
        showings,
        (showing, out) -> {
          int slot = showing.example().slot();
          out.put(out.position(), cache.buffer(slot), cache.offset(slot), imageBytes());
          out.position(out.position() + imageBytes());
        });
  }

  /** The images changed at random, each showing in its own way. */
  Prefetcher<?, Batch> augmented(List<Showing> showings, Augment augment, long seed, int epoch) {
    return over(
        showings,
        (showing, out) -> {
          int slot = showing.example().slot();
          long own = showing.augmentation(seed, epoch);
          augment.apply(cache.buffer(slot), cache.offset(slot), side, side, own, out);
        });
  }

  private Prefetcher<?, Batch> over(List<Showing> showings, Fill fill) {
    int count = (showings.size() + batchSize - 1) / batchSize;
    Iterator<Work> works =
        IntStream.range(0, count)
            .mapToObj(
                i ->
                    new Work(
                        showings.subList(
                            i * batchSize, Math.min(showings.size(), (i + 1) * batchSize)),
                        buffers.get(i % buffers.size())))
            .iterator();
    return new Prefetcher<>(works, work -> fill(work, fill), AHEAD, AHEAD);
  }

  private static Batch fill(Work work, Fill fill) {
    int size = work.showings().size();
    int[] labels = new int[size];
    float[] weights = new float[size];
    ByteBuffer out = work.buffer().clear();
    for (int i = 0; i < size; i++) {
      Showing showing = work.showings().get(i);
      fill.put(showing, out);
      labels[i] = showing.example().label();
      weights[i] = showing.example().weight();
    }
    return new Batch(work.buffer(), labels, weights);
  }

  private int imageBytes() {
    return side * side * 3;
  }
}
