package org.sparkvit.dataset.workspace;

import java.time.Instant;
import java.util.OptionalLong;
import org.sparkvit.dataset.delta.Commit;

/**
 * A version of a table, in its history.
 *
 * @param commit what made it
 * @param time since when it counts, as {@link AsOf} goes by
 * @param rows how many the run wrote that made it; empty where that is not known
 */
public record TableVersion(Commit commit, Instant time, OptionalLong rows) {}
