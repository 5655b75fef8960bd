package org.sparkvit.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sparkvit.core.UserException;
import org.sparkvit.image.Augment;
import org.sparkvit.inference.Prefetcher;

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
      for (boolean augmented : new boolean[] {false, true}) {
        List<Showing> showings = Showing.shuffled(examples, 3, 1);
        List<Integer> seen = new ArrayList<>();
        try (Prefetcher<?, Batch> all =
            augmented ? batches.augmented(showings, Augment.NONE, 3, 1) : batches.plain(showings)) {
          while (all.hasNext()) {
            Batch batch = all.next();
            for (int i = 0; i < batch.size(); i++) {
              int pixel = batch.pixels().get(i * BYTES + BYTES - 1);
              assertThat((int) batch.pixels().get(i * BYTES)).isEqualTo(pixel);
              assertThat(batch.labels()[i]).isEqualTo(pixel % 3);
              assertThat(batch.weights()[i]).isEqualTo(0.5f * pixel);
              seen.add(pixel);
            }
          }
        }
        assertThat(seen)
            .isEqualTo(showings.stream().map(showing -> showing.example().slot()).toList());
      }
    }
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
