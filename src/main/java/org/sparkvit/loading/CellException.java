package org.sparkvit.loading;

import java.io.IOException;
import org.sparkvit.core.ImageStatus;

/**
 * A fact about an image inside a Parquet file: the file was read and does not have the image. It is
 * not asked about again.
 */
public final class CellException extends IOException {
  private static final long serialVersionUID = 1L;

  private final ImageStatus status;

  /**
   * Creates an exception.
   *
   * @param reason the status in a few words, as a row of a table has it
   */
  CellException(ImageStatus status, String reason, Throwable cause) {
    super(reason, cause);
    this.status = status;
  }

  CellException(ImageStatus status, String reason) {
    this(status, reason, null);
  }

  /** Returns the status of the image. Its reason is {@link #getMessage}. */
  public ImageStatus status() {
    return status;
  }
}
