package org.sparkvit.pipeline.catalog;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.sparkvit.image.codec.ImageFormat;

/** Decides by a file's name alone whether it may be an image. */
final class FileNames {
  /**
   * The extensions of files that lie beside images in data sets: text, tables, arrays, models,
   * programs, archives.
   */
  private static final Set<String> NO_IMAGES =
      Set.of(
          "json",
          "jsonl",
          "ndjson",
          "geojson",
          "csv",
          "tsv",
          "txt",
          "text",
          "md",
          "rst",
          "xml",
          "html",
          "htm",
          "yaml",
          "yml",
          "toml",
          "ini",
          "cfg",
          "conf",
          "properties",
          "log",
          "names",
          "npy",
          "npz",
          "pkl",
          "pickle",
          "mat",
          "h5",
          "hdf5",
          "db",
          "sqlite",
          "sqlite3",
          "mdb",
          "lmdb",
          "parquet",
          "arrow",
          "feather",
          "avro",
          "orc",
          "tfrecord",
          "tfrecords",
          "pt",
          "pth",
          "ckpt",
          "onnx",
          "safetensors",
          "py",
          "ipynb",
          "sh",
          "m",
          "r",
          "js",
          "css",
          "zip",
          "gz",
          "tgz",
          "bz2",
          "xz",
          "zst",
          "7z",
          "rar",
          "tar",
          "md5",
          "sha1",
          "sha256",
          "crc",
          "lock");

  /** The names, in capitals, of files without an extension that are no images. */
  private static final Set<String> NO_IMAGES_WHOLE =
      Set.of(
          "README",
          "LICENSE",
          "LICENCE",
          "NOTICE",
          "COPYING",
          "CHANGELOG",
          "AUTHORS",
          "MANIFEST",
          "SHA256SUMS",
          "SHA1SUMS",
          "MD5SUMS",
          "CHECKSUMS");

  private FileNames() {}

  /**
   * Returns the reason why a file is skipped by its name. It is empty for a file that has to be
   * looked at: one with an image's name, and also one without an extension or with an unknown one.
   */
  static Optional<SkipReason> left(String name) {
    if (FolderLayout.isHiddenFile(name)) {
      return Optional.of(SkipReason.HIDDEN);
    }
    if (ImageFormat.ofName(name).isPresent()) {
      return Optional.empty();
    }
    int dot = name.lastIndexOf('.');
    boolean none =
        dot < 0
            ? NO_IMAGES_WHOLE.contains(name.toUpperCase(Locale.ROOT))
            : NO_IMAGES.contains(name.substring(dot + 1).toLowerCase(Locale.ROOT));
    return none ? Optional.of(SkipReason.NOT_AN_IMAGE) : Optional.empty();
  }
}
