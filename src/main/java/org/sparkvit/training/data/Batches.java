package org.sparkvit.training.data;

import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.sparkvit.loading.Prefetcher;
import org.sparkvit.model.runtime.TrainingBatch;

/** Fills batches from the cache while the device works on an earlier one. */
public final class Batches {
  /**
   * Batches in the making, each in a thread of its own. On a CPU the model takes the cores; a GPU
   * leaves them idle, and learns from thousands of images a second.
   */
  private static final int AHEAD =
      Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors() / 2));

  private final PixelCache cache;
  private final int side;
  private final int batchSize;
  private final List<ByteBuffer> buffers;

  /**
   * @param side of the cached images, in pixels
   * @param batchSize images per batch; the last may have fewer
   */
  public Batches(PixelCache cache, int side, int batchSize) {
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
  public record Part(TrainingBatch images, double stepWeight, boolean endsStep) {}

  /**
   * Images to evaluate.
   *
   * @param pixels as in {@link TrainingBatch}; used again once the next batch has been taken
   * @param labels class indices
   */
  @SuppressWarnings("ArrayRecordComponent") // handed to the model, never compared
  public record Labelled(ByteBuffer pixels, int[] labels) {}

  /** What goes into one batch, and where its pixels go. */
  private record Work<S>(List<S> images, ByteBuffer buffer, double stepWeight, boolean endsStep) {}

  /** Returns the images as they are, in the order given. */
  public Prefetcher<?, Labelled> plain(List<Example> examples) {
    return over(
        examples,
        batchSize,
        example -> 1,
        work -> {
          int[] labels = new int[work.images().size()];
          ByteBuffer out = work.buffer().clear();
          for (int i = 0; i < labels.length; i++) {
            Example example = work.images().get(i);
            int slot = example.slot();
            out.put(out.position(), cache.buffer(slot), cache.offset(slot), imageBytes());
            out.position(out.position() + imageBytes());
            labels[i] = example.label();
          }
          return new Labelled(work.buffer(), labels);
        });
  }

  /**
   * Returns the images changed at random, each sample in its own way.
   *
   * @param all images that may be mixed in
   * @param stepSize images per step, a multiple of the batch size
   */
  public Prefetcher<?, Part> augmented(
      List<EpochSample> samples,
      List<Example> all,
      int stepSize,
      BatchTransform batchTransform,
      Targets targets,
      long seed,
      int epoch) {
    List<BatchTransform.MixedSample> shown =
        new AbstractList<>() {
          @Override
          public BatchTransform.MixedSample get(int i) {
            return batchTransform.mixed(samples.get(i), all, seed, epoch);
          }

          @Override
          public int size() {
            return samples.size();
          }
        };
    return over(
        shown,
        stepSize,
        BatchTransform.MixedSample::weight,
        work -> {
          int size = work.images().size();
          float[] rows = new float[size * targets.classes()];
          float[] weights = new float[size];
          long[] seeds = new long[size];
          ByteBuffer out = work.buffer().clear();
          for (int i = 0; i < size; i++) {
            BatchTransform.MixedSample image = work.images().get(i);
            batchTransform.write(image, cache, seed, epoch, out);
            image.addTo(targets, rows, i);
            weights[i] = (float) image.weight();
            seeds[i] = image.epochSample().chance("skip", seed, epoch);
          }
          TrainingBatch images = new TrainingBatch(work.buffer(), rows, weights, seeds);
          return new Part(images, work.stepWeight(), work.endsStep());
        });
  }

  private <S, R> Prefetcher<?, R> over(
      List<S> images, int stepSize, ToDoubleFunction<S> weight, Function<Work<S>, R> fill) {
    return new Prefetcher<>(works(images, stepSize, weight), fill, AHEAD, AHEAD);
  }

  private <S> Iterator<Work<S>> works(List<S> images, int stepSize, ToDoubleFunction<S> weight) {
    return new Iterator<>() {
      private int at;
      private int batch;
      private double stepWeight;

      @Override
      public boolean hasNext() {
        return at < images.size();
      }

      @Override
      public Work<S> next() {
        if (at % stepSize == 0) {
          stepWeight = part(at, stepSize).stream().mapToDouble(weight).sum();
        }
        List<S> part = part(at, batchSize);
        at += part.size();
        boolean ends = at == images.size() || at % stepSize == 0;
        return new Work<>(part, buffers.get(batch++ % buffers.size()), stepWeight, ends);
      }

      private List<S> part(int from, int size) {
        return images.subList(from, Math.min(images.size(), from + size));
      }
    };
  }

  private int imageBytes() {
    return side * side * 3;
  }
}
