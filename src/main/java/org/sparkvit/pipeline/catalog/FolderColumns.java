package org.sparkvit.pipeline.catalog;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.hadoop.fs.Path;

/**
 * The columns of a table that only the names of its folders have: {@code NAME=VALUE}, as Spark and
 * Hive write what they partition by. Values stay text, as 007 is not 7.
 */
final class FolderColumns {
  /** The value by which Hive and Spark mean that there is none. */
  private static final String NONE = "__HIVE_DEFAULT_PARTITION__";

  private FolderColumns() {}

  /**
   * Returns the names of the columns in the order of the folders.
   *
   * @param parts the parts of one table; folders count below {@link ManifestPart#folder}, or where
   *     that lies elsewhere, below the folder that all parts have in common
   */
  static Set<String> names(List<ManifestPart> parts) {
    boolean below = parts.stream().allMatch(part -> part.file().startsWith(part.folder() + "/"));
    String common = below ? "" : common(parts);
    Set<String> names = new LinkedHashSet<>();
    for (ManifestPart part : parts) {
      String base = below ? part.folder() : common;
      String[] folders = part.file().substring(base.length()).split("/", -1);
      for (int i = 0; i < folders.length - 1; i++) {
        int sign = folders[i].indexOf('=');
        if (sign > 0) {
          names.add(plain(folders[i].substring(0, sign)));
        }
      }
    }
    return names;
  }

  /** Returns the value of a column for a file, or null where there is none. */
  static String value(String file, String name) {
    String value = null;
    String[] folders = file.split("/", -1);
    for (int i = 0; i < folders.length - 1; i++) {
      int sign = folders[i].indexOf('=');
      if (sign > 0 && plain(folders[i].substring(0, sign)).equals(name)) {
        value = plain(folders[i].substring(sign + 1));
      }
    }
    return NONE.equals(value) ? null : value;
  }

  private static String common(List<ManifestPart> parts) {
    String common = new Path(parts.get(0).file()).getParent().toString();
    for (ManifestPart part : parts) {
      while (!part.file().startsWith(common + "/")) {
        int end = common.lastIndexOf('/');
        if (end < 0) {
          return "";
        }
        common = common.substring(0, end);
      }
    }
    return common;
  }

  /** Removes the escapes with which Hive and Spark write letters that folders cannot have. */
  private static String plain(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // A sign of percent that is none of an escape.
      return text;
    }
  }
}
