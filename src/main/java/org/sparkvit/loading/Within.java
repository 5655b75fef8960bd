package org.sparkvit.loading;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.Urls;

/**
 * The folders that the paths of a manifest may lead to. A manifest may come from somebody else.
 * Without this limit it could bring the length, the first bytes and the hash of any file that the
 * job may read into tables.
 *
 * @param folders fully qualified URIs; a path that leads into none of them is not opened
 */
public record Within(List<String> folders) implements Serializable {

  /**
   * Returns the reason why a path must not be opened, judged by the path alone, or empty where it
   * may be opened.
   *
   * @param path a fully qualified path
   */
  public Optional<String> refusal(Path path) {
    String scheme = String.valueOf(path.toUri().getScheme()).toLowerCase(Locale.ROOT);
    if (scheme.equals("http") || scheme.equals("https") || scheme.equals("ftp")) {
      return Optional.of(
          "is a web address, which is not read; download the image, or name an object of S3 as"
              + " s3a://BUCKET/KEY");
    }
    Path plain = new Path(path.toUri().normalize());
    boolean inside =
        !(plain.toUri().getPath() + "/").contains("/../")
            && folders.stream().anyMatch(folder -> isBelow(new Path(folder), plain));
    return inside ? Optional.empty() : Optional.of(outside());
  }

  /**
   * Returns the reason why a file on a local disk must not be opened, as a link in its path leads
   * elsewhere. It is empty where the file may be opened, and for file systems without links.
   *
   * @param path a path that {@link #refusal} accepts
   */
  public Optional<String> refusalOfLinks(Path path) {
    if (!isLocal(path)) {
      return Optional.empty();
    }
    try {
      java.nio.file.Path real = Storage.local(path).toRealPath();
      for (String folder : folders) {
        if (isLocal(new Path(folder))
            && real.startsWith(Storage.local(new Path(folder)).toRealPath())) {
          return Optional.empty();
        }
      }
      return Optional.of("is a link, or below one, that " + outside());
    } catch (IOException | RuntimeException e) {
      // There is no such file, which the reading will report.
      return Optional.empty();
    }
  }

  private String outside() {
    return "leads out of "
        + String.join(" and ", folders.stream().map(Urls::withoutSecrets).toList())
        + "; --within names the folder that paths may lead to";
  }

  private static boolean isBelow(Path folder, Path path) {
    return ImageName.relative(folder, path) != null;
  }

  private static boolean isLocal(Path path) {
    return "file".equals(path.toUri().getScheme());
  }
}
