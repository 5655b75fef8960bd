package org.sparkvit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Set;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * Hadoop's local file system, which sets the permissions of each file that it makes by starting the
 * program chmod, unless its native library is there. Here the JDK does it: half of the time of
 * tests, which write many small files, went into that.
 */
public final class QuickLocalFileSystem extends LocalFileSystem {
  public QuickLocalFileSystem() {
    super(new Raw());
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      Set<PosixFilePermission> set = EnumSet.noneOf(PosixFilePermission.class);
      // From others' execution, the lowest bit, to the owner's reading.
      PosixFilePermission[] bits = PosixFilePermission.values();
      for (int bit = 0; bit < bits.length; bit++) {
        if ((permission.toShort() & 1 << bit) != 0) {
          set.add(bits[bits.length - 1 - bit]);
        }
      }
      Files.setPosixFilePermissions(pathToFile(path).toPath(), set);
    }
  }
}
