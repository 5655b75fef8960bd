package org.sparkvit.pipeline.catalog;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Iterates over the files below a folder while they are being listed. Only the folders that are yet
 * to be listed are held in memory. A folder that is hidden or empty is returned as skipped.
 *
 * <p>{@code FileSystem.listFiles} is not used, as on a local disk it starts a process per file to
 * look up its permissions.
 */
final class FileWalk implements Iterator<Found> {
  private final Configuration configuration;
  private final Path root;
  private final Deque<Path> folders = new ArrayDeque<>();
  private final boolean recursive;
  private Path folder;
  private boolean empty;
  private Iterator<Found> entries;
  private Found next;

  /**
   * Starts a walk.
   *
   * @param root the input that the walk belongs to, fully qualified
   * @param folder the folder where it begins: {@code root} or a folder below
   * @param recursive whether it descends into the folders below
   */
  FileWalk(Configuration configuration, Path root, Path folder, boolean recursive) {
    this.configuration = configuration;
    this.root = root;
    this.recursive = recursive;
    folders.add(folder);
    advance();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public Found next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    Found current = next;
    advance();
    return current;
  }

  private void advance() {
    next = null;
    while (next == null) {
      if (entries != null && entries.hasNext()) {
        empty = false;
        Found entry = entries.next();
        if (!entry.isFolder()) {
          next = entry;
        } else if (FolderLayout.isHiddenFolder(entry.path().getName())) {
          next = Found.skipped(entry.path(), SkipReason.HIDDEN, null);
        } else if (recursive) {
          folders.add(entry.path());
        }
      } else if (empty) {
        empty = false;
        next = Found.skipped(folder, SkipReason.EMPTY_FOLDER, null);
      } else if (!folders.isEmpty()) {
        folder = folders.remove();
        entries = FolderEntries.of(root, folder, configuration);
        empty = true;
      } else {
        return;
      }
    }
  }
}
