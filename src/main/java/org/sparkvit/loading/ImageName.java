package org.sparkvit.loading;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.StableHash;

/**
 * The name that an image's id is the hash of: the last part of its input's root and the path from
 * there, e.g. {@code flowers/train/rose/1.jpg} or {@code shards/0001.tar#rose/1.jpg}. It has
 * neither scheme nor bucket nor the folders above. So ids, and with them splits, survive moving a
 * data set between disks and buckets, and a folder and a manifest in it agree on them.
 */
public final class ImageName {
  private static final Pattern ABSOLUTE = Pattern.compile("/.*|[A-Za-z][A-Za-z0-9+.-]+:/.*");

  private ImageName() {}

  /**
   * A file and its name.
   *
   * @param name the name
   * @param path the fully qualified path
   */
  public record Resolved(String name, Path path) {}

  /**
   * Returns the name of a file seen from a root, both fully qualified. A file outside of the root
   * has its whole path for a name, with its bucket, as another bucket may have an equal path.
   */
  public static String of(Path root, Path file) {
    String relative = relative(root, file);
    if (relative == null) {
      String authority = file.toUri().getAuthority();
      return (authority == null ? "" : "//" + authority) + file.toUri().getPath();
    }
    return relative.isEmpty() ? root.getName() : join(root, relative);
  }

  /**
   * Returns the path from {@code root} to a file below it. It is empty for the root itself, and
   * null for a file elsewhere.
   */
  public static String relative(Path root, Path file) {
    URI from = root.toUri();
    URI to = file.toUri();
    String folder = from.getPath();
    if (!String.valueOf(from.getScheme()).equals(String.valueOf(to.getScheme()))
        || !String.valueOf(from.getAuthority()).equals(String.valueOf(to.getAuthority()))) {
      return null;
    }
    if (folder.equals(to.getPath())) {
      return "";
    }
    String prefix = folder.endsWith("/") ? folder : folder + "/";
    return to.getPath().startsWith(prefix) ? to.getPath().substring(prefix.length()) : null;
  }

  /**
   * Resolves a path as a manifest writes it.
   *
   * @param root the folder that names are relative to: {@code folder} or a folder above it
   * @param folder the folder that relative paths start from
   * @param written the text in the manifest
   * @throws IllegalArgumentException when the text is no path
   */
  public static Resolved resolve(Path root, Path folder, String written) {
    if (ABSOLUTE.matcher(written).matches()) {
      Path path = new Path(written).makeQualified(folder.toUri(), folder);
      return new Resolved(of(root, path), path);
    }
    // With "./" in front, a colon in a file's name is not taken for a scheme.
    Path path = new Path(folder, "./" + written);
    String below = relative(root, path);
    return new Resolved(join(root, below == null ? normalised(written) : below), path);
  }

  /**
   * Returns the folder that an image's name was relative to when it got its id. It is empty where
   * there is no such folder, e.g. because the image has moved or its manifest named it by a path
   * with dots. A bucket and a folder right below it give the same id; then it is the bucket, which
   * fits the images of the other folders as well.
   */
  public static Optional<Path> rootOf(Path file, String id) {
    Optional<Path> found = Optional.empty();
    for (Path root = file.getParent(); root != null; root = root.getParent()) {
      if (StableHash.id(of(root, file)).equals(id)) {
        found = Optional.of(root);
      }
    }
    return found;
  }

  private static String join(Path root, String relative) {
    return root.isRoot() ? relative : root.getName() + "/" + relative;
  }

  /**
   * Returns a path without redundant parts. A path that leaves its root ("../other/1.jpg") keeps
   * the dots, as it moves with the manifest.
   */
  private static String normalised(String written) {
    try {
      return new URI(null, null, "./" + written, null).normalize().getPath();
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
