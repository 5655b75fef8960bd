package org.sparkvit.tools.demo;

import java.util.Locale;

/** What can be wrong with a file of the sample data set, on purpose. */
enum Defect {
  /** The second half of a JPEG file is missing. */
  TRUNCATED("corrupt", "TRUNCATED"),
  /** A file of no bytes. */
  EMPTY("corrupt", "EMPTY"),
  /** A page of HTML with an image's name. */
  NOT_AN_IMAGE("corrupt", "BAD_MAGIC"),
  /** A PNG whose compressed data are damaged. */
  BROKEN_DATA("corrupt", "DECODE_ERROR"),
  /** A PNG named .jpg; it decodes. */
  WRONG_EXTENSION("wrong_extension", "EXT_MISMATCH"),
  /** The same bytes as another file. */
  EXACT_COPY("exact_duplicate", "OK"),
  /** Another file's picture, compressed harder. */
  REENCODED("near_duplicate", "OK"),
  /** Another file's picture, smaller. */
  RESIZED("near_duplicate", "OK"),
  /** Another file's picture with a few percent cut off the edges. */
  CROPPED("near_duplicate", "OK"),
  /** The folder and the manifest give the other class. */
  FLIPPED_LABEL("flipped_label", "OK");

  private final String type;
  private final String status;

  Defect(String type, String status) {
    this.type = type;
    this.status = status;
  }

  /** The family the ground truth counts it under. */
  String type() {
    return type;
  }

  /** The status that the catalog is to give the file. */
  String status() {
    return status;
  }

  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
