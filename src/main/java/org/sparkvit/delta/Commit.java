package org.sparkvit.delta;

import java.time.Instant;

/**
 * One entry of a table's log.
 *
 * @param version the version that it made
 * @param time when, by the clock of who wrote it
 * @param operation what Delta calls it, such as {@code WRITE}
 * @param author who: the program and what it says of itself
 * @param added files that came
 * @param removed files that went
 * @param isRewrite whether the rows stayed the same ones
 */
public record Commit(
    long version,
    Instant time,
    String operation,
    String author,
    long added,
    long removed,
    boolean isRewrite) {}
