package org.sparkvit.pipeline.catalog;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.fs.Path;
import org.sparkvit.image.codec.ImageFormat;
import org.sparkvit.loading.ImageName;

/**
 * The members of a tar shard with one key, which is a member's path up to the first dot of its
 * name, as in WebDataset: {@code a/0001.jpg} and {@code a/0001.seg.png} are of one sample, {@code
 * b/0001.jpg} is of another. An object without members is no sample, but reports something: see
 * {@link #problem} and {@link #skipped}.
 *
 * @param shard the shard that it is in
 * @param modified the shard's time in milliseconds since 1970
 * @param key the sample's key, or the member that is skipped
 * @param members the members in the order of the shard; no two have the same suffix
 * @param problem a mistake in the shard, as a sentence for its owner, or null where there is none
 * @param skipped the reason why a member is skipped whatever its sample is, or null for a sample
 * @param detail details of that reason, or null
 */
record WebDatasetSample(
    Shard shard,
    long modified,
    String key,
    List<Member> members,
    String problem,
    SkipReason skipped,
    String detail)
    implements Serializable {
  /** The extensions of pictures in formats that are reported by name when they are read. */
  private static final Set<String> FOREIGN_IMAGES =
      Set.of(
          "heic", "heif", "avif", "jxl", "jp2", "j2k", "jpx", "jxr", "ppm", "pgm", "pbm", "pnm",
          "tga", "ico", "psd", "dng", "cr2", "cr3", "nef", "nrw", "arw", "orf", "raf", "rw2", "pef",
          "srw", "svg", "exr", "hdr");

  /** The suffixes that stand for a class in WebDataset's shards. */
  private static final Set<String> CLASS_WORDS = Set.of("cls", "class", "label");

  private static final Set<String> TEXT_ENDS = Set.of("txt", "text");

  /**
   * A tar file and the folder that names are relative to.
   *
   * @param root the folder that was given as input, or the tar file itself
   * @param path the fully qualified path
   * @param split the split that its folder or its name gives, or null
   */
  record Shard(String root, String path, String split) implements Serializable {

    /** Creates a shard as it is found, before the names of all shards are compared. */
    Shard(String root, String path) {
      this(root, path, null);
    }

    /** Returns the file's name without its extension. */
    String name() {
      return new Path(path).getName().replaceFirst("\\.tar$", "");
    }

    /**
     * Returns this shard with the split that its folder gives, or otherwise its name.
     *
     * @param names the splits that the names of all shards give
     */
    Shard placed(SplitNames names) {
      String within = ImageName.relative(new Path(root), new Path(path));
      String split = FolderLayout.place(within).split();
      return new Shard(root, path, split == null ? names.split(name()) : split);
    }
  }

  /**
   * A member of a sample.
   *
   * @param name the path in the tar file
   * @param suffix the part of its name behind the first dot, in lower case: {@code jpg}, {@code
   *     seg.png}; empty without a dot
   * @param offset the index of the content's first byte in the tar file
   * @param bytes the length of the content in bytes
   * @param text the content where {@link #isText} holds, otherwise null
   * @param flaw the reason why the content is not read as text, as the end of a sentence, or null
   */
  record Member(String name, String suffix, long offset, long bytes, String text, String flaw)
      implements Serializable {

    /** Creates a member whose content is not read while listing. */
    static Member of(String name, long offset, long bytes) {
      return new Member(name, suffixOf(name), offset, bytes, null, null);
    }

    boolean isText() {
      return text != null || flaw != null;
    }
  }

  static WebDatasetSample of(Shard shard, long modified, String key, List<Member> members) {
    return new WebDatasetSample(shard, modified, key, new ArrayList<>(members), null, null, null);
  }

  /** Creates the report of a mistake that stops the catalog. */
  static WebDatasetSample problem(Shard shard, String sentence) {
    return new WebDatasetSample(shard, 0, shard.path, List.of(), sentence, null, null);
  }

  /** Creates the report of a member that is skipped whatever its sample is. */
  static WebDatasetSample skipped(Shard shard, String member, SkipReason reason, String detail) {
    return new WebDatasetSample(shard, 0, member, List.of(), null, reason, detail);
  }

  /** Returns the key of a member: its path up to the first dot of its name. */
  static String keyOf(String name) {
    int dot = dot(name);
    return dot < 0 ? name : name.substring(0, dot);
  }

  /**
   * Returns the part of a member's name behind the key and its dot, in lower case, or an empty text
   * where there is none.
   */
  static String suffixOf(String name) {
    int dot = dot(name);
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  private static int dot(String name) {
    return name.indexOf('.', name.lastIndexOf('/') + 1);
  }

  /**
   * Returns whether a suffix may be an image's, such as {@code jpg} and {@code input.jpg}. An empty
   * suffix may be one, too.
   */
  static boolean isImage(String suffix) {
    return suffix.isEmpty()
        || ImageFormat.ofName("." + suffix).isPresent()
        || FOREIGN_IMAGES.contains(end(suffix));
  }

  /** Returns whether a suffix is that of a class: {@code cls}, {@code label}, {@code cls.txt}. */
  static boolean isClass(String suffix) {
    return CLASS_WORDS.contains(end(suffix))
        || (TEXT_ENDS.contains(end(suffix))
            && List.of(suffix.split("\\.", -1)).stream().anyMatch(CLASS_WORDS::contains));
  }

  /** Returns whether a suffix is that of JSON: {@code json}, {@code meta.json}. */
  static boolean isJson(String suffix) {
    return end(suffix).equals("json");
  }

  /**
   * Returns whether a suffix is that of text, which is a class or a caption: {@code txt}, {@code
   * outputs.txt}.
   */
  static boolean isPlainText(String suffix) {
    return TEXT_ENDS.contains(end(suffix)) && !isClass(suffix);
  }

  private static String end(String suffix) {
    return suffix.substring(suffix.lastIndexOf('.') + 1);
  }

  /** Returns the member with a suffix, or null. */
  Member member(String suffix) {
    return members.stream().filter(m -> m.suffix.equals(suffix)).findFirst().orElse(null);
  }
}
