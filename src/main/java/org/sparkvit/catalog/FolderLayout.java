package org.sparkvit.catalog;

import java.util.Locale;
import org.sparkvit.image.ImageFormat;
import org.sparkvit.table.SplitsTable;

/**
 * What a file's place in an image folder says about it.
 *
 * <p>The first folder is the class, as torchvision's {@code ImageFolder} has it; folders below it
 * only hold files apart. A first folder with a split's name is the split, and the one below it the
 * class. A file above the classes has no label.
 */
final class FolderLayout {
  private FolderLayout() {}

  /**
   * What a path says.
   *
   * @param label null where no folder names one
   * @param split a name of {@link SplitsTable}, or null
   */
  record Place(String label, String split) {}

  /** Label and split of a path relative to the data set's root, e.g. {@code train/cat/1.jpg}. */
  static Place place(String relative) {
    String[] parts = relative.split("/", -1);
    String split = parts.length > 1 ? splitNamed(parts[0]) : null;
    int folder = split == null ? 0 : 1;
    return new Place(parts.length > folder + 1 ? parts[folder] : null, split);
  }

  /** The split that a folder, or a cell of a manifest, names by one of its usual names, or null. */
  static String splitNamed(String name) {
    return switch (name.strip().toLowerCase(Locale.ROOT)) {
      case "train", "training" -> SplitsTable.TRAIN;
      case "val", "valid", "validation" -> SplitsTable.VALIDATION;
      case "test" -> SplitsTable.TEST;
      default -> null;
    };
  }

  /**
   * Whether a file is one that operating systems and jobs leave behind, like {@code .DS_Store},
   * {@code ._1.jpg}, {@code Thumbs.db} or {@code _SUCCESS}. Cameras do write {@code _MG_0001.JPG}.
   */
  static boolean isHiddenFile(String name) {
    return name.startsWith(".")
        || (name.startsWith("_") && ImageFormat.ofName(name).isEmpty())
        || name.equalsIgnoreCase("Thumbs.db")
        || name.equalsIgnoreCase("desktop.ini");
  }

  /** Whether a folder is one of those; a class may well start with an underscore. */
  static boolean isHiddenFolder(String name) {
    return name.startsWith(".") || name.equals("__MACOSX") || name.equals("_temporary");
  }

  /** Whether any part of a relative path is hidden. */
  static boolean isHidden(String relative) {
    String[] parts = relative.split("/", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      if (isHiddenFolder(parts[i])) {
        return true;
      }
    }
    return isHiddenFile(parts[parts.length - 1]);
  }
}
