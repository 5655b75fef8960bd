package org.sparkvit.model.checkpoint;

import java.nio.file.Path;
import java.util.Locale;
import org.sparkvit.core.UserException;

/** Recognises files that lie in place of a model's file that was never fetched. */
public final class StandIn {
  /** The number of bytes at the beginning of a file that are needed. */
  public static final int BYTES = 64;

  private static final String POINTER = "version https://git-lfs";

  private StandIn() {}

  /**
   * Refuses the pointer that Git LFS leaves for a large file, and the web page that a refused
   * download leaves.
   *
   * @param file the file, for messages
   * @param start the first {@link #BYTES} of the file as ISO 8859-1 or UTF-8 text
   * @throws UserException when the file is one of these
   */
  public static void refuse(Path file, String start) {
    if (start.startsWith(POINTER)) {
      throw new UserException(
          file
              + ": is a Git LFS pointer, not the file itself; run 'git lfs pull' in its folder, or"
              + " bring it by 'hf download'");
    }
    String text = start.strip().toLowerCase(Locale.ROOT);
    if (text.startsWith("<!doctype") || text.startsWith("<html") || text.startsWith("<?xml")) {
      throw new UserException(
          file
              + ": is a page of the web, not the file itself: was the download refused? Bring it by"
              + " 'hf download'");
    }
  }
}
