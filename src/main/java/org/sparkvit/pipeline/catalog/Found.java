package org.sparkvit.pipeline.catalog;

import org.apache.hadoop.fs.Path;

/**
 * A file or folder that was found in a folder. A file that is to be opened has neither reason,
 * detail nor problem.
 *
 * @param path the fully qualified path; in a name that is not UTF-8 the invalid bytes are written
 *     as {@code \xE9}
 * @param isFolder whether it can be listed in turn
 * @param bytes the length of a file in bytes
 * @param modified the modification time in milliseconds since 1970
 * @param skipped the reason why it is skipped, or null where it is not
 * @param detail more about that reason; for a file that is not skipped, the reason why it cannot be
 *     opened
 * @param problem the reason why the catalog cannot go on, as a sentence for the user, or null where
 *     it can
 */
record Found(
    Path path,
    boolean isFolder,
    long bytes,
    long modified,
    SkipReason skipped,
    String detail,
    String problem) {

  static Found file(Path path, long bytes, long modified) {
    return new Found(path, false, bytes, modified, null, null, null);
  }

  static Found folder(Path path) {
    return new Found(path, true, 0, 0, null, null, null);
  }

  static Found unreadable(Path path, long bytes, long modified, String why) {
    return new Found(path, false, bytes, modified, null, why, null);
  }

  static Found skipped(Path path, SkipReason reason, String detail) {
    return new Found(path, false, 0, 0, reason, detail, null);
  }

  static Found problem(Path path, String sentence) {
    return new Found(path, false, 0, 0, null, null, sentence);
  }
}
