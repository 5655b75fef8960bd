package org.sparkvit.pipeline.catalog;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.Urls;
import org.sparkvit.core.UserException;
import org.sparkvit.image.codec.ImageFormat;
import org.sparkvit.loading.Storage;
import org.sparkvit.loading.Within;

/**
 * Detects what an input is.
 *
 * <ul>
 *   <li>a file {@code .csv .tsv .jsonl .ndjson .json .parquet}, or a folder that Spark wrote under
 *       such a name: a manifest
 *   <li>a folder with {@code metadata.csv}, {@code metadata.jsonl} or {@code metadata.parquet} in
 *       it, in its split folders or in its class folders (a Hugging Face ImageFolder): one manifest
 *   <li>a folder of {@code .parquet} files (a data set of Hugging Face's Hub): one manifest
 *   <li>a folder with a Delta table: one manifest
 *   <li>a file {@code .tar}, or a folder that has some in it or in its split folders: shards
 *   <li>any other folder: an image folder
 * </ul>
 */
final class InputSources {
  private final CatalogConfig config;
  private final Configuration configuration;
  private final InputDecisions decisions;

  /**
   * Creates the sources of one run of the catalog.
   *
   * @param decisions receives what is decided about inputs that may mean two things
   */
  InputSources(CatalogConfig config, Configuration configuration, InputDecisions decisions) {
    this.config = config;
    this.configuration = configuration;
    this.decisions = decisions;
  }

