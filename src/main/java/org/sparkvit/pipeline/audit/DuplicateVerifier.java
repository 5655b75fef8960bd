package org.sparkvit.pipeline.audit;

import java.util.List;
import org.sparkvit.image.hash.ColorLayout;
import org.sparkvit.image.hash.PdqHash;

/**
 * Verifies whether a pair of images with near hashes shows the same picture, from the hashes and
 * the layout of colours of each.
 *
 * <p>Hashes within {@value #BY_HASH_ALONE} bits are enough, so that a copy in other tones is found.
 * Farther ones count where the colours lie alike as well: stripes and dots have few bits of their
 * own. So do those of parts, of which there are so many that some will be close by chance, up to
 * {@value #PART_REACH} bits: those of 175 pairs of one drawing were within 20.
 *
 * @param hash PDQ hash of the image
 * @param parts hashes of {@link CropHashes#CROPS}, of which the first is the whole; empty where
 *     crops are not looked for
 * @param layout its {@link ColorLayout}; null in rows from before there were any, which are judged
 *     by their hashes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DuplicateVerifier(long[] hash, List<long[]> parts, byte[] layout) {
  /** A distance that is none. */
  static final int NONE = PdqHash.BITS + 1;

  private static final int BY_HASH_ALONE = 16;
  private static final int PART_REACH = 24;

  /**
   * Most levels by which the colours of one picture differ. In a demo of 6,000 images all 175 pairs
   * of one drawing are within 7, and of 411 others with like hashes none is.
   */
  private static final double SAME_COLORS = 7;

  /** From cells of the tables; parts and layout may be null. */
  static DuplicateVerifier of(byte[] hash, byte[] parts, byte[] layout) {
    return new DuplicateVerifier(
        PdqHash.bits(hash),
        parts == null ? List.of() : CropHashes.split(parts).stream().map(PdqHash::bits).toList(),
        layout);
  }

  /**
   * Bits between the two, where they show the same.
   *
   * @param reach most bits between two that do
   * @return the distance of the whole images, or of one from a part of the other; or {@link #NONE}
   */
  int distance(DuplicateVerifier other, int reach) {
    int whole = PdqHash.distance(hash, other.hash);
    int least =
        whole <= Math.min(reach, BY_HASH_ALONE) || (whole <= reach && looksLike(other))
            ? whole
            : NONE;
    int near = Math.min(reach, PART_REACH);
    return Math.min(least, Math.min(nearestPart(other, near), other.nearestPart(this, near)));
  }

  private int nearestPart(DuplicateVerifier other, int reach) {
    int least = NONE;
    if (!other.parts.isEmpty()) {
      for (int i = 0; i < parts.size(); i++) {
        int distance = PdqHash.distance(parts.get(i), other.parts.get(0));
        if (distance <= reach && distance < least && isPart(CropHashes.CROPS.get(i), other)) {
          least = distance;
        }
      }
    }
    return least;
  }

  /** A gray copy of the whole may be one too. */
  private boolean looksLike(DuplicateVerifier other) {
    return layout == null
        || other.layout == null
        || (ColorLayout.isGray(layout) || ColorLayout.isGray(other.layout)
                ? ColorLayout.brightnessDifference(layout, other.layout)
                : ColorLayout.difference(layout, PdqHash.Crop.WHOLE, other.layout))
            <= SAME_COLORS;
  }

  private boolean isPart(PdqHash.Crop part, DuplicateVerifier other) {
    return layout == null
        || other.layout == null
        || ColorLayout.difference(layout, part, other.layout) <= SAME_COLORS;
  }
}
