package org.sparkvit.dataset.delta;

import org.sparkvit.core.UserException;

/** A commit that for sure has not happened, so that the files which it was to add are nobody's. */
public final class NotCommittedException extends UserException {
  private static final long serialVersionUID = 1L;

  NotCommittedException(String message, Throwable cause) {
    super(message, cause);
  }
}
