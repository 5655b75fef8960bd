package org.sparkvit.training;

import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.sparkvit.image.Augment;
import org.sparkvit.inference.Prefetcher;
import org.sparkvit.vit.TrainingBatch;

/** Fills batches from the cache while the device works on an earlier one. */
final class Batches {
  private static final int AHEAD = 2;

  private final PixelCache cache;
  private final int side;
  private final int batchSize;
  private final List<ByteBuffer> buffers;

  /**
   * @param side of the cached images, in pixels
   * @param batchSize images per batch; the last may have fewer
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

  /**
   * A part of a step.
   *
   * @param images its buffer is used again for a later part once the next one has been taken
   * @param stepWeight sum of the weights of all images of the step
   * @param endsStep whether it is the last part
   */
  record Part(TrainingBatch images, double stepWeight, boolean endsStep) {}

  /**
   * Images to evaluate.
   *
   * @param pixels as in {@link TrainingBatch}; used again once the next batch has been taken
   * @param labels class indices
   */
  @SuppressWarnings("ArrayRecordComponent") // handed to the model, never compared
  record Labelled(ByteBuffer pixels, int[] labels) {}

  /** What goes into one batch, and where its pixels go. */
  private record Work(
      List<Showing> showings, ByteBuffer buffer, double stepWeight, boolean endsStep) {}

  /** The images as they are, in the order given. */
  Prefetcher<?, Labelled> plain(List<Showing> showings) {
    return over(
        showings,
        batchSize,
        work -> {
          int[] labels = new int[work.showings().size()];
          ByteBuffer out = work.buffer().clear();
          for (int i = 0; i < labels.length; i++) {
            Example example = work.showings().get(i).example();
            int slot = example.slot();
            out.put(out.position(), cache.buffer(slot), cache.offset(slot), imageBytes());
            out.position(out.position() + imageBytes());
            labels[i] = example.label();
          }
          return new Labelled(work.buffer(), labels);
        });
  }

  /**
   * The images changed at random, each showing in its own way.
   *
   * @param stepSize images per step, a multiple of the batch size
   */
  Prefetcher<?, Part> augmented(
      List<Showing> showings,
      int stepSize,
      Augment augment,
      Targets targets,
      long seed,
      int epoch) {
    return over(
        showings,
        stepSize,
        work -> {
          int size = work.showings().size();
          float[] rows = new float[size * targets.classes()];
          float[] weights = new float[size];
          long[] seeds = new long[size];
          ByteBuffer out = work.buffer().clear();
          for (int i = 0; i < size; i++) {
            Showing showing = work.showings().get(i);
            int slot = showing.example().slot();
            long own = showing.chance("augment", seed, epoch);
            augment.apply(cache.buffer(slot), cache.offset(slot), side, side, own, out);
            targets.add(showing.example().label(), 1, rows, i);
            weights[i] = showing.example().weight();
            seeds[i] = showing.chance("skip", seed, epoch);
          }
          TrainingBatch images = new TrainingBatch(work.buffer(), rows, weights, seeds);
          return new Part(images, work.stepWeight(), work.endsStep());
        });
  }

  private <R> Prefetcher<?, R> over(List<Showing> showings, int stepSize, Function<Work, R> fill) {
    return new Prefetcher<>(works(showings, stepSize), fill, AHEAD, AHEAD);
  }

  private Iterator<Work> works(List<Showing> showings, int stepSize) {
    return new Iterator<>() {
      private int at;
      private int batch;
      private double stepWeight;

      @Override
      public boolean hasNext() {
        return at < showings.size();
      }

      @Override
      public Work next() {
        if (at % stepSize == 0) {
          stepWeight = weight(part(at, stepSize));
        }
        List<Showing> part = part(at, batchSize);
        at += part.size();
        boolean ends = at == showings.size() || at % stepSize == 0;
        return new Work(part, buffers.get(batch++ % buffers.size()), stepWeight, ends);
      }

      private List<Showing> part(int from, int size) {
        return showings.subList(from, Math.min(showings.size(), from + size));
      }
    };
  }

  private static double weight(List<Showing> showings) {
    double sum = 0;
    for (Showing showing : showings) {
      sum += showing.example().weight();
    }
    return sum;
  }

  private int imageBytes() {
    return side * side * 3;
  }
}
