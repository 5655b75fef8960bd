package org.sparkvit.image.augment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sparkvit.image.PillowCases;
import org.sparkvit.image.augment.ColorJitter.Operation;

class ColorJitterTest {

  @Test
  void givesPillowsBytes() throws IOException {
    List<String[]> cases = PillowCases.read("color.tsv");
    assertThat(cases).hasSize(200);
    for (String[] c : cases) {
      byte[] rgb = PillowCases.pixels(24, 16, Integer.parseInt(c[2])).rgb();
      ColorJitter.apply(
          Operation.valueOf(c[0].toUpperCase(Locale.ROOT)), Double.parseDouble(c[1]), rgb);
      assertThat(PillowCases.crc32(rgb)).as(String.join(" ", c)).isEqualTo(Long.parseLong(c[3]));
    }
  }

  @Test
  void factorsCoverTheirRangeAndNoMore() {
    byte[] gray = {100, 100, 100, 40, 40, 40};
    Set<Integer> seen = new HashSet<>();
    for (int seed = 0; seed < 3000; seed++) {
      byte[] rgb = gray.clone();
      new ColorJitter(0.2, 0.5).apply(rgb, new SplittableRandom(seed));
      // Hue and saturation leave gray as it is; brightness and contrast move it by 20 % each.
      assertThat(rgb[0]).isEqualTo(rgb[1]).isEqualTo(rgb[2]);
      seen.add(rgb[0] & 0xff);
    }
    assertThat(seen).allMatch(value -> value >= 100 * 0.8 - 9 && value <= 100 * 1.2 + 10);
    assertThat(seen).contains(80, 90, 100, 110, 120);
  }

  @Test
  void noneLeavesPixelsAlone() {
    byte[] rgb = PillowCases.pixels(5, 4, 3).rgb();
    byte[] before = rgb.clone();
    ColorJitter.NONE.apply(rgb, new SplittableRandom(1));
    assertThat(rgb).isEqualTo(before);
  }

  @Test
  void refusesImpossibleStrengths() {
    assertThatThrownBy(() -> new ColorJitter(-0.1, 0)).hasMessageContaining("-0.1");
    assertThatThrownBy(() -> new ColorJitter(0, 0.6)).hasMessageContaining("0.6");
    assertThatThrownBy(() -> new ColorJitter(Double.NaN, 0)).hasMessageContaining("NaN");
  }
}
