package org.sparkvit.dataset.delta.storage;

import io.delta.storage.HDFSLogStore;
import java.io.File;
import java.io.IOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * Stores the log of a table on a local disk. An entry is written beside its place and then linked
 * there, which fails where an entry exists. Delta's own way goes through Hadoop. On a local disk
 * that starts a process to set the permissions of each file. It also keeps checksums in a second
 * file, so a process that is killed between the two files leaves an entry that cannot be read.
 */
public final class LocalLogStore extends HDFSLogStore {
  public LocalLogStore(Configuration hadoop) {
    super(hadoop);
  }

  @Override
  public void write(Path path, Iterator<String> actions, Boolean overwrite, Configuration hadoop)
      throws IOException {
    if (overwrite) {
      super.write(path, actions, true, hadoop);
      return;
    }
    java.nio.file.Path place = new File(path.toUri().getPath()).toPath();
    java.nio.file.Path written =
        place.resolveSibling("." + place.getFileName() + "." + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel =
              FileChannel.open(written, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
          Writer out = Channels.newWriter(channel, StandardCharsets.UTF_8)) {
        while (actions.hasNext()) {
          out.write(actions.next());
          out.write('\n');
        }
        out.flush();
        // Without this a machine that loses its power may have the name and nothing in it.
        channel.force(true);
      }
      link(place, written, hadoop);
    } finally {
      Files.deleteIfExists(written);
    }
  }

  private void link(java.nio.file.Path place, java.nio.file.Path written, Configuration hadoop)
      throws IOException {
    try {
      Files.createLink(place, written);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      // The disk has no links.
      super.write(new Path(place.toUri()), Files.readAllLines(written).iterator(), false, hadoop);
    }
  }
}
