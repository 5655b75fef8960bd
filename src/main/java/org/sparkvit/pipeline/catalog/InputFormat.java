package org.sparkvit.pipeline.catalog;

/** What an input is. */
public enum InputFormat {
  /** By what is there; see {@link InputSources}. */
  AUTO,
  /** {@code class/file} or {@code split/class/file}. */
  FOLDER,
  /** A table of paths, labels and further columns: CSV, JSON lines or Parquet. */
  MANIFEST,
  /** Tar files, in WebDataset's layout or with class folders inside. */
  WEBDATASET
}
