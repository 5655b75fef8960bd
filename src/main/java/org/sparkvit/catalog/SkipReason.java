package org.sparkvit.catalog;

/** Why something in an input is no row of the images table, but one of {@code images_skipped}. */
enum SkipReason {
  /** A file or folder that systems and jobs leave behind, such as {@code .DS_Store}. */
  HIDDEN("hidden, or left behind by a system"),
  /** A file whose name says that it is text, a table or the like. */
  NOT_AN_IMAGE("not images by their names"),
  /** A symbolic link whose target is not there. */
  DANGLING_LINK("links to nothing"),
  /** A symbolic link to a folder whose files are listed elsewhere in this input. */
  REPEATED_LINK("links to folders that are listed already"),
  /** A pipe, a device, or a link within a tar file: nothing with a content of its own. */
  SPECIAL_FILE("no ordinary files"),
  /** A folder that may not be listed. */
  UNREADABLE_FOLDER("folders that cannot be opened"),
  /** A file or folder whose name cannot be told, so that it cannot be opened either. */
  UNNAMEABLE("names that cannot be read"),
  /** A member of a sample that is not its image, such as a mask. */
  OTHER_MEMBER("further members of samples"),
  /** A label or metadata whose image is not there. */
  WITHOUT_IMAGE("labels without an image"),
  /** An image that the metadata of its folder does not list. */
  NOT_LISTED("not listed by the metadata beside them"),
  /** A file in a folder of tar shards, such as an index of one. */
  BESIDE_SHARDS("files beside tar shards");

  private final String words;

  SkipReason(String words) {
    this.words = words;
  }

  /** For people, after a number: "3 " and these words. */
  String words() {
    return words;
  }
}
