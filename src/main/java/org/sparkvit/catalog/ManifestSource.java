package org.sparkvit.catalog;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.UserException;
import org.sparkvit.table.ImageFiles;
import org.sparkvit.table.ImageName;

/**
 * A manifest: a table with a column of image paths, one of labels, and further ones, which are kept
 * (with {@code meta_} in front where the images table has a column of that name). A file that does
 * not exist shows when it is read. Where it has {@link ImageFiles#MEMBER_OFFSET} and {@link
 * ImageFiles#MEMBER_BYTES}, as an export of {@code relabel} may, its paths name members of tar
 * files.
 *
 * @param file the manifest, fully qualified
 * @param kind how it is written
 * @param root the folder that names are relative to; see {@link ImageName}
 * @param folder the folder that its relative paths start from: {@code root} or one below
 * @param split the split that all of its images are given; null to go by its column
 * @param config the names of its columns, and what an empty label means
 */
record ManifestSource(
    Path file, ManifestTable.Kind kind, Path root, Path folder, String split, CatalogConfig config)
    implements Source {

  /** Positions in the manifest; -1 for what it does not have. */
  private record Columns(int path, int label, int split, int offset, int bytes, List<Integer> own)
      implements Serializable {}

  @Override
  public Dataset<Row> list(SparkSession spark) {
    Dataset<Row> rows = ManifestTable.read(spark, file, kind);
    StructType schema = rows.schema();
    int path = column(schema, "path", config.pathColumn(), List.of("path", "file_name", "image"));
    int label =
        config.unlabelled()
            ? -1
            : column(schema, "label", config.labelColumn(), List.of("label", "class"));
    int given = splitColumn(schema);
    if (!(schema.fields()[path].dataType() instanceof StringType)) {
      throw new UserException(
          what(schema, path)
              + ", not text; images inside a table are not read: write them to files");
    }
    if (label >= 0 && isNested(schema.fields()[label].dataType())) {
      throw new UserException(
          what(schema, label) + ", but an image has one label; choose with --label-column");
    }
    int offset = numberColumn(schema, ImageFiles.MEMBER_OFFSET);
    int bytes = numberColumn(schema, ImageFiles.MEMBER_BYTES);
    List<Integer> own = new ArrayList<>();
    for (int i = 0; i < schema.length(); i++) {
      if (i != path && i != label && i != given && i != offset && i != bytes) {
        own.add(i);
      }
    }
    Columns columns = new Columns(path, label, given, offset, bytes, List.copyOf(own));
    List<String> names = Listing.freeNames(own.stream().map(i -> schema.fieldNames()[i]).toList());
    StructType listing = Listing.SCHEMA;
    for (int i = 0; i < names.size(); i++) {
      listing = listing.add(names.get(i), schema.fields()[own.get(i)].dataType());
    }
    Reader reader =
        new Reader(
            file.toString(),
            root.toString(),
            folder.toString(),
            split,
            config.emptyLabel() == CatalogConfig.EmptyLabel.FAIL,
            columns);
    return spark.createDataFrame(FileSizes.of(spark, rows.javaRDD().map(reader::listed)), listing);
  }

  private int splitColumn(StructType schema) {
    if (split != null) {
      return -1;
    }
    return config.splitColumn() == null
        ? indexOf(schema, "split")
        : column(schema, "split", config.splitColumn(), List.of());
  }

  /** The column of whole numbers that an export has where it names members of tar files; or -1. */
  private static int numberColumn(StructType schema, String name) {
    int index = indexOf(schema, name);
    return index >= 0 && schema.fields()[index].dataType() instanceof LongType ? index : -1;
  }

  private int column(StructType schema, String what, String asked, List<String> usual) {
    for (String name : asked == null ? usual : List.of(asked)) {
      int index = indexOf(schema, name);
      if (index >= 0) {
        return index;
      }
    }
    throw new UserException(
        "manifest '"
            + file
            + "' has no column "
            + (asked == null ? String.join(" or ", usual) : "'" + asked + "'")
            + "; it has "
            + Arrays.toString(schema.fieldNames())
            + ": name the one with --"
            + what
            + "-column"
            + (what.equals("label") ? ", or pass --unlabelled" : ""));
  }

  private String what(StructType schema, int column) {
    StructField field = schema.fields()[column];
    return "column '"
        + field.name()
        + "' of manifest '"
        + file
        + "' has type "
        + field.dataType().typeName();
  }

  private static int indexOf(StructType schema, String name) {
    return Arrays.asList(schema.fieldNames()).indexOf(name);
  }

  private static boolean isNested(DataType type) {
    return type instanceof StructType || type instanceof ArrayType || type instanceof MapType;
  }

  /** Turns a row of the manifest into one of the listing, in a task. */
  private record Reader(
      String manifest,
      String root,
      String folder,
      String split,
      boolean requireLabel,
      Columns columns)
      implements Serializable {

    private Row listed(Row row) {
      Object[] own = new Object[columns.own.size()];
      for (int i = 0; i < own.length; i++) {
        own[i] = row.get(columns.own.get(i));
      }
      return Listing.with(file(row), own);
    }

    private Row file(Row row) {
      String path = row.getString(columns.path);
      if (path == null || path.isBlank()) {
        return problem("", "a path is empty, in the row " + row);
      }
      String label = text(row, columns.label);
      if (columns.label >= 0 && label == null && requireLabel) {
        return problem(
            path,
            "the label of '"
                + path
                + "' is empty; fill it in, or pass --empty-label unlabelled to score it only");
      }
      String given = text(row, columns.split);
      String named = given == null ? split : FolderLayout.splitNamed(given);
      if (given != null && named == null) {
        return problem(
            path,
            "the split of '"
                + path
                + "' is '"
                + given
                + "', not train, validation or test; rename the column, or the split");
      }
      try {
        ImageName.Resolved image = ImageName.resolve(new Path(root), new Path(folder), path);
        boolean member =
            columns.offset >= 0
                && columns.bytes >= 0
                && !row.isNullAt(columns.offset)
                && !row.isNullAt(columns.bytes);
        return Listing.file(
            image.name(),
            image.path().toString(),
            label,
            named,
            member ? row.getLong(columns.offset) : 0,
            member ? row.getLong(columns.bytes) : null,
            null);
      } catch (IllegalArgumentException e) {
        return problem(path, "'" + path + "' is no path: " + e.getMessage());
      }
    }

    private Row problem(String where, String sentence) {
      return Listing.problem(where, "manifest '" + manifest + "': " + sentence);
    }

    /** A cell as text without white space around it; null where it is empty. */
    private static String text(Row row, int column) {
      if (column < 0 || row.isNullAt(column)) {
        return null;
      }
      String text = row.get(column).toString().strip();
      return text.isEmpty() ? null : text;
    }
  }
}
