package org.sparkvit.catalog;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;

/**
 * The files below a folder, as the listing comes in: nothing is held but the folders yet to be
 * listed. A hidden folder is given as it is, without what is in it.
 *
 * <p>Not {@code FileSystem.listFiles}: on a local disk that starts a process per file to look up
 * its permissions.
 */
final class FileWalk implements Iterator<FileStatus> {
  private final FileSystem fs;
  private final Deque<Path> folders = new ArrayDeque<>();
  private final boolean recursive;
  private RemoteIterator<FileStatus> entries;
  private FileStatus next;

  FileWalk(FileSystem fs, Path folder, boolean recursive) {
    this.fs = fs;
    this.recursive = recursive;
    folders.add(folder);
    advance();
  }

  @Override
  public boolean hasNext() {
    return next != null;
  }

  @Override
  public FileStatus next() {
    if (next == null) {
      throw new NoSuchElementException();
    }
    FileStatus current = next;
    advance();
    return current;
  }

  private void advance() {
    next = null;
    try {
      while (next == null) {
        if (entries != null && entries.hasNext()) {
          FileStatus entry = entries.next();
          if (!entry.isDirectory() || FolderLayout.isHiddenFolder(entry.getPath().getName())) {
            next = entry;
          } else if (recursive) {
            folders.add(entry.getPath());
          }
        } else if (!folders.isEmpty()) {
          entries = fs.listStatusIterator(folders.remove());
        } else {
          return;
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
