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
 * What a tar shard has under one key, which is a member's path up to the first dot of its name, as
 * in WebDataset: {@code a/0001.jpg} and {@code a/0001.seg.png} are of one sample, {@code
 * b/0001.jpg} is of another. What is no sample, but has to be told, has no members: see {@link
 * #problem} and {@link #skipped}.
 *
 * @param shard where it is
 * @param modified the shard's time, in milliseconds since 1970
 * @param key the sample's key, or the member that is skipped
 * @param members in the order of the shard; no two have one suffix
 * @param problem a mistake in the shard, as a sentence for its owner, or null where there is none
 * @param skipped why a member is left out whatever its sample is, or null for a sample
 * @param detail more about that, or null
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
  /** Pictures in formats that are told by name when they are read. */
  private static final Set<String> FOREIGN_IMAGES =
      Set.of(
          "heic", "heif", "avif", "jxl", "jp2", "j2k", "jpx", "jxr", "ppm", "pgm", "pbm", "pnm",
          "tga", "ico", "psd", "dng", "cr2", "cr3", "nef", "nrw", "arw", "orf", "raf", "rw2", "pef",
          "srw", "svg", "exr", "hdr");

  /** Words for a class in WebDataset's shards. */
  private static final Set<String> CLASS_WORDS = Set.of("cls", "class", "label");

  private static final Set<String> TEXT_ENDS = Set.of("txt", "text");

  /**
   * A tar file and what names are relative to.
   *
   * @param root the folder that was named as input, or the tar file itself
   * @param path fully qualified
   * @param split the split that its folder or its name says; or null
   */
  record Shard(String root, String path, String split) implements Serializable {

    /** A shard as it is found, before the names of all are looked at. */
    Shard(String root, String path) {
      this(root, path, null);
    }

    /** Returns the file's name without its ending. */
    String name() {
      return new Path(path).getName().replaceFirst("\\.tar$", "");
    }

    /**
     * With the split that its folder says, or else its name.
     *
     * @param names what the names of all shards say
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
   * @param name its path in the tar file
   * @param suffix what follows the first dot of its name, in lower case: {@code jpg}, {@code
   *     seg.png}; empty without a dot
   * @param offset where its content begins in the tar file
   * @param bytes the length of its content
   * @param text its content, of members that {@link #isText} holds for; null of others
   * @param flaw why its content is not read as text, as the end of a sentence; or null
   */
  record Member(String name, String suffix, long offset, long bytes, String text, String flaw)
      implements Serializable {

    /** Returns a member whose content is never looked at here. */
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

  /** Returns a mistake that stops the catalog. */
  static WebDatasetSample problem(Shard shard, String sentence) {
    return new WebDatasetSample(shard, 0, shard.path, List.of(), sentence, null, null);
  }

  /** Returns a member that is left out whatever its sample is. */
  static WebDatasetSample skipped(Shard shard, String member, SkipReason reason, String detail) {
    return new WebDatasetSample(shard, 0, member, List.of(), null, reason, detail);
  }

  /** Returns the key of a member. */
  static String keyOf(String name) {
    int dot = dot(name);
    return dot < 0 ? name : name.substring(0, dot);
  }

  /** What follows the key and its dot, in lower case; empty where there is none. */
  static String suffixOf(String name) {
    int dot = dot(name);
    return dot < 0 ? "" : name.substring(dot + 1).toLowerCase(Locale.ROOT);
  }

  private static int dot(String name) {
    return name.indexOf('.', name.lastIndexOf('/') + 1);
  }

  /**
   * Returns whether a suffix is an image's: {@code jpg}, {@code input.jpg}; none at all may be one.
   */
  static boolean isImage(String suffix) {
    return suffix.isEmpty()
        || ImageFormat.ofName("." + suffix).isPresent()
        || FOREIGN_IMAGES.contains(end(suffix));
  }

  /** Returns whether a suffix names a class: {@code cls}, {@code label}, {@code cls.txt}. */
  static boolean isClass(String suffix) {
    return CLASS_WORDS.contains(end(suffix))
        || (TEXT_ENDS.contains(end(suffix))
            && List.of(suffix.split("\\.", -1)).stream().anyMatch(CLASS_WORDS::contains));
  }

  /** Returns whether a suffix is JSON's: {@code json}, {@code meta.json}. */
  static boolean isJson(String suffix) {
    return end(suffix).equals("json");
  }

  /** Returns whether a suffix is text's, a class or a caption: {@code txt}, {@code outputs.txt}. */
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
