package org.sparkvit.image.codec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The brands that the first box of a file of the ISO base media format (ISO/IEC 14496-12) states.
 * Videos, HEIC, AVIF and others share that container and differ in these four letters.
 *
 * @param all the major brand and then the compatible ones, each of four letters of ISO 8859-1
 */
record IsoBrands(List<String> all) {
  private static final int HEADER_BYTES = 8;
  private static final int BRAND_BYTES = 4;

  /** The largest box in bytes that is looked at. */
  private static final int MOST_BYTES = 512;

  /** Formats that say in their compatible brands what else they are like. */
  private static final Set<String> OTHERS = Set.of("crx ", "jxl ");

  /** HEVC's brands of pictures (ISO/IEC 23008-12, annex B) and of sequences of pictures. */
  private static final Set<String> HEVC =
      Set.of("heic", "heix", "heim", "heis", "hevc", "hevx", "hevm", "hevs");

  private static final Set<String> AV1 = Set.of("avif", "avis");

  /** The general brands, which do not tell the codec. */
  private static final Set<String> ANY_CODEC = Set.of("mif1", "msf1");

  /** Returns the brands that stand at index {@code from}, or empty where there is no such box. */
  static Optional<IsoBrands> of(byte[] content, int from) {
    if (content.length < from + HEADER_BYTES + BRAND_BYTES
        || content[from + 4] != 'f'
        || content[from + 5] != 't'
        || content[from + 6] != 'y'
        || content[from + 7] != 'p') {
      return Optional.empty();
    }
    int length = Math.min(MOST_BYTES, (content[from + 2] & 0xFF) << 8 | (content[from + 3] & 0xFF));
    List<String> brands = new ArrayList<>();
    brands.add(brand(content, from + HEADER_BYTES));
    // Between the major brand and the others there is a version.
    for (int at = from + HEADER_BYTES + 2 * BRAND_BYTES;
        at + BRAND_BYTES <= Math.min(content.length, from + length);
        at += BRAND_BYTES) {
      brands.add(brand(content, at));
    }
    return Optional.of(new IsoBrands(brands));
  }

  private static String brand(byte[] content, int at) {
    return new String(content, at, BRAND_BYTES, StandardCharsets.ISO_8859_1);
  }

  String major() {
    return all.get(0);
  }

  /** Returns the format of pictures that the brands tell of, or empty for any other content. */
  Optional<ImageFormat> format() {
    if (OTHERS.contains(major())) {
      return Optional.empty();
    } else if (all.stream().anyMatch(AV1::contains)) {
      return Optional.of(ImageFormat.AVIF);
    } else if (all.stream().anyMatch(HEVC::contains)
        || all.stream().anyMatch(ANY_CODEC::contains)) {
      return Optional.of(ImageFormat.HEIC);
    }
    return Optional.empty();
  }
}
