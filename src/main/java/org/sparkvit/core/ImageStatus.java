package org.sparkvit.core;

/**
 * The outcome of reading and decoding one image. Every image gets exactly one status. A bad image
 * is a row with a status, never an exception.
 */
public enum ImageStatus {
  /**
   * The image was decoded completely. A reason beside this status is a note, e.g. on damage that
   * spares most pixels.
   */
  OK,
  /** The file has no bytes. */
  EMPTY,
  /** The content is no image, or is in no known image format. */
  BAD_MAGIC,
  /**
   * The image was decoded completely, but the extension of the file's name belongs to another
   * format.
   */
  EXT_MISMATCH,
  /** The file ends before the image does. */
  TRUNCATED,
  /** The content contradicts its format. */
  DECODE_ERROR,
  /** The file has more bytes, or the image more pixels, than the limits allow. */
  TOO_LARGE,
  /** The image is in a known format, or a variant of one, that is not supported. */
  UNSUPPORTED,
  /** The file was listed or named but is not there. The code that reads files sets this status. */
  MISSING,
  /**
   * A manifest names a file outside of the folders that its paths may lead to. The file is never
   * opened.
   */
  REFUSED,
  /** Decoding took longer than the limit. */
  TIMEOUT;

  /** Returns whether an image of this status has pixels. */
  public boolean isUsable() {
    return this == OK || this == EXT_MISMATCH;
  }
}
