package org.sparkvit.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Hashes that give the same value on every machine, JVM and run. Everything random in the pipeline
 * is drawn from these, so that partitioning, retries and cluster size cannot change a result.
 */
public final class StableHash {
  private StableHash() {}

  /**
   * Returns the 128-bit id of an image as 32 hex digits: the head of the SHA-256 of its canonical
   * name.
   */
  public static String id(String canonicalName) {
    return HexFormat.of()
        .formatHex(sha256().digest(canonicalName.getBytes(StandardCharsets.UTF_8)), 0, 16);
  }

  /** Returns the SHA-256 of the bytes as 64 hex digits. */
  public static String sha256(byte[] bytes) {
    return HexFormat.of().formatHex(sha256().digest(bytes));
  }

  /**
   * Returns 64 well-mixed bits from a seed and some strings, e.g. (seed, "augment", epoch, image
   * id).
   */
  public static long hash64(long seed, String... parts) {
    MessageDigest digest = sha256();
    updateLong(digest, seed);
    for (String part : parts) {
      byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
      // The length keeps ("ab", "c") apart from ("a", "bc").
      updateLong(digest, bytes.length);
      digest.update(bytes);
    }
    byte[] hash = digest.digest();
    long value = 0;
    for (int i = 0; i < Long.BYTES; i++) {
      value = value << 8 | (hash[i] & 0xff);
    }
    return value;
  }

  /** Maps 64 hashed bits to [0, 1) with 53 bits of precision. */
  public static double uniform(long hash) {
    return (hash >>> 11) * 0x1.0p-53;
  }

  /** Returns a new SHA-256 digest, which every Java platform has. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void updateLong(MessageDigest digest, long value) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      digest.update((byte) (value >>> shift));
    }
  }
}
