package org.sparkvit.catalog;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.image.ImageFormat;
import org.sparkvit.table.Storage;

/**
 * Finds out what an input is.
 *
 * <ul>
 *   <li>a file {@code .csv .jsonl .ndjson .json .parquet}, or a folder that Spark wrote under such
 *       a name: a manifest
 *   <li>a folder with {@code metadata.csv}, {@code metadata.jsonl} or {@code metadata.parquet} in
 *       it or in its split folders (a Hugging Face ImageFolder): manifests
 *   <li>a file {@code .tar}, or a folder that has some in it or in its split folders: shards
 *   <li>any other folder: an image folder
 * </ul>
 */
final class InputSources {
  private static final List<String> METADATA =
      List.of("metadata.jsonl", "metadata.csv", "metadata.parquet");

  private final CatalogConfig config;
  private final Configuration configuration;
  private final Decisions decisions;

  /**
   * For one run of the catalog.
   *
   * @param decisions takes what is decided about the inputs where they may mean two things
   */
  InputSources(CatalogConfig config, Configuration configuration, Decisions decisions) {
    this.config = config;
    this.configuration = configuration;
    this.decisions = decisions;
  }

  /**
   * The sources that the inputs consist of; their tar shards are one.
   *
   * @throws UserException when an input is not there or is not what {@code format} says
   */
  List<Source> all() {
    List<Source> sources = new ArrayList<>();
    List<ShardSource> shards = new ArrayList<>();
    for (String input : config.inputs()) {
      for (Source source : of(input)) {
        if (source instanceof ShardSource shard) {
          shards.add(shard);
        } else {
          sources.add(source);
        }
      }
    }
    if (!shards.isEmpty()) {
      sources.add(ShardSource.joined(shards));
    }
    return sources;
  }

  /**
   * The sources that an input consists of.
   *
   * @throws UserException when the input is not there or is not what {@code format} says
   */
  List<Source> of(String input) {
    try {
      Path given = new Path(input);
      FileSystem fs = Storage.of(given, configuration);
      FileStatus status = fs.getFileStatus(given);
      Path root = fs.makeQualified(status.getPath());
      List<Source> sources = status.isDirectory() ? ofFolder(root) : ofFile(root);
      boolean manifest = sources.stream().anyMatch(source -> source instanceof ManifestSource);
      boolean folder = sources.stream().allMatch(source -> source instanceof FolderSource);
      refuse(!manifest, "--image-root", config.imageRoot(), "is for manifests", input);
      refuse(!manifest, "--path-column", config.pathColumn(), "is for manifests", input);
      refuse(!manifest, "--split-column", config.splitColumn(), "is for manifests", input);
      boolean shards = sources.stream().anyMatch(source -> source instanceof ShardSource);
      String images = config.imageMembers().isEmpty() ? null : "given";
      refuse(!shards, "--image-member", images, "is for tar shards", input);
      refuse(!shards, "--label-member", config.labelMember(), "is for tar shards", input);
      refuse(folder, "--label-column", config.labelColumn(), "is for manifests and shards", input);
      decisions.say(
          "input '"
              + input
              + "': "
              + (folder ? "an image folder" : manifest ? "a manifest" : "tar shards"));
      return sources;
    } catch (FileNotFoundException e) {
      throw new UserException(
          "--input '" + input + "' does not exist; check the path, and for S3 the bucket", e);
    } catch (IOException | IllegalArgumentException e) {
      throw new UserException(
          "--input '"
              + input
              + "' cannot be opened: "
              + e.getMessage()
              + "; check the URI and who"
              + " may read it",
          e);
    }
  }

  /** An option that would do nothing is a misunderstanding. */
  private static void refuse(
      boolean useless, String option, String value, String what, String input) {
    if (useless && value != null) {
      throw new UserException(option + " " + what + ", which '" + input + "' is not; drop it");
    }
  }

  private List<Source> ofFile(Path file) throws IOException {
    if (ShardSource.isShard(file.getName()) && allows(InputFormat.WEBDATASET)) {
      Sample.Shard shard = new Sample.Shard(file.toString(), file.toString());
      return List.of(new ShardSource(List.of(shard), List.of(), config, decisions));
    }
    if (ManifestTable.Kind.of(file.getName()).isPresent() && allows(InputFormat.MANIFEST)) {
      return List.of(manifest(file, file.getParent(), file.getParent(), null));
    }
    if (isCompressed(file.getName())) {
      throw compressed(file);
    }
    throw new UserException(
        "--input '"
            + file
            + "' is a file, but not "
            + switch (config.format()) {
              case FOLDER -> "a folder";
              case MANIFEST -> "a manifest (.csv, .jsonl, .parquet)";
              case WEBDATASET -> "a tar shard (.tar)";
              case AUTO -> "a manifest (.csv, .jsonl, .parquet) or a tar shard (.tar)";
            }
            + "; give the folder that the images are in");
  }

