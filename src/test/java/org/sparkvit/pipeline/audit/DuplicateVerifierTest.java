package org.sparkvit.pipeline.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sparkvit.image.hash.ColorLayout;
import org.sparkvit.image.hash.PdqHash;

class DuplicateVerifierTest {
  private static final long[] ZERO = new long[4];

  /** A hash with some bits from {@code from} on. */
  private static long[] bits(int from, int count) {
    long[] bits = new long[4];
    for (int b = from; b < from + count; b++) {
      bits[b / 64] |= 1L << (b % 64);
    }
    return bits;
  }

  private static byte[] layout(int red, int green, int blue) {
    byte[] layout = new byte[ColorLayout.BYTES];
    for (int i = 0; i < layout.length; i += 3) {
      layout[i] = (byte) red;
      layout[i + 1] = (byte) green;
      layout[i + 2] = (byte) blue;
    }
    return layout;
  }

  private static DuplicateVerifier whole(long[] hash, byte[] layout) {
    return new DuplicateVerifier(hash, List.of(), layout);
  }

  private static int distance(DuplicateVerifier a, DuplicateVerifier b, int reach) {
    assertThat(a.distance(b, reach)).isEqualTo(b.distance(a, reach));
    return a.distance(b, reach);
  }

  @Test
  void nearHashesAreEnoughAndFartherOnesNeedLikeColours() {
    byte[] red = layout(200, 30, 30);
    byte[] blue = layout(30, 30, 200);
    DuplicateVerifier a = whole(ZERO, red);
    assertThat(distance(a, whole(bits(0, 16), blue), 31)).isEqualTo(16);
    assertThat(distance(a, whole(bits(0, 17), blue), 31)).isEqualTo(DuplicateVerifier.NONE);
    assertThat(distance(a, whole(bits(0, 31), layout(205, 35, 30)), 31)).isEqualTo(31);
    assertThat(distance(a, whole(bits(0, 32), red), 31)).isEqualTo(DuplicateVerifier.NONE);
    assertThat(distance(a, whole(bits(0, 9), red), 8)).isEqualTo(DuplicateVerifier.NONE);
    // From before there were layouts.
    assertThat(distance(a, whole(bits(0, 20), null), 31)).isEqualTo(20);
  }

  @Test
  void aGrayCopyIsOneWhereItIsAsBright() {
    DuplicateVerifier color = whole(ZERO, layout(200, 100, 50));
    int level = (int) Math.round(0.299 * 200 + 0.587 * 100 + 0.114 * 50);
    assertThat(distance(color, whole(bits(0, 20), layout(level, level, level)), 31)).isEqualTo(20);
    assertThat(distance(color, whole(bits(0, 20), layout(90, 90, 90)), 31))
        .isEqualTo(DuplicateVerifier.NONE);
  }

  @Test
  void aPartCountsWhereItsColoursAreAlikeToo() {
    byte[] green = layout(20, 220, 20);
    long[] far = bits(100, 100);
    // The tenth part of one image has nearly the hash of the other.
    List<long[]> parts = new ArrayList<>();
    for (int i = 0; i < CropHashes.CROPS.size(); i++) {
      parts.add(bits(128, 128));
    }
    parts.set(10, bits(0, 24));
    DuplicateVerifier large = new DuplicateVerifier(far, parts, green);
    List<long[]> others = new ArrayList<>(parts);
    others.replaceAll(part -> bits(20, 90));
    others.set(0, ZERO);
    assertThat(distance(large, new DuplicateVerifier(ZERO, others, green), 31)).isEqualTo(24);
    assertThat(distance(large, new DuplicateVerifier(ZERO, others, layout(220, 20, 20)), 31))
        .isEqualTo(DuplicateVerifier.NONE);
    assertThat(distance(large, new DuplicateVerifier(ZERO, others, green), 23))
        .isEqualTo(DuplicateVerifier.NONE);
    parts.set(10, bits(0, 25));
    assertThat(
            distance(
                new DuplicateVerifier(far, parts, green),
                new DuplicateVerifier(ZERO, others, green),
                31))
        .as("there are many parts, so they have to be nearer")
        .isEqualTo(DuplicateVerifier.NONE);
    assertThat(distance(large, whole(ZERO, green), 31)).isEqualTo(DuplicateVerifier.NONE);
  }

  @Test
  void cellsOfTheTablesAreRead() {
    byte[] hash = new PdqHash(bits(3, 5), 100).toBytes();
    byte[] parts = new byte[CropHashes.CROPS.size() * PdqHash.BYTES];
    Arrays.fill(parts, (byte) 0x55);
    System.arraycopy(hash, 0, parts, 0, hash.length);
    DuplicateVerifier duplicateVerifier = DuplicateVerifier.of(hash, parts, null);
    assertThat(duplicateVerifier.hash()).isEqualTo(bits(3, 5));
    assertThat(duplicateVerifier.parts()).hasSize(76);
    assertThat(duplicateVerifier.parts().get(0)).isEqualTo(bits(3, 5));
    assertThat(DuplicateVerifier.of(hash, null, null).parts()).isEmpty();
  }
}
