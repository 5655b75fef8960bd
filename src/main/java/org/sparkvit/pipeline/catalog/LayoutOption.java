package org.sparkvit.pipeline.catalog;

/** What a user says the folders of the inputs are. */
public enum LayoutOption {
  /** Decided by what is there; the catalog says what was decided. */
  AUTO,
  /** The first folder is the class, whatever it is called. */
  FOLDER,
  /** Folders that are called like splits are splits, with classes below or above them. */
  SPLITS
}
