package org.sparkvit.pipeline.maintenance;

import java.time.Instant;
import java.util.Locale;

/**
 * What was deleted of a table, or would be.
 *
 * @param kept versions that stay readable
 * @param oldest the first of these
 * @param since when it became the current one
 * @param files Parquet files that went
 * @param bytes of these
 * @param unfinished parts that runs had begun and that no version knows
 */
record Vacuumed(
    String table, long kept, long oldest, Instant since, long files, long bytes, long unfinished) {

  String line(boolean dryRun) {
    return String.format(
        Locale.ROOT,
        "%s: %,d version%s kept, from %s@%d of %s on; %s %,d files with %,d bytes, %,d"
            + " unfinished parts among them",
        table,
        kept,
        kept == 1 ? "" : "s",
        table,
        oldest,
        since,
        dryRun ? "would delete" : "deleted",
        files,
        bytes,
        unfinished);
  }
}
