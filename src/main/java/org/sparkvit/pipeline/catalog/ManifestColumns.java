package org.sparkvit.pipeline.catalog;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.UserException;
import org.sparkvit.loading.ImageFiles;

/**
 * The meaning of the columns of a manifest. Names are first compared as they are written, then
 * without case.
 *
 * @param path the position of the column of paths
 * @param label the position of the column of labels, or -1 for none
 * @param split the position of the column of given splits, or -1 for none
 * @param offset the position of {@link ImageFiles#MEMBER_OFFSET}, or -1 for none
 * @param bytes the position of {@link ImageFiles#MEMBER_BYTES}, or -1 for none
 * @param own the positions of the user's further columns, which are kept
 */
record ManifestColumns(int path, int label, int split, int offset, int bytes, List<Integer> own)
    implements Serializable {
  private static final List<String> PATHS = List.of("path", "file_name", "image");

  /**
   * The suffix of columns of file names in Hugging Face's image folders, behind a word for what the
   * image is.
   */
  private static final String FILE_NAME = "_file_name";

  private static final List<String> LABELS = List.of("label", "class");
  private static final String SPLIT = "split";

  /** Returns the names that the column of paths may have, the preferred one first. */
  static List<String> paths(CatalogConfig config) {
    return config.pathColumn().map(List::of).orElse(PATHS);
  }

  /** Returns whether a column has one of these names. */
  static boolean isNamed(String column, List<String> names) {
    return names.stream().anyMatch(column::equalsIgnoreCase)
        || (names.equals(PATHS) && isFileName(column));
  }

  /** Returns whether a column has a name by which it is taken for the one of paths. */
  static boolean isUsualPath(String column) {
    return isNamed(column, PATHS);
  }

  private static boolean isFileName(String column) {
    return column.toLowerCase(Locale.ROOT).endsWith(FILE_NAME);
  }

  /**
   * Finds the columns of a manifest.
   *
   * @param manifest the manifest's name, for messages
   * @param images the column with images or their paths in it, which is the one of paths, or empty
   * @param splitGiven whether the place of its files gives the split, so that no column does unless
   *     the user names it
   * @throws UserException when a column is missing or of a type that it cannot have
   */
  static ManifestColumns of(
      String manifest,
      StructType schema,
      CatalogConfig config,
      Optional<String> images,
      boolean splitGiven) {
    Finder finder = new Finder(manifest, schema);
    int path = finder.path(images.or(config::pathColumn));
    int label = config.unlabelled() ? -1 : finder.column("label", config.labelColumn(), LABELS);
    int split =
        config.splitColumn().isPresent()
            ? finder.column("split", config.splitColumn(), List.of())
            : splitGiven ? -1 : finder.indexOf(SPLIT);
    finder.requirePath(path);
    if (label >= 0) {
      finder.requireLabel(label);
    }
    int offset = finder.numbers(ImageFiles.MEMBER_OFFSET);
    int bytes = finder.numbers(ImageFiles.MEMBER_BYTES);
    List<Integer> own = new ArrayList<>();
    for (int i = 0; i < schema.length(); i++) {
      if (i != path
          && i != label
          && i != split
          && i != offset
          && i != bytes
          && !schema.fieldNames()[i].isBlank()) {
        own.add(i);
      }
    }
    return new ManifestColumns(path, label, split, offset, bytes, List.copyOf(own));
  }

  /**
   * Returns a sentence on what was decided.
   *
   * @param images the column with the images themselves, or null where there are paths
   */
  String decision(StructType schema, String images) {
    String[] names = schema.fieldNames();
    return (images == null
            ? "paths are column '" + names[path]
            : "images are inside, in column '" + images)
        + "', "
        + (label < 0 ? "no labels" : "labels '" + names[label] + "'")
        + (split < 0 ? "" : ", splits '" + names[split] + "'");
  }

  private record Finder(String manifest, StructType schema) {

    private int path(Optional<String> asked) {
      for (String name : asked.map(List::of).orElse(PATHS)) {
        int index = indexOf(name);
        if (index >= 0) {
          return index;
        }
      }
      List<String> named =
          Arrays.stream(schema.fieldNames()).filter(ManifestColumns::isFileName).toList();
      if (asked.isPresent() || named.isEmpty()) {
        throw missing("path", asked, PATHS);
      }
      if (named.size() > 1) {
        throw new UserException(
            manifest
                + " has "
                + named.size()
                + " columns of file names, "
                + named
                + "; say which is the image with --path-column");
      }
      return indexOf(named.get(0));
    }

    private int column(String what, Optional<String> asked, List<String> usual) {
      for (String name : asked.map(List::of).orElse(usual)) {
        int index = indexOf(name);
        if (index >= 0) {
          return index;
        }
      }
      throw missing(what, asked, usual);
    }

    private UserException missing(String what, Optional<String> asked, List<String> usual) {
      return new UserException(
          manifest
              + " has no column "
              + asked.map(name -> "'" + name + "'").orElse(String.join(" or ", usual))
              + "; it has "
              + Arrays.toString(schema.fieldNames())
              + ": name the one with --"
              + what
              + "-column"
              + (what.equals("label") ? ", or pass --unlabelled" : ""));
    }

    private int indexOf(String name) {
      List<String> names = List.of(schema.fieldNames());
      int exact = names.indexOf(name);
      if (exact >= 0) {
        return exact;
      }
      List<String> alike = names.stream().filter(name::equalsIgnoreCase).toList();
      if (alike.size() > 1) {
        throw new UserException(
            manifest + " has columns " + alike + "; rename those that are not meant by " + name);
      }
      return alike.isEmpty() ? -1 : names.indexOf(alike.get(0));
    }

    /**
     * Returns the position of a column of whole numbers, which an export has where it names members
     * of tar files, or -1 where there is none.
     */
    private int numbers(String name) {
      int index = List.of(schema.fieldNames()).indexOf(name);
      return index >= 0 && schema.fields()[index].dataType() instanceof LongType ? index : -1;
    }

    private void requirePath(int path) {
      DataType type = schema.fields()[path].dataType();
      if (!(type instanceof StringType)) {
        throw new UserException(
            what(path) + ", not text; images inside a table are read from Parquet, as bytes");
      }
    }

    private void requireLabel(int label) {
      DataType type = schema.fields()[label].dataType();
      if (type instanceof StructType || type instanceof ArrayType || type instanceof MapType) {
        throw new UserException(
            what(label) + ", but an image has one label; choose with --label-column");
      }
    }

    private String what(int column) {
      StructField field = schema.fields()[column];
      return "column '"
          + field.name()
          + "' of "
          + manifest
          + " has type "
          + (field.dataType() instanceof BinaryType ? "binary" : field.dataType().typeName());
    }
  }
}
