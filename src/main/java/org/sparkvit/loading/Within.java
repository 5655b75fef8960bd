package org.sparkvit.loading;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.Urls;

/**
 * Where the paths of a manifest may lead. A manifest is what somebody wrote: without a fence, one
 * that came by mail would bring the length, the first bytes and the hash of any file that the job
 * may read into tables.
 *
 * @param folders URIs, fully qualified; a path leads into one of them, or is not opened
 */
public record Within(List<String> folders) implements Serializable {

  /**
   * Why a path is not to be opened, by what is written; empty where it may be.
   *
   * @param path fully qualified
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
   * Why a file on a local disk is not to be opened, since a link in its path leads elsewhere; empty
   * where it may be, and of file systems without links.
   *
   * @param path one that {@link #refusal} lets pass
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
      // There is no such file; the reading says so.
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
