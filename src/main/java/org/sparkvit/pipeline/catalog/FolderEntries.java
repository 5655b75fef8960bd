package org.sparkvit.pipeline.catalog;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RemoteIterator;
import org.apache.hadoop.security.AccessControlException;
import org.sparkvit.loading.Storage;

/** Lists one folder. */
final class FolderEntries {
  private FolderEntries() {}

  /**
   * Returns the files and folders in {@code folder}, in any order. A folder that may not be opened
   * is returned as one problem.
   *
   * @param root the input that the folder belongs to, fully qualified: links to folders in it are
   *     skipped
   */
  static Iterator<Found> of(Path root, Path folder, Configuration configuration) {
    try {
      FileSystem fs = folder.getFileSystem(configuration);
      if (Storage.isLocal(fs)) {
        return new LocalFolder(root, folder);
      }
      RemoteIterator<FileStatus> entries = fs.listStatusIterator(folder);
      entries.hasNext(); // asks the storage, which may refuse only now
      return found(entries);
    } catch (AccessDeniedException | AccessControlException e) {
      return problem(
          folder, "cannot be opened (permission denied): give this job's user the right");
    } catch (FileNotFoundException e) {
      return problem(folder, "went away while it was listed: run the command again");
    } catch (IOException e) {
      throw new UncheckedIOException("listing " + folder, e);
    }
  }

  private static Iterator<Found> problem(Path folder, String what) {
    return List.of(
            Found.problem(folder, "folder '" + folder + "' " + what + ", or leave the folder out"))
        .iterator();
  }

  private static Iterator<Found> found(RemoteIterator<FileStatus> entries) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        try {
          return entries.hasNext();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public Found next() {
        try {
          FileStatus entry = entries.next();
          return entry.isDirectory()
              ? Found.folder(entry.getPath())
              : Found.file(entry.getPath(), entry.getLen(), entry.getModificationTime());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }
}
