package org.sparkvit.pipeline.catalog;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.sparkvit.image.codec.ImageFormat;

/** What a file's name alone says about whether it is an image. */
final class FileNames {
  /** Text, tables, arrays, models, programs, archives: what lies beside images in data sets. */
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

  /** Files that have no extension, by their names in capitals. */
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
   * Why a file is left out by its name; empty for one that is to be looked at: an image by its
   * name, and also a file without an extension or with one that nobody knows.
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
