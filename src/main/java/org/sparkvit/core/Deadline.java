package org.sparkvit.core;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * The time at which long work should have ended. The work checks it between steps after which it
 * can stop, so it may end one step later.
 */
public final class Deadline {
  /** A deadline that is never over. */
  public static final Deadline NONE = new Deadline(Instant.MAX, InstantSource.system());

  private final Instant end;
  private final InstantSource clock;

  private Deadline(Instant end, InstantSource clock) {
    this.end = end;
    this.clock = clock;
  }

  /** Returns the deadline for an option in minutes, where 0 means no limit. */
  public static Deadline inMinutes(int minutes) {
    return minutes == 0 ? NONE : in(Duration.ofMinutes(minutes));
  }

  /**
   * Returns a deadline some time from now.
   *
   * @param time the time until the deadline; a deadline after zero time is over at once
   */
  public static Deadline in(Duration time) {
    return in(time, InstantSource.system());
  }

  /** Returns a deadline as {@link #in(Duration)} does, by another clock. */
  public static Deadline in(Duration time, InstantSource clock) {
    return new Deadline(clock.instant().plus(time), clock);
  }

  /** Returns whether the deadline has passed. */
  public boolean isOver() {
    return !clock.instant().isBefore(end);
  }

  /** Returns the seconds until the deadline, which are negative after it. */
  public double secondsLeft() {
    Instant now = clock.instant();
    return end.getEpochSecond() - now.getEpochSecond() + (end.getNano() - now.getNano()) / 1e9;
  }
}
