package org.sparkvit.pipeline.catalog;

/**
 * The reason why something in an input is no row of the images table, but one of {@code
 * images_skipped}.
 */
enum SkipReason {
  /** A file or folder that systems and jobs leave behind, such as {@code .DS_Store}. */
  HIDDEN("hidden, or left behind by a system"),
  /** A file whose name says that it is text, a table or the like. */
  NOT_AN_IMAGE("not images by their names"),
  /** A symbolic link whose target does not exist. */
  DANGLING_LINK("links to nothing"),
  /** A symbolic link to a folder in the same input or above it, which would never end. */
  REPEATED_LINK("links to folders of the same input, or above it"),
  /** A pipe, a device, or a link within a tar file, which have no content of their own. */
  SPECIAL_FILE("no ordinary files"),
  /** A folder with nothing in it. */
  EMPTY_FOLDER("folders with nothing in them"),
  /**
   * A folder whose name is not UTF-8. A file of such a name becomes an image that is not usable.
   */
  UNNAMEABLE("folders whose names are not UTF-8"),
  /** A member of a sample that is not its image, such as a mask. */
  OTHER_MEMBER("further members of samples"),
  /** A label or metadata whose image does not exist. */
  WITHOUT_IMAGE("labels without an image"),
  /** An image that the metadata of its folder does not list. */
  NOT_LISTED("not listed by the metadata beside them"),
  /** A file in a folder of tar shards, such as an index of one. */
  BESIDE_SHARDS("files beside tar shards"),
  /** A row of a manifest that says the same as an earlier one. */
  REPEATED_ROW("rows of manifests that repeat another");

  private final String words;

  SkipReason(String words) {
    this.words = words;
  }

  /** Returns the words that follow a number, as in "3 " and these words. */
  String words() {
    return words;
  }
}
