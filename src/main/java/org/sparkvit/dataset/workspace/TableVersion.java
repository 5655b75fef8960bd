package org.sparkvit.dataset.workspace;

import java.time.Instant;
import java.util.OptionalLong;
import org.sparkvit.dataset.delta.Commit;

/**
 * A version of a table in its history.
 *
 * @param commit the commit that made it
 * @param time the time since which it counts, which {@link AsOf} uses
 * @param rows the number of rows that the run wrote, or empty where that is not known
 */
public record TableVersion(Commit commit, Instant time, OptionalLong rows) {}
