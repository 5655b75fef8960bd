package org.sparkvit.training.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.core.UserException;
import org.sparkvit.image.augment.Augment;
import org.sparkvit.image.augment.Mixing;
import org.sparkvit.loading.Prefetcher;

class PixelCacheTest {
  private static final int SIDE = 4;
  private static final int BYTES = SIDE * SIDE * 3;

  @TempDir Path folder;

  @Test
  void givesBackWhatWasPutInAcrossSegments() throws Exception {
    Random random = new Random(1);
    List<byte[]> images = new ArrayList<>();
    Path file;
    // 100 bytes hold two images, so eleven need six segments.
    try (PixelCache cache = PixelCache.create(folder, BYTES, 11, 100)) {
      for (int i = 0; i < 11; i++) {
        byte[] image = new byte[BYTES];
        random.nextBytes(image);
        images.add(image);
        assertThat(cache.append(image)).isEqualTo(i);
      }
      cache.seal();
      for (int i = 10; i >= 0; i--) {
        byte[] back = new byte[BYTES];
        cache.buffer(i).get(cache.offset(i), back);
        assertThat(back).isEqualTo(images.get(i));
      }
      file = cache.file();
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void batchesHoldImagesLabelsAndWeightsInOrder() {
    try (PixelCache cache = PixelCache.create(folder, BYTES, 7)) {
      List<Example> examples = new ArrayList<>();
      for (int i = 0; i < 7; i++) {
        byte[] image = new byte[BYTES];
        java.util.Arrays.fill(image, (byte) i);
        examples.add(new Example("id" + i, i % 3, 0.5f * i, 1, cache.append(image)));
      }
      cache.seal();
      Batches batches = new Batches(cache, SIDE, 2);
      List<EpochSample> samples = EpochSample.shuffled(examples, 3, 1);
      List<Integer> order =
          samples.stream().map(epochSample -> epochSample.example().slot()).toList();
      List<Integer> seen = new ArrayList<>();
      try (Prefetcher<?, Batches.Labelled> all =
          batches.plain(samples.stream().map(EpochSample::example).toList())) {
        while (all.hasNext()) {
          Batches.Labelled batch = all.next();
          for (int i = 0; i < batch.labels().length; i++) {
            seen.add(pixel(batch.pixels(), i));
            assertThat(batch.labels()[i]).isEqualTo(pixel(batch.pixels(), i) % 3);
          }
        }
      }
      assertThat(seen).isEqualTo(order);

      BatchTransform nothing =
          new BatchTransform(
              SIDE,
              List.of(Augment.NONE, Augment.NONE, Augment.NONE),
              Mixing.NONE,
              List.of(Set.of(), Set.of(), Set.of()));
      // Steps of four images in two parts; the last one has three.
      seen.clear();
      List<Boolean> ends = new ArrayList<>();
      List<Double> weights = new ArrayList<>();
      try (Prefetcher<?, Batches.Part> all =
          batches.augmented(samples, examples, 4, nothing, new Targets(3, 0), 3, 1)) {
        while (all.hasNext()) {
          Batches.Part part = all.next();
          ends.add(part.endsStep());
          weights.add(part.stepWeight());
          for (int i = 0; i < part.images().size(); i++) {
            int pixel = pixel(part.images().pixels(), i);
            seen.add(pixel);
            assertThat(part.images().weights()[i]).isEqualTo(0.5f * pixel);
            for (int c = 0; c < 3; c++) {
              assertThat(part.images().targets()[3 * i + c]).isEqualTo(c == pixel % 3 ? 1 : 0);
            }
          }
        }
      }
      assertThat(seen).isEqualTo(order);
      assertThat(ends).containsExactly(false, true, false, true);
      double first = order.subList(0, 4).stream().mapToDouble(slot -> 0.5 * slot).sum();
      assertThat(weights).containsExactly(first, first, 10.5 - first, 10.5 - first);
    }
  }

  private static int pixel(ByteBuffer pixels, int i) {
    int pixel = pixels.get(i * BYTES + BYTES - 1);
    assertThat((int) pixels.get(i * BYTES)).isEqualTo(pixel);
    return pixel;
  }

  @Test
  void saysWhenTheDiskIsTooSmallAndWhenTheFolderIsMissing() {
    assertThatThrownBy(() -> PixelCache.create(folder, 150_528, 1L << 45))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("GB free")
        .hasMessageContaining("--cache-dir");
    assertThatThrownBy(() -> PixelCache.create(folder.resolve("none"), BYTES, 1))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--cache-dir");
  }
}
