package org.sparkvit.image.hash;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkvit.image.PillowCases;
import org.sparkvit.image.PixelImage;
import org.sparkvit.image.resample.ResampleFilter;
import org.sparkvit.image.resample.Resampler;

/** Hashes of parts, against parts.tsv, whose samples are Pillow's. */
class PdqPartsTest {
  @Test
  void partsHaveTheHashesOfPillowsSamples() throws IOException {
    List<String[]> cases = PillowCases.read("parts.tsv");
    assertThat(cases).hasSize(30);
    for (String[] c : cases) {
      PixelImage image =
          PillowCases.pixels(
              Integer.parseInt(c[0]), Integer.parseInt(c[1]), Integer.parseInt(c[2]));
      PdqHash.Crop part =
          new PdqHash.Crop(
              Double.parseDouble(c[3]), Double.parseDouble(c[4]), Double.parseDouble(c[5]));
      long[] expected = PdqHash.bits(HexFormat.of().parseHex(c[6]));
      // In single precision what is next to the median may come to lie on its other side.
      assertThat(
              PdqHash.distance(
                  PdqHash.ofParts(image, List.of(PdqHash.Crop.WHOLE, part)).get(1).bits(),
                  expected))
          .as(String.join(" ", c))
          .isLessThanOrEqualTo(2);
    }
  }

  @Test
  void aSmallerCopyOfAFewPixelsKeepsItsHash() {
    PixelImage image = PillowCases.pixels(200, 160, 1);
    PixelImage smaller = Resampler.resize(image, 150, 120, ResampleFilter.BICUBIC);
    List<PdqHash.Crop> whole = List.of(PdqHash.Crop.WHOLE);
    int byMeans =
        PdqHash.ofParts(image, whole).get(0).distance(PdqHash.ofParts(smaller, whole).get(0));
    assertThat(byMeans).isLessThan(PdqHash.of(image).distance(PdqHash.of(smaller)));
  }

  @Test
  void aLargeImageIsReducedFirst() {
    PixelImage image = PillowCases.pixels(900, 700, 3);
    PdqHash.Crop part = new PdqHash.Crop(0.1, 0.05, 0.9);
    PixelImage cut = Resampler.resize(image, 256, 256, ResampleFilter.BILINEAR);
    assertThat(PdqHash.ofParts(image, List.of(part)).get(0).toBytes())
        .isEqualTo(PdqHash.ofParts(cut, List.of(part)).get(0).toBytes());
  }
}