  /**
   * Returns the sources of all inputs. All tar shards are one source.
   *
   * @throws UserException when an input does not exist or is not what {@code format} says
   */
  List<CatalogSource> all() {
    List<CatalogSource> sources = new ArrayList<>();
    List<ShardSource> shards = new ArrayList<>();
    for (String input : config.inputs()) {
      for (CatalogSource source : of(input)) {
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
   * Returns the sources of an input.
   *
   * @throws UserException when the input does not exist or is not what {@code format} says
   */
  List<CatalogSource> of(String uri) {
    String input = Urls.withoutSecrets(uri);
    if (input.matches("(?i)(https?|ftp)://.*")) {
      throw new UserException(
          "--input '"
              + input
              + "' is a web address, which is not read; download it, or name a folder of S3 as"
              + " s3a://BUCKET/FOLDER");
    }
    try {
      Path given = new Path(uri);
      FileSystem fs = Storage.of(given, configuration);
      FileStatus status = fs.getFileStatus(given);
      Path root = fs.makeQualified(status.getPath());
      List<CatalogSource> sources = status.isDirectory() ? ofFolder(root) : ofFile(root);
      boolean manifest =
          sources.stream()
              .anyMatch(
                  source -> source instanceof ManifestSource || source instanceof MetadataSource);
      boolean folder = sources.stream().allMatch(source -> source instanceof FolderSource);
      refuse(!manifest, "--image-root", config.imageRoot(), "is for manifests", input);
      refuse(!manifest, "--path-column", config.pathColumn(), "is for manifests", input);
      refuse(!manifest, "--split-column", config.splitColumn(), "is for manifests", input);
      boolean shards = sources.stream().anyMatch(source -> source instanceof ShardSource);
      Optional<String> images = firstOf(config.imageMembers());
      refuse(!shards, "--image-member", images, "is for tar shards", input);
      refuse(!shards, "--label-member", config.labelMember(), "is for tar shards", input);
      refuse(!manifest, "--within", firstOf(config.within()), "is for manifests", input);
      refuse(!manifest, "--encoding", config.encoding(), "is for manifests", input);
      refuse(!manifest, "--delimiter", config.delimiter(), "is for manifests", input);
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

  /** Refuses an option that would have no effect, as it is a misunderstanding. */
  private static void refuse(
      boolean useless, String option, Optional<String> value, String what, String input) {
    if (useless && value.isPresent()) {
      throw new UserException(option + " " + what + ", which '" + input + "' is not; drop it");
    }
  }

  private static Optional<String> firstOf(List<String> values) {
    return values.stream().findFirst();
  }

  private List<CatalogSource> ofFile(Path file) throws IOException {
    if (ShardSource.isShard(file.getName()) && allows(InputFormat.WEBDATASET)) {
      WebDatasetSample.Shard shard = new WebDatasetSample.Shard(file.toString(), file.toString());
      return List.of(new ShardSource(List.of(shard), List.of(), config, decisions));
    }
    if (ManifestTable.Kind.of(file.getName()).isPresent() && allows(InputFormat.MANIFEST)) {
      return List.of(manifest(file));
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
              case MANIFEST -> "a manifest (.csv, .tsv, .jsonl, .parquet)";
              case WEBDATASET -> "a tar shard (.tar)";
              case AUTO -> "a manifest (.csv, .tsv, .jsonl, .parquet) or a tar shard (.tar)";
            }
            + (file.getName().toLowerCase(Locale.ROOT).matches(".*\\.(xlsx?|ods)")
                ? "; save the sheet as CSV"
                : "; give the folder that the images are in"));
  }

  private List<CatalogSource> ofFolder(Path root) throws IOException {
    if (allows(InputFormat.MANIFEST)) {
      Optional<DeltaFolder> delta = DeltaFolder.find(configuration, root);
      if (delta.isPresent()) {
        decisions.say(delta.get().decision());
        return List.of(manifest(root.getParent(), delta.get().parts(), delta));
      }
    }
    Optional<ManifestTable.Kind> kind = ManifestTable.Kind.of(root.getName());
    if (kind.isPresent() && allows(InputFormat.MANIFEST)) {
      List<ManifestPart> parts =
          kind.get() == ManifestTable.Kind.PARQUET
              ? ParquetFolder.parts(configuration, root)
              : List.of();
      boolean deeper =
          parts.stream().anyMatch(part -> !new Path(part.file()).getParent().equals(root));
      return List.of(deeper ? manifest(root, parts) : manifest(root));
    }
    Level top = Level.of(root, root, configuration);
    if (allows(InputFormat.MANIFEST)) {
      List<ManifestPart> metadata =
          new MetadataFiles(configuration, root, config.format() == InputFormat.AUTO).find();
      if (!metadata.isEmpty()) {
        return List.of(metadata(root, metadata));
      }
      List<ManifestPart> parquet = ParquetFolder.parts(configuration, root);
      if (!parquet.isEmpty()) {
        ParquetFolder.withoutSplit(parquet).ifPresent(decisions::say);
        return List.of(manifest(root, parquet));
      }
    }
    if (allows(InputFormat.WEBDATASET)) {
      boolean shards = top.shards;
      boolean folders = top.folders;
      for (Path folder : top.splits) {
        Level split = Level.of(root, folder, configuration);
        shards |= split.shards;
        folders |= split.folders;
      }
      if (config.format() == InputFormat.AUTO && shards && folders) {
        throw ambiguous(root, "tar files and class folders side by side");
      }
      if (!shards && !folders && top.compressed != null) {
        throw compressed(top.compressed);
      }
      if (shards) {
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
      case AUTO, FOLDER -> List.of(folder(root, top));
    };
  }

  private FolderSource folder(Path root, Level top) {
    if (!top.tables.isEmpty()) {
      if (top.tables.size() == top.entries) {
        throw new UserException(
            "--input '"
                + root
                + "' has tables in it and no images, "
                + top.tables
                + "; name the one to read");
      }
      decisions.say(
          "input '"
              + root
              + "': the tables beside the images are not read, "
              + top.tables
              + "; to take labels from one, name it as --input");
    }
    return new FolderSource(root, config, decisions);
  }

  /**
   * Returns an exception for an input that may be read in two ways. Whichever was chosen, the other
   * would be ignored without a word.
   */
  static UserException ambiguous(Path root, String what) {
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

  private ManifestSource manifest(Path file) throws IOException {
    String folder = file.getParent().toString();
    return manifest(file.getParent(), List.of(new ManifestPart(file.toString(), folder, null)));
  }

  private CatalogSource metadata(Path root, List<ManifestPart> parts) throws IOException {
    ManifestSource metadata = manifest(root, parts);
    // Images that lie elsewhere may be those of many tables.
    return config.imageRoot().isEmpty()
        ? new MetadataSource(metadata, new FolderSource(root, config, decisions))
        : metadata;
  }

  /**
   * Returns a manifest of several files, which all have the same format.
   *
   * @param root the folder that names are relative to, unless {@code --image-root} is given
   */
  private ManifestSource manifest(Path root, List<ManifestPart> parts) throws IOException {
    return manifest(root, parts, Optional.empty());
  }

  private ManifestSource manifest(Path root, List<ManifestPart> parts, Optional<DeltaFolder> delta)
      throws IOException {
    String images =
        config.imageRoot().isEmpty() ? root.toString() : qualified(config.imageRoot().get());
    List<ManifestPart> placed =
        config.imageRoot().isEmpty()
            ? parts
            : parts.stream()
                .map(part -> new ManifestPart(part.file(), images, part.split()))
                .toList();
    List<String> within = new ArrayList<>();
    for (String folder : config.within()) {
      within.add(qualified(folder));
    }
    ManifestTable.Kind kind =
        ManifestTable.Kind.of(new Path(parts.get(0).file()).getName()).orElseThrow();
    return new ManifestSource(
        placed,
        kind,
        images,
        new Within(within.isEmpty() ? List.of(images) : within),
        delta,
        config,
        decisions);
  }

  private String qualified(String folder) throws IOException {
    Path given = new Path(folder);
    return Storage.of(given, configuration).makeQualified(given).toString();
  }

  private List<WebDatasetSample.Shard> shards(Path root) {
    List<WebDatasetSample.Shard> shards = new ArrayList<>();
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
        shards.add(new WebDatasetSample.Shard(root.toString(), file.toString()));
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
   * The facts by which kinds of folders are told apart.
   *
   * @param splits the folders with a split's name
   * @param shards whether there is a tar file
   * @param folders whether there are folders that name no split
   * @param compressed a compressed tar file where there are no images beside it, or null
   * @param tables the names of files that could be manifests
   * @param entries the number of files and folders without hidden ones
   */
  private record Level(
      List<Path> splits,
      boolean shards,
      boolean folders,
      Path compressed,
      List<String> tables,
      int entries) {

    private static Level of(Path root, Path folder, Configuration configuration) {
      List<Path> splits = new ArrayList<>();
      List<String> tables = new ArrayList<>();
      boolean shards = false;
      boolean folders = false;
      boolean images = false;
      Path compressed = null;
      int number = 0;
      for (Iterator<Found> all = FolderEntries.of(root, folder, configuration); all.hasNext(); ) {
        Found entry = all.next();
        String name = entry.path().getName();
        if (FolderLayout.isHiddenFile(name)) {
          continue;
        }
        number++;
        if (entry.isFolder() && FolderLayout.splitNamed(name) != null) {
          splits.add(entry.path());
        } else if (entry.isFolder()) {
          folders = true;
        } else if (ShardSource.isShard(name)) {
          shards = true;
        } else if (isCompressed(name)) {
          compressed = entry.path();
        } else if (ManifestTable.Kind.of(name).isPresent()) {
          tables.add(name);
        } else {
          images |= ImageFormat.ofName(name).isPresent();
        }
      }
      splits.sort(null);
      tables.sort(null);
      return new Level(splits, shards, folders, images ? null : compressed, tables, number);
    }
  }
}
