package org.sparkvit.pipeline.catalog;

/** The meaning of an input's folders according to the user. */
public enum LayoutOption {
  /** The layout is detected, and the catalog says what was decided. */
  AUTO,
  /** The first folder is the class, whatever it is called. */
  FOLDER,
  /** Folders that are named like splits are splits, with classes below or above them. */
  SPLITS
}
