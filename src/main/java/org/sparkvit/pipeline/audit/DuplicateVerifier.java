package org.sparkvit.pipeline.audit;

import java.util.List;
import org.sparkvit.image.hash.ColorLayout;
import org.sparkvit.image.hash.PdqHash;

/**
 * Verifies whether two images with near hashes show the same picture, from the hashes and the
 * layout of colours of each.
 *
 * <p>Hashes within {@value #BY_HASH_ALONE} bits suffice, so that a copy in other tones is found.
 * More distant hashes count where the layouts of colours are similar as well, as stripes and dots
 * have few distinctive bits. So do hashes of parts up to {@value #PART_REACH} bits, as among so
 * many parts some will be close by chance: those of 175 pairs of one drawing were within 20.
 *
 * @param hash the PDQ hash of the image
 * @param parts the hashes of {@link CropHashes#CROPS}, of which the first is the whole; empty where
 *     crops are not looked for
 * @param layout the {@link ColorLayout}, or null in rows from before there was one, which are
 *     judged by their hashes
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record DuplicateVerifier(long[] hash, List<long[]> parts, byte[] layout) {
  /** The distance of images that do not show the same. */
  static final int NONE = PdqHash.BITS + 1;

  private static final int BY_HASH_ALONE = 16;
  private static final int PART_REACH = 24;

  /**
   * The largest difference in levels between the colours of one picture. In a demo of 6,000 images
   * all 175 pairs of one drawing are within 7, and none of 411 other pairs with near hashes is.
   */
  private static final double SAME_COLORS = 7;

  /** Creates a verifier from cells of the tables; parts and layout may be null. */
  static DuplicateVerifier of(byte[] hash, byte[] parts, byte[] layout) {
    return new DuplicateVerifier(
        PdqHash.bits(hash),
        parts == null ? List.of() : CropHashes.split(parts).stream().map(PdqHash::bits).toList(),
        layout);
  }

  /**
   * Returns the number of bits between two images that show the same.
   *
   * @param reach the largest number of bits between two such images
   * @return the distance of the whole images, or of one from a part of the other, or {@link #NONE}
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

  /**
   * Returns whether the layouts of two whole images are similar. A gray copy may be a copy, too, so
   * where one of them is gray their brightness is compared.
   */
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
