package org.sparkvit;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * Tar files of real images, which licences keep out of the repository. They are looked for in the
 * folder that SPARK_VIT_TEST_DATA names, else in {@code ../shared/data}.
 */
public final class RealImages {
  private RealImages() {}

  /** The tar file; the calling test is skipped where it is absent. */
  public static Path tar(String name) {
    String folder = System.getenv("SPARK_VIT_TEST_DATA");
    Path tar = Path.of(folder == null ? "../shared/data" : folder, name + ".tar");
    assumeTrue(Files.isRegularFile(tar), () -> "skipped: no real images at " + tar);
    return tar;
  }

  /** Unpacks the tar file {@code name} into {@code folder}; skips the test where it is absent. */
  public static void unpack(String name, Path folder) throws IOException {
    unpack(name, folder, 1);
  }

  /** As {@link #unpack(String, Path)}, one of {@code every} files. */
  public static void unpack(String name, Path folder, int every) throws IOException {
    int files = 0;
    try (InputStream file = new BufferedInputStream(Files.newInputStream(tar(name)));
        TarArchiveInputStream entries = new TarArchiveInputStream(file)) {
      for (TarArchiveEntry entry; (entry = entries.getNextEntry()) != null; ) {
        if (entry.isFile() && files++ % every == 0) {
          Path target = folder.resolve(entry.getName()).normalize();
          Files.createDirectories(target.getParent());
          Files.copy(entries, target);
        }
      }
    }
  }
}
