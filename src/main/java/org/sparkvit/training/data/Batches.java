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

/** Fills batches from the pixel cache while the device works on an earlier batch. */
public final class Batches {
  /**
   * The number of batches that are filled at the same time, each in a thread of its own. On a CPU
   * the model takes the cores; a GPU leaves them idle, and learns from thousands of images a
   * second.
   */
  private static final int AHEAD =
      Math.max(2, Math.min(8, Runtime.getRuntime().availableProcessors() / 2));

  private final PixelCache cache;
  private final int side;
  private final int batchSize;
  private final List<ByteBuffer> buffers;

  /**
   * Creates batches of images of a cache.
   *
   * @param cache the pixels, sealed
   * @param side the side of the cached images in pixels
   * @param batchSize the number of images per batch; the last may have fewer
   */
  public Batches(PixelCache cache, int side, int batchSize) {
    this.cache = cache;
    this.side = side;
    this.batchSize = batchSize;
    int bytes = Math.multiplyExact(batchSize, imageBytes());
    // There is a buffer for each batch that waits, and one for the batch in use.
    this.buffers =
        Stream.generate(() -> ByteBuffer.allocateDirect(bytes)).limit(AHEAD + 1L).toList();
  }

  /**
   * A part of a step: the images of one forward and backward pass.
   *
   * @param images the images; their buffer is reused for a later part once the next one has been
   *     taken
   * @param stepWeight the sum of the weights of all images of the step
   * @param endsStep whether this is the last part of the step
   */
  public record Part(TrainingBatch images, double stepWeight, boolean endsStep) {}

  /**
   * A batch of images to evaluate.
   *
   * @param pixels the pixels as in {@link TrainingBatch}; the buffer is reused once the next batch
   *     has been taken
   * @param labels the class index of each image
   */
  @SuppressWarnings("ArrayRecordComponent") // passed to the model, never compared
  public record Labelled(ByteBuffer pixels, int[] labels) {}

  /** The images of one batch, and the buffer for their pixels. */
  private record Work<S>(List<S> images, ByteBuffer buffer, double stepWeight, boolean endsStep) {}

  /** Returns batches of unchanged images in the order given. The caller closes it. */
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
   * Returns batches of randomly changed images. The caller closes it.
   *
   * @param samples the samples in their order
   * @param all the images that may be mixed in
   * @param stepSize the number of images per step, a multiple of the batch size
   * @param seed the seed of the changes, with the epoch and the image's id
   * @param epoch the number of the epoch, from 1
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
