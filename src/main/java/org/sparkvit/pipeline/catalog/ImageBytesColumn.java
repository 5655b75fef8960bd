package org.sparkvit.pipeline.catalog;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.UserException;

/**
 * The column of a Parquet table that holds encoded images: a structure of bytes and perhaps a name,
 * as Hugging Face's datasets write it, or a column of bytes, such as {@code content} of Spark's
 * {@code binaryFile}.
 *
 * @param index the position of the column
 * @param name its name
 * @param struct whether it is a structure
 * @param paths whether that structure has the images' own paths, too
 * @param others the positions of other columns with images, which are left out, as a catalog has no
 *     room for them
 */
record ImageBytesColumn(
    int index, String name, boolean struct, boolean paths, List<Integer> others) {
  static final String BYTES = "bytes";
  static final String PATH = "path";

  /** The names by which a column of bytes is known to hold images, the first of them first. */
  private static final List<String> NAMES = List.of("image", "content");

  /** Returns the names of the column and of the field in it, with a dot in between. */
  String column() {
    return struct ? name + "." + BYTES : name;
  }

  /**
   * Finds the column of a table.
   *
   * @param table the table's name, for messages
   * @param asked the name of the column of paths or images that the user gave
   * @return the column, or empty where the table has none, or names its images by paths
   * @throws UserException when it may be one of several
   */
  static Optional<ImageBytesColumn> find(String table, StructType schema, Optional<String> asked) {
    List<Integer> structs = new ArrayList<>();
    List<Integer> bytes = new ArrayList<>();
    for (int i = 0; i < schema.length(); i++) {
      DataType type = schema.fields()[i].dataType();
      if (type instanceof BinaryType) {
        bytes.add(i);
      } else if (hasBytes(type)) {
        structs.add(i);
      }
    }
    Optional<Integer> index =
        asked.isPresent()
            ? named(schema, structs, bytes, asked.get())
            : chosen(table, schema, structs, bytes);
    return index.map(
        i -> {
          DataType type = schema.fields()[i].dataType();
          List<Integer> others = new ArrayList<>(structs);
          others.addAll(bytes);
          others.remove(i);
          others.sort(null);
          return new ImageBytesColumn(
              i,
              schema.fieldNames()[i],
              type instanceof StructType,
              type instanceof StructType struct && hasPath(struct),
              List.copyOf(others));
        });
  }

  /** Returns the names of the columns that may be images. */
  static List<String> candidates(StructType schema) {
    return Arrays.stream(schema.fields())
        .filter(field -> field.dataType() instanceof BinaryType || hasBytes(field.dataType()))
        .map(StructField::name)
        .toList();
  }

  private static boolean hasBytes(DataType type) {
    return type instanceof StructType struct
        && Arrays.asList(struct.fieldNames()).contains(BYTES)
        && struct.apply(BYTES).dataType() instanceof BinaryType;
  }

  private static boolean hasPath(StructType struct) {
    return Arrays.asList(struct.fieldNames()).contains(PATH)
        && struct.apply(PATH).dataType() instanceof StringType;
  }

  private static Optional<Integer> named(
      StructType schema, List<Integer> structs, List<Integer> bytes, String asked) {
    Set<Integer> all = new HashSet<>(structs);
    all.addAll(bytes);
    for (int i : all) {
      if (schema.fieldNames()[i].equals(asked)) {
        return Optional.of(i);
      }
    }
    return all.stream()
        .filter(
            i ->
                schema.fieldNames()[i].equalsIgnoreCase(asked)
                    || (structs.contains(i)
                        && (schema.fieldNames()[i] + "." + BYTES).equalsIgnoreCase(asked)))
        .sorted()
        .findFirst();
  }

  private static Optional<Integer> chosen(
      String table, StructType schema, List<Integer> structs, List<Integer> bytes) {
    if (!structs.isEmpty() && usual(schema, structs).isEmpty() && hasImagePaths(schema)) {
      throw new UserException(
          table
              + " has the column of text 'image', and images in "
              + structs.stream().map(i -> schema.fieldNames()[i]).toList()
              + "; say with --path-column which of them is meant");
    }
    if (!structs.isEmpty()) {
      return Optional.of(
          structs.size() == 1
              ? structs.get(0)
              : usual(schema, structs).orElseThrow(() -> several(table, schema, structs)));
    }
    Optional<Integer> usual = usual(schema, bytes);
    if (usual.isPresent() || bytes.isEmpty() || hasPaths(schema)) {
      return usual;
    }
    if (bytes.size() > 1) {
      throw several(table, schema, bytes);
    }
    return Optional.of(bytes.get(0));
  }

  private static Optional<Integer> usual(StructType schema, List<Integer> candidates) {
    for (String name : NAMES) {
      for (int i : candidates) {
        if (schema.fieldNames()[i].toLowerCase(Locale.ROOT).equals(name)) {
          return Optional.of(i);
        }
      }
    }
    return Optional.empty();
  }

  /** Returns whether a table names its images by paths, beside what bytes it has. */
  private static boolean hasPaths(StructType schema) {
    for (StructField field : schema.fields()) {
      if (field.dataType() instanceof StringType && ManifestColumns.isUsualPath(field.name())) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether a table has paths of images under the name that images themselves have. */
  private static boolean hasImagePaths(StructType schema) {
    return Arrays.stream(schema.fields())
        .anyMatch(
            field ->
                field.dataType() instanceof StringType
                    && field.name().equalsIgnoreCase(NAMES.get(0)));
  }

  private static UserException several(String table, StructType schema, List<Integer> columns) {
    return new UserException(
        table
            + " has "
            + columns.size()
            + " columns that may be the images, "
            + columns.stream().map(i -> schema.fieldNames()[i]).toList()
            + "; say which with --path-column");
  }
}
