package org.sparkvit.image.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.sparkvit.core.UserException;
import org.sparkvit.core.options.Options;
import org.sparkvit.image.PillowCases;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.codec.ContactSheet;
import org.sparkvit.image.resample.Resampler;

class AugmentStepsTest {
  private static final int SIDE = 32;
  private static final PixelImage IMAGE = PillowCases.pixels(SIDE, SIDE, 7);
  private static final Augment ALL =
      new Augment(new RandomCrop.Resized(0.3), true, true, 20, new ColorJitter(0.4, 0.1), 0.9);

  private static byte[] apply(Augment augment, long seed) {
    ByteBuffer out = ByteBuffer.allocate(3 * SIDE * SIDE);
    augment.apply(ByteBuffer.wrap(IMAGE.rgb()), 0, SIDE, SIDE, seed, out);
    assertThat(out.hasRemaining()).isFalse();
    return out.array();
  }

  @Test
  void rotationGivesPillowsBytes() throws IOException {
    List<String[]> cases = PillowCases.read("rotation.tsv");
    assertThat(cases).hasSize(100);
    int same = 0;
    for (String[] c : cases) {
      int width = Integer.parseInt(c[0]);
      int height = Integer.parseInt(c[1]);
      PixelImage image = PillowCases.pixels(width, height, Integer.parseInt(c[3]));
      byte[] turned = Rotation.rotate(image, Double.parseDouble(c[2]), 128).rgb();
      same += PillowCases.crc32(turned) == Long.parseLong(c[4]) ? 1 : 0;
    }
    // In the other one the pixel at the very centre, a sum of nearly 0, is 1 less.
    assertThat(same).isGreaterThanOrEqualTo(99);
  }

  @Test
  void theSameSeedGivesTheSameBytes() {
    assertThat(apply(ALL, 5)).isEqualTo(apply(ALL, 5)).isNotEqualTo(apply(ALL, 6));
  }

  @Test
  void leavingAStepOutDoesNotChangeWhatOthersDo() {
    for (long seed = 0; seed < 50; seed++) {
      // Colours alone, twice: among all the steps that are forbidden, and by itself.
      Set<AugmentStep> others = EnumSet.complementOf(EnumSet.of(AugmentStep.COLOR));
      Augment colors = new Augment(RandomCrop.NONE, false, false, 0, new ColorJitter(0.4, 0.1), 0);
      assertThat(apply(ALL.without(others), seed)).isEqualTo(apply(colors, seed));
      // The crop that is drawn is the same with and without a flip after it.
      Augment crop = ALL.without(EnumSet.complementOf(EnumSet.of(AugmentStep.CROP)));
      Augment both = new Augment(new RandomCrop.Resized(0.3), true, false, 0, ColorJitter.NONE, 0);
      byte[] whole = apply(crop, seed);
      byte[] mirrored = RandomCrop.mirror(new PixelImage(SIDE, SIDE, whole), true).rgb();
      byte[] seen = apply(both, seed);
      assertThat(Arrays.equals(seen, whole) || Arrays.equals(seen, mirrored)).isTrue();
    }
    assertThat(apply(ALL.without(EnumSet.allOf(AugmentStep.class)), 3)).isEqualTo(IMAGE.rgb());
  }

