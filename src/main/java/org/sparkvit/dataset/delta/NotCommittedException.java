package org.sparkvit.dataset.delta;

import org.sparkvit.core.UserException;

/**
 * Thrown for a commit that has definitely not happened, so that the files which it was to add
 * belong to nobody.
 */
public final class NotCommittedException extends UserException {
  private static final long serialVersionUID = 1L;

  NotCommittedException(String message, Throwable cause) {
    super(message, cause);
  }
}
