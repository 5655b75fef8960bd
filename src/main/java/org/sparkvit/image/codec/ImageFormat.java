package org.sparkvit.image.codec;

import java.util.Locale;
import java.util.Optional;

/**
 * The formats that decode, recognised by their first bytes (as Pillow does), not by the file name.
 */
public enum ImageFormat {
  JPEG,
  PNG,
  GIF,
  BMP,
  TIFF,
  WEBP,
  PNM,
  /** HEIF pictures of any codec but AV1: phones' photos, which are HEVC. */
  HEIC,
  /** HEIF pictures of the codec AV1. */
  AVIF;

  /** Returns the format that the first bytes announce, or empty for any other content. */
  public static Optional<ImageFormat> ofContent(byte[] content) {
    return ofContent(content, 0);
  }

  /**
   * Returns the format that the bytes from index {@code from} on announce, or empty for any other
   * content.
   */
  static Optional<ImageFormat> ofContent(byte[] content, int from) {
    if (startsWith(content, from, 0xFF, 0xD8, 0xFF)) {
      return Optional.of(JPEG);
    } else if (startsWith(content, from, 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n')) {
      return Optional.of(PNG);
    } else if (startsWith(content, from, 'G', 'I', 'F', '8', '7', 'a')
        || startsWith(content, from, 'G', 'I', 'F', '8', '9', 'a')) {
      return Optional.of(GIF);
    } else if (startsWith(content, from, 'I', 'I', 42, 0)
        || startsWith(content, from, 'M', 'M', 0, 42)
        || startsWith(content, from, 'I', 'I', 43, 0)
        || startsWith(content, from, 'M', 'M', 0, 43)) {
      return Optional.of(TIFF);
    } else if (startsWith(content, from, 'R', 'I', 'F', 'F')
        && startsWith(content, from + 8, 'W', 'E', 'B', 'P')) {
      return Optional.of(WEBP);
    } else if (startsWith(content, from, 'B', 'M')) {
      return Optional.of(BMP);
    } else if (isPnm(content, from)) {
      return Optional.of(PNM);
    }
    return IsoBrands.of(content, from).flatMap(IsoBrands::format);
  }

  /**
   * Returns the format that a file name's extension announces, in any case, or empty where there is
   * no extension or an unknown one.
   */
  public static Optional<ImageFormat> ofName(String name) {
    int dot = name.lastIndexOf('.');
    if (dot < 0) {
      return Optional.empty();
    }
    return switch (name.substring(dot + 1).toLowerCase(Locale.ROOT)) {
      case "jpg", "jpeg", "jpe", "jfif" -> Optional.of(JPEG);
      case "png", "apng" -> Optional.of(PNG);
      case "gif" -> Optional.of(GIF);
      case "bmp", "dib" -> Optional.of(BMP);
      case "tif", "tiff" -> Optional.of(TIFF);
      case "webp" -> Optional.of(WEBP);
      case "pbm", "pgm", "ppm", "pnm" -> Optional.of(PNM);
      case "heic", "heif", "hif" -> Optional.of(HEIC);
      case "avif" -> Optional.of(AVIF);
      default -> Optional.empty();
    };
  }

  /**
   * Returns whether the bytes are the header of a Netpbm file. Its signature has only two letters,
   * so the rest of the header is checked, too.
   */
  private static boolean isPnm(byte[] content, int from) {
    return content.length > from + 3
        && content[from] == 'P'
        && content[from + 1] >= '1'
        && content[from + 1] <= '6'
        && " \t\n\u000b\f\r".indexOf(content[from + 2]) >= 0
        && " \t\n\u000b\f\r#0123456789".indexOf(content[from + 3]) >= 0;
  }

  private static boolean startsWith(byte[] content, int from, int... magic) {
    if (content.length < from + magic.length) {
      return false;
    }
    for (int i = 0; i < magic.length; i++) {
      if ((content[from + i] & 0xFF) != magic[i]) {
        return false;
      }
    }
    return true;
  }
}