  @Test
  void partsHaveTheAreasAndShapesAskedFor() {
    RandomCrop.Resized crop = new RandomCrop.Resized(0.25);
    double least = 1;
    double most = 0;
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < 5_000; i++) {
      Resampler.Window window = crop.window(200, 200, random);
      double area = window.width() * (double) window.height() / 40_000;
      double aspect = (double) window.width() / window.height();
      assertThat(aspect).isBetween(0.74, 1.36);
      assertThat(window.x() + window.width()).isLessThanOrEqualTo(200);
      assertThat(window.y() + window.height()).isLessThanOrEqualTo(200);
      least = Math.min(least, area);
      most = Math.max(most, area);
    }
    assertThat(least).isBetween(0.245, 0.27);
    assertThat(most).isBetween(0.95, 1.0);
    // No part of a long strip has the area and the shape: the middle as far as shapes go.
    assertThat(new RandomCrop.Resized(1).window(400, 30, random))
        .isEqualTo(new Resampler.Window(180, 0, 40, 30));
  }

  @Test
  void erasingChangesABoxAndNoMore() {
    Augment erasing = new Augment(RandomCrop.NONE, false, false, 0, ColorJitter.NONE, 0.5);
    int erased = 0;
    for (long seed = 0; seed < 1_000; seed++) {
      byte[] bytes = apply(erasing, seed);
      int left = SIDE;
      int right = -1;
      int top = SIDE;
      int bottom = -1;
      int changed = 0;
      for (int i = 0; i < SIDE * SIDE; i++) {
        if (!Arrays.equals(bytes, 3 * i, 3 * i + 3, IMAGE.rgb(), 3 * i, 3 * i + 3)) {
          changed++;
          left = Math.min(left, i % SIDE);
          right = Math.max(right, i % SIDE);
          top = Math.min(top, i / SIDE);
          bottom = Math.max(bottom, i / SIDE);
        }
      }
      if (changed > 0) {
        erased++;
        int box = (right - left + 1) * (bottom - top + 1);
        assertThat(changed).as("nearly all of the box").isGreaterThan(box * 9 / 10);
        assertThat((double) box / (SIDE * SIDE)).isBetween(0.01, 0.36);
      }
    }
    assertThat(erased).isBetween(430, 570);
  }

  @Test
  void mixupAddsUpAndSharesAreBeta() {
    Mixing mixing = new Mixing(0.4, 0, 1);
    double sum = 0;
    double squares = 0;
    int rounds = 4_000;
    for (long seed = 0; seed < rounds; seed++) {
      Mixing.Mix mix = mixing.draw(seed, SIDE, SIDE);
      sum += mix.share();
      squares += mix.share() * mix.share();
    }
    double mean = sum / rounds;
    // Of Beta(a, a): 1/2 and 1 / (4 (2 a + 1)) = 0.1389
    assertThat(mean).isCloseTo(0.5, within(0.02));
    assertThat(squares / rounds - mean * mean).isCloseTo(0.1389, within(0.008));

    byte[] first = {10, (byte) 200, 0};
    new Mixing.Mix(AugmentStep.MIXUP, 0.25, 0, 0, 0, 0)
        .apply(first, new byte[] {20, 100, (byte) 255}, 1);
    assertThat(first).containsExactly(18, 125, 191);
  }

  @Test
  void cutMixsShareIsTheAreaThatStays() {
    Mixing mixing = new Mixing(0, 1, 1);
    byte[] second = new byte[3 * SIDE * SIDE];
    Arrays.fill(second, (byte) 1);
    double sum = 0;
    for (long seed = 0; seed < 500; seed++) {
      Mixing.Mix mix = mixing.draw(seed, SIDE, SIDE);
      byte[] first = new byte[3 * SIDE * SIDE];
      mix.apply(first, second, SIDE);
      int stays = 0;
      for (byte value : first) {
        stays += value == 0 ? 1 : 0;
      }
      assertThat((double) stays / first.length).isCloseTo(mix.share(), within(1e-12));
      sum += mix.share();
    }
    assertThat(sum / 500).isBetween(0.5, 0.75);
  }

  @Test
  void bothAreDrawnAndSomeImagesStayWhole() {
    Mixing mixing = new Mixing(1, 1, 0.5);
    int[] counts = new int[3];
    for (long seed = 0; seed < 1_000; seed++) {
      Mixing.Mix mix = mixing.draw(seed, SIDE, SIDE);
      counts[mix == null ? 0 : mix.step() == AugmentStep.MIXUP ? 1 : 2]++;
    }
    assertThat(counts[0]).isBetween(430, 570);
    assertThat(counts[1]).isBetween(190, 310);
    assertThat(Mixing.NONE.draw(1, SIDE, SIDE)).isNull();
    assertThatThrownBy(() -> Options.check(new Mixing(-1, 0, 1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--mixup is -1");
    assertThatThrownBy(() -> Options.check(new Mixing(1, 0, 1.1)))
        .isInstanceOf(UserException.class)
        .hasMessageContaining("--mix-probability is 1.1");
  }

  @Test
  void aContactSheetIsAPictureOfAllCells() throws IOException {
    ContactSheet.Cell cell = new ContactSheet.Cell(IMAGE, "a caption that is far too long for it");
    byte[] png = ContactSheet.draw(List.of(List.of(cell, cell, cell), List.of(cell)));
    var sheet = ImageIO.read(new ByteArrayInputStream(png));
    assertThat(sheet.getWidth()).isEqualTo(6 + 3 * 134);
    assertThat(sheet.getHeight()).isEqualTo(6 + 2 * 152);
    assertThat(sheet.getRGB(6 + 2 * 134 + 64, 6 + 152 + 64) & 0xffffff).isEqualTo(0xffffff);
    assertThat(sheet.getRGB(6 + 64, 6 + 152 + 64) & 0xffffff).isNotEqualTo(0xffffff);
  }
}
