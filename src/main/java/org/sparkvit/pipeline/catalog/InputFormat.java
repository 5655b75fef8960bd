package org.sparkvit.pipeline.catalog;

/** The kind of an input. */
public enum InputFormat {
  /** The kind is detected; see {@link InputSources}. */
  AUTO,
  /** A folder with files {@code class/file} or {@code split/class/file}. */
  FOLDER,
  /** A table of paths, labels and further columns: CSV, JSON lines or Parquet. */
  MANIFEST,
  /** Tar files, in WebDataset's layout or with class folders inside. */
  WEBDATASET
}
