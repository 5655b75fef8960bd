package org.sparkvit.core;

/**
 * What became of one image. Every image gets exactly one status; a bad image is a row with a
 * status, never an exception.
 */
public enum ImageStatus {
  /** Decoded completely; a reason beside it is a note, on damage that spares the pixels mostly. */
  OK,
  /** The file has no bytes. */
  EMPTY,
  /** The content is no image, or in no image format we know. */
  BAD_MAGIC,
  /** Decoded completely, but the file name's extension names another format. */
  EXT_MISMATCH,
  /** The file ends before the image does. */
  TRUNCATED,
  /** The content contradicts its format. */
  DECODE_ERROR,
  /** More bytes or more pixels than the limits allow. */
  TOO_LARGE,
  /** A known format, or a variant of one, that is not supported. */
  UNSUPPORTED,
  /** The file was listed or named but is not there; set by those who read files. */
  MISSING,
  /** A manifest names it where its paths may not lead; it is never opened. */
  REFUSED,
  /** Decoding took longer than the limit. */
  TIMEOUT;

  /** Returns whether an image of this status has pixels. */
  public boolean isUsable() {
    return this == OK || this == EXT_MISMATCH;
  }
}
