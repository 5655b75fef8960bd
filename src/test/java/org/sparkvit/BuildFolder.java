package org.sparkvit;

import java.nio.file.Path;

/** The folder of this build, {@code target} or, of a profile, one below. */
public final class BuildFolder {
  private BuildFolder() {}

  /** Returns the folder. Maven lets tests make their temporary files there. */
  public static Path path() {
    return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
  }
}