  private List<Source> ofFolder(Path root) throws IOException {
    if (ManifestTable.Kind.of(root.getName()).isPresent() && allows(InputFormat.MANIFEST)) {
      return List.of(manifest(root, root.getParent(), root.getParent(), null));
    }
    if (allows(InputFormat.MANIFEST) || allows(InputFormat.WEBDATASET)) {
      List<Source> manifests = new ArrayList<>();
      Level top = Level.of(root, root, configuration);
      boolean shards = top.shards;
      boolean folders = top.folders;
      if (top.metadata != null) {
        manifests.add(manifest(top.metadata, root, root, null));
      }
      List<String> without = new ArrayList<>();
      for (Path folder : top.splits) {
        Level split = Level.of(root, folder, configuration);
        shards |= split.shards;
        folders |= split.folders;
        if (split.metadata == null) {
          without.add(folder.getName());
        } else if (top.metadata == null) {
          String name = FolderLayout.splitNamed(folder.getName());
          manifests.add(manifest(split.metadata, root, folder, name));
        } else if (config.format() == InputFormat.AUTO) {
          throw ambiguous(root, "metadata of its own and in '" + folder.getName() + "'");
        }
      }
      if (config.format() == InputFormat.AUTO) {
        if (top.metadata == null && !manifests.isEmpty() && !without.isEmpty()) {
          throw ambiguous(root, "metadata in some split folders, but not in " + without);
        }
        if (manifests.isEmpty() && shards && folders) {
          throw ambiguous(root, "tar files and class folders side by side");
        }
      }
      if (allows(InputFormat.MANIFEST) && !manifests.isEmpty()) {
        return manifests;
      }
      if (allows(InputFormat.WEBDATASET) && !shards && !folders && top.compressed != null) {
        throw compressed(top.compressed);
      }
      if (allows(InputFormat.WEBDATASET) && shards) {
        return List.of(new ShardSource(shards(root), List.of(root.toString()), config, decisions));
      }
    }
    return switch (config.format()) {
      case MANIFEST ->
          throw new UserException(
              "--input '"
                  + root
                  + "' has no metadata.csv, metadata.jsonl or metadata.parquet;"
                  + " name the manifest file itself");
      case WEBDATASET -> throw new UserException("--input '" + root + "' has no .tar files in it");
      case AUTO, FOLDER -> List.of(new FolderSource(root, config, decisions));
    };
  }

  /** Whatever was chosen, the other would be left out without a word. */
  private static UserException ambiguous(Path root, String what) {
    return new UserException(
        "--input '"
            + root
            + "' has "
            + what
            + "; name the manifests, tar files or folders one by one with --input, or choose one"
            + " kind with --format");
  }

  private boolean allows(InputFormat format) {
    return config.format() == InputFormat.AUTO || config.format() == format;
  }

  private Source manifest(Path file, Path root, Path folder, String split) throws IOException {
    ManifestTable.Kind kind = ManifestTable.Kind.of(file.getName()).orElseThrow();
    if (config.imageRoot() == null) {
      return new ManifestSource(file, kind, root, folder, split, config);
    }
    Path given = new Path(config.imageRoot());
    Path images = given.getFileSystem(configuration).makeQualified(given);
    return new ManifestSource(file, kind, images, images, split, config);
  }

  private List<Sample.Shard> shards(Path root) {
    List<Sample.Shard> shards = new ArrayList<>();
    for (Iterator<Found> all = new FileWalk(configuration, root, root, true); all.hasNext(); ) {
      Found found = all.next();
      if (found.problem() != null) {
        throw new UserException(found.problem());
      }
      if (found.skipped() != null) {
        continue;
      }
      Path file = found.path();
      if (isCompressed(file.getName())) {
        throw compressed(file);
      }
      if (ShardSource.isShard(file.getName())) {
        shards.add(new Sample.Shard(root.toString(), file.toString()));
      }
    }
    return shards;
  }

  private static boolean isCompressed(String file) {
    String name = file.toLowerCase(Locale.ROOT);
    return !FolderLayout.isHiddenFile(file)
        && (name.endsWith(".tgz")
            || name.endsWith(".tbz2")
            || name.endsWith(".txz")
            || name.matches(".*\\.tar\\.(gz|bz2|xz|zst|lz4|lzma|z)"));
  }

  private static UserException compressed(Path file) {
    return new UserException(
        "--input '"
            + file
            + "' is a compressed tar, whose members cannot be read by range; decompress it");
  }

  /**
   * What tells the kinds of folders apart.
   *
   * @param splits the folders with a split's name
   * @param metadata Hugging Face's manifest, or null
   * @param shards whether there is a tar file
   * @param folders whether there are folders that name no split
   * @param compressed a compressed tar file where there are no images beside it, or null
   */
  private record Level(
      List<Path> splits, Path metadata, boolean shards, boolean folders, Path compressed) {

    private static Level of(Path root, Path folder, Configuration configuration) {
      List<Path> splits = new ArrayList<>();
      Path metadata = null;
      boolean shards = false;
      boolean folders = false;
      boolean images = false;
      Path compressed = null;
      for (Iterator<Found> all = FolderEntries.of(root, folder, configuration); all.hasNext(); ) {
        Found entry = all.next();
        String name = entry.path().getName();
        if (METADATA.contains(name)) {
          if (metadata != null) {
            throw ambiguous(folder, "both " + metadata.getName() + " and " + name);
          }
          metadata = entry.path();
        } else if (entry.isFolder()
            && FolderLayout.splitNamed(name) == null
            && !FolderLayout.isHiddenFile(name)) {
          folders = true;
        } else if (entry.isFolder() && FolderLayout.splitNamed(name) != null) {
          splits.add(entry.path());
        } else if (!entry.isFolder() && ShardSource.isShard(name)) {
          shards = true;
        } else if (!entry.isFolder() && isCompressed(name)) {
          compressed = entry.path();
        } else if (!entry.isFolder()) {
          images |= ImageFormat.ofName(name).isPresent();
        }
      }
      splits.sort(null);
      return new Level(splits, metadata, shards, folders, images ? null : compressed);
    }
  }
}
