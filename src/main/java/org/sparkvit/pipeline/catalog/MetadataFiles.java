package org.sparkvit.pipeline.catalog;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Row;
import org.sparkvit.loading.Prefetcher;
import org.sparkvit.loading.Storage;

/**
 * Finds the metadata of a Hugging Face ImageFolder: files of a known name in the folder itself, in
 * its split folders or class folders, or in the class folders of its splits. Each file is about the
 * images of its own folder.
 *
 * @param strict whether it is a mistake that some folders have metadata and others have none
 */
record MetadataFiles(Configuration configuration, Path root, boolean strict) {
  private static final List<String> NAMES =
      List.of("metadata.jsonl", "metadata.csv", "metadata.parquet");

  /** The number of requests to a storage at once. A request only waits. */
  private static final int AT_ONCE = 16;

  /** Returns the paths of the metadata files in a listing. */
  static JavaRDD<String> in(JavaRDD<Row> listing) {
    return listing
        .map(row -> row.getString(Listing.AT_PATH))
        // A folder that may not be opened is a row without a path.
        .filter(path -> path != null && NAMES.contains(new Path(path).getName()));
  }

  /** A folder and its metadata file, which may be null. */
  private record Place(Path folder, Path metadata, String split) {
    private boolean isWithout() {
      return metadata == null;
    }
  }

  /**
   * Returns the metadata files, all of one format, or none where the folder is no such data set.
   *
   * @throws org.sparkvit.core.UserException when it is ambiguous what the files are about
   */
  List<ManifestPart> find() {
    Place top = probe(new Place(root, null, null));
    List<Place> below = below(root);
    List<Place> found = below.stream().filter(place -> !place.isWithout()).toList();
    if (!top.isWithout()) {
      if (strict && !found.isEmpty()) {
        throw InputSources.ambiguous(
            root, "metadata of its own and in '" + found.get(0).folder.getName() + "'");
      }
      return parts(List.of(top));
    }
    // Where class folders have metadata, one called like a split is a class as well.
    boolean classes = found.stream().anyMatch(place -> place.split == null);
    List<String> without =
        below.stream()
            .filter(place -> place.isWithout() && (classes || place.split != null))
            .map(place -> place.folder.getName())
            .toList();
    if (strict && !found.isEmpty() && !without.isEmpty()) {
      throw InputSources.ambiguous(
          root, "metadata in some " + (classes ? "" : "split ") + "folders, but not in " + without);
    }
    return parts(
        classes
            ? found.stream().map(place -> new Place(place.folder, place.metadata, null)).toList()
            : found);
  }

  private List<ManifestPart> parts(List<Place> places) {
    for (Place place : places) {
      if (!kind(place).equals(kind(places.get(0)))) {
        throw InputSources.ambiguous(
            root,
            "both '" + places.get(0).metadata + "' and '" + place.metadata + "', of two kinds");
      }
    }
    return places.stream()
        .map(
            place ->
                new ManifestPart(place.metadata.toString(), place.folder.toString(), place.split))
        .toList();
  }

  private static ManifestTable.Kind kind(Place place) {
    return ManifestTable.Kind.of(place.metadata.getName()).orElseThrow();
  }

  /**
   * Returns the folders of the first level. For a split without metadata it returns the folders in
   * it that have some.
   */
  private List<Place> below(Path folder) {
    List<Place> places = new ArrayList<>();
    for (Place place : probe(folders(folder, null, true))) {
      List<Place> inner =
          place.split == null || !place.isWithout()
              ? List.of()
              : probe(folders(place.folder, place.split, false));
      if (inner.stream().allMatch(Place::isWithout)) {
        places.add(place);
      } else {
        places.addAll(inner);
      }
    }
    return places;
  }

  /**
   * Returns the folders in a folder. Folders that may not be opened are reported by the walk, which
   * comes later and goes everywhere.
   */
  private List<Place> folders(Path folder, String split, boolean splits) {
    List<Place> folders = new ArrayList<>();
    for (Iterator<Found> all = FolderEntries.of(root, folder, configuration); all.hasNext(); ) {
      Found entry = all.next();
      String name = entry.path().getName();
      if (entry.isFolder() && !FolderLayout.isHiddenFolder(name)) {
        folders.add(new Place(entry.path(), null, splits ? splitOf(name) : split));
      }
    }
    folders.sort((a, b) -> a.folder.compareTo(b.folder));
    return folders;
  }

  /** Returns the split that a folder is, or null. A class such as {@code test strip} is none. */
  private static String splitOf(String folder) {
    return FolderLayout.besidesSplit(folder).isEmpty() ? FolderLayout.splitNamed(folder) : null;
  }

  private List<Place> probe(List<Place> places) {
    List<Place> probed = new ArrayList<>();
    try (Prefetcher<Place, Place> asked =
        new Prefetcher<>(places.iterator(), this::probe, AT_ONCE, 4 * AT_ONCE)) {
      asked.forEachRemaining(probed::add);
    }
    return probed;
  }

  /** Looks for the metadata files by their names, as a class folder has many other files. */
  private Place probe(Place place) {
    Path found = null;
    for (String name : NAMES) {
      Path file = new Path(place.folder, name);
      try {
        Storage.of(file, configuration).getFileStatus(file);
      } catch (FileNotFoundException e) {
        continue;
      } catch (IOException e) {
        throw new UncheckedIOException("looking for " + file, e);
      }
      if (found != null) {
        throw InputSources.ambiguous(place.folder, "both " + found.getName() + " and " + name);
      }
      found = file;
    }
    return new Place(place.folder, found, place.split);
  }
}
