package org.sparkvit.pipeline.catalog;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.sparkvit.loading.Storage;

/** Lists a folder and reads a byte of each file, in a process whose locale a test has chosen. */
final class ListedNames {
  private ListedNames() {}

  /**
   * Writes names, each with the byte of its file and a zero behind.
   *
   * @param arguments the folder, and the file to write, in UTF-8
   */
  public static void main(String[] arguments) throws IOException {
    org.apache.hadoop.fs.Path folder = new org.apache.hadoop.fs.Path("file:" + arguments[0]);
    StringBuilder found = new StringBuilder();
    for (Iterator<Found> all = new LocalFolder(folder, folder); all.hasNext(); ) {
      org.apache.hadoop.fs.Path path = all.next().path();
      byte[] one = new byte[1];
      try (var in = Storage.of(path, new Configuration()).open(path)) {
        in.readFully(one);
      }
      found.append(path.getName()).append((char) one[0]).append('\0');
    }
    Files.writeString(Path.of(arguments[1]), found, StandardCharsets.UTF_8);
  }
}
