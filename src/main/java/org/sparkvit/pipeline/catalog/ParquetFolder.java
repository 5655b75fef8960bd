package org.sparkvit.pipeline.catalog;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.delta.DeltaTable;

/**
 * Finds a folder of Parquet files alone, perhaps one level down, as data sets of Hugging Face's Hub
 * have: {@code data/train-00000-of-00001.parquet} or {@code default/train/0000.parquet}. The name
 * of a file, or otherwise of its folder, gives the split.
 */
final class ParquetFolder {
  private static final String ENDING = ".parquet";
  private static final int LEVELS = 3;

  private ParquetFolder() {}

  /** Returns the files as parts of one manifest, or none where the folder has other files in it. */
  static List<ManifestPart> parts(Configuration configuration, Path root) {
    List<Path> files = new ArrayList<>();
    if (!collect(configuration, root, root, LEVELS, files)) {
      return List.of();
    }
    files.sort(null);
    SplitNames names = names(files);
    List<String> splits = new ArrayList<>();
    for (Path file : files) {
      splits.add(split(file, names));
    }
    // A manifest whose files say the split of a part of it says it of none.
    boolean all = !splits.contains(null);
    List<ManifestPart> parts = new ArrayList<>();
    for (int i = 0; i < files.size(); i++) {
      parts.add(
          new ManifestPart(files.get(i).toString(), root.toString(), all ? splits.get(i) : null));
    }
    return parts;
  }

  /**
   * Returns a sentence where some of the files name a split and others do not, so that none of the
   * names counts.
   *
   * @param parts the parts that {@link #parts} returned
   */
  static Optional<String> withoutSplit(List<ManifestPart> parts) {
    List<String> named = new ArrayList<>();
    List<String> others = new ArrayList<>();
    List<Path> files = parts.stream().map(part -> new Path(part.file())).toList();
    SplitNames names = names(files);
    for (Path file : files) {
      (split(file, names) == null ? others : named).add(file.getName());
    }
    return named.isEmpty() || others.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "splits are not taken from the names of files, since '"
                + others.get(0)
                + "' says none and '"
                + named.get(0)
                + "' does; rename it, or name the files one by one with --input");
  }

  /**
   * Collects the Parquet files of a folder. It stops at the first file of another kind, with which
   * image folders begin.
   */
  private static boolean collect(
      Configuration configuration, Path root, Path folder, int levels, List<Path> files) {
    for (Iterator<Found> all = FolderEntries.of(root, folder, configuration); all.hasNext(); ) {
      Found entry = all.next();
      String name = entry.path().getName();
      if (name.equals(DeltaTable.LOG)) {
        throw new UserException(
            "--input '"
                + root
                + "' has a Delta table in it, whose files do not all count; name the table itself, "
                + folder);
      }
      if (entry.skipped() != null || FolderLayout.isHiddenFile(name)) {
        continue;
      }
      if (entry.isFolder()) {
        if (levels == 1 || !collect(configuration, root, entry.path(), levels - 1, files)) {
          return false;
        }
      } else if (entry.problem() == null && name.endsWith(ENDING)) {
        files.add(entry.path());
      } else if (!isAboutTheData(name)) {
        return false;
      }
    }
    return true;
  }

  /** Returns whether a file that is no table is a text that data sets come with. */
  private static boolean isAboutTheData(String name) {
    return name.matches("(?i)(readme|license|dataset_infos?|state)[^.]*(\\.(md|rst|txt|json))?");
  }

  private static SplitNames names(List<Path> files) {
    List<String> names = new ArrayList<>();
    for (Path file : files) {
      names.add(name(file));
      names.add(file.getParent().getName());
    }
    return SplitNames.of(names);
  }

  private static String split(Path file, SplitNames names) {
    String split = names.split(name(file));
    return split == null ? names.split(file.getParent().getName()) : split;
  }

  /**
   * Returns the name of a file without its number and what follows, as a hash may hold any letters.
   */
  private static String name(Path file) {
    String name = file.getName();
    return name.substring(0, name.length() - ENDING.length()).replaceFirst("-\\d+-of-\\d+.*$", "");
  }
}
