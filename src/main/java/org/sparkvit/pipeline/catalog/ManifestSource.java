package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.first;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.expressions.WindowSpec;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.Urls;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.loading.ImageFiles;
import org.sparkvit.loading.ImageName;
import org.sparkvit.loading.ParquetCell;
import org.sparkvit.loading.Within;

/**
 * Lists the images of a manifest: a table with a column of image paths, one of labels, and further
 * ones, which are kept (with {@code meta_} in front where the images table has a column of that
 * name). {@link ManifestColumns} decides what the columns mean, and {@link LabelText} what a label
 * is. A file that does not exist is found out when it is read. Where the manifest has {@link
 * ImageFiles#MEMBER_OFFSET} and {@link ImageFiles#MEMBER_BYTES}, as an export of {@code relabel}
 * may, its paths name members of tar files, or cells of Parquet files. Where a Parquet manifest has
 * the images themselves, they are listed in place, each as a {@link ParquetCell}.
 *
 * @param parts the files that the manifest consists of, at least one
 * @param kind the format of the files
 * @param root the URI of the folder that names are relative to; see {@link ImageName}
 * @param within the folders that its paths may lead to
 * @param delta the Delta table that the parts are the files of, or empty
 * @param config the names of its columns, and the meaning of an empty label
 * @param decisions receives how it was understood
 */
record ManifestSource(
    List<ManifestPart> parts,
    ManifestTable.Kind kind,
    String root,
    Within within,
    Optional<DeltaFolder> delta,
    CatalogConfig config,
    InputDecisions decisions)
    implements CatalogSource {
  /** The column of the names that images inside Parquet have of their own. */
  private static final String FILE_NAME = "file_name";

  private static final String AGAIN = "_again";
  private static final String AGAINST = "_against";
  private static final String BEFORE = "_before";

  /** The temporary columns of rows, beside those of a listing and the user's. */
  static final List<String> COLUMNS =
      List.of(
          ManifestTable.FILE,
          ManifestTable.LINE,
          ManifestTable.CELLS,
          ManifestTable.TEXT,
          AGAIN,
          AGAINST,
          BEFORE);

  @Override
  public Dataset<Row> list(SparkSession spark) {
    return sized(spark, rows(spark));
  }

  /** Returns {@link #rows} with the sizes of files. */
  Dataset<Row> sized(SparkSession spark, Dataset<Row> rows) {
    return spark.createDataFrame(FileSizes.of(spark, rows.javaRDD(), within), rows.schema());
  }

  /** Returns the listing without sizes. */
  Dataset<Row> rows(SparkSession spark) {
    ManifestTable table = ManifestTable.read(spark, kind, parts, delta, config, decisions);
    StructType schema = table.columns();
    ParquetImages inside = table.inside();
    ManifestColumns columns =
        ManifestColumns.of(
            name(),
            schema,
            config,
            table.images().map(ImageBytesColumn::name),
            parts.get(0).split() != null);
    decisions.say(
        name() + ": " + columns.decision(schema, inside == null ? null : inside.column()));
    if (kind == ManifestTable.Kind.PARQUET) {
      table.requireReadable(parts.get(0).file());
    }
    List<String> own =
        new ArrayList<>(columns.own().stream().map(i -> schema.fieldNames()[i]).toList());
    boolean fileNames =
        inside != null
            && table.images().orElseThrow().paths()
            && own.stream().noneMatch(FILE_NAME::equalsIgnoreCase);
    if (fileNames) {
      own.add(FILE_NAME);
    }
    List<String> names = Listing.freeNames(own);
    StructType listing = Listing.SCHEMA;
    for (int i = 0; i < columns.own().size(); i++) {
      StructField field = schema.fields()[columns.own().get(i)];
      requireFields(field.name(), field.dataType());
      listing = listing.add(names.get(i), field.dataType());
    }
    if (fileNames) {
      listing = listing.add(names.get(names.size() - 1), DataTypes.StringType);
    }
    Reader reader =
        new Reader(
            byFile(),
            root,
            within,
            inside,
            fileNames,
            config.emptyLabel() == CatalogConfig.EmptyLabel.FAIL,
            columns,
            labels(spark, table, columns),
            kind == ManifestTable.Kind.JSON_LINES && columns.label() >= 0
                ? schema.fieldNames()[columns.label()]
                : null);
    StructType placed =
        listing
            .add(ManifestTable.FILE, DataTypes.StringType)
            .add(ManifestTable.LINE, DataTypes.LongType);
    return once(spark.createDataFrame(table.rows().javaRDD().map(reader::listed), placed))
        .drop(ManifestTable.FILE, ManifestTable.LINE);
  }

  /** Returns the name of the manifest for messages. */
  private String name() {
    return ManifestText.name(parts.stream().map(ManifestPart::file).toList());
  }

  private Map<String, ManifestPart> byFile() {
    Map<String, ManifestPart> files = new HashMap<>();
    parts.forEach(part -> files.put(part.file(), part));
    return files;
  }

  private LabelText labels(SparkSession spark, ManifestTable table, ManifestColumns columns) {
    if (columns.label() < 0) {
      return new LabelText(false, Map.of());
    }
    Map<String, List<String>> names = new HashMap<>();
    if (kind == ManifestTable.Kind.PARQUET) {
      Configuration configuration = spark.sparkContext().hadoopConfiguration();
      String column = table.columns().fieldNames()[columns.label()];
      for (ManifestPart part : parts) {
        for (String file : ManifestTable.files(configuration, part.file())) {
          List<String> classes = ParquetClassNames.of(configuration, file, column);
          if (!classes.isEmpty()) {
            names.put(file, classes);
          }
        }
      }
    }
    if (!names.isEmpty()) {
      decisions.say(name() + ": numbers of labels are named by the file's own metadata");
      return new LabelText(false, names);
    }
    // Spark's floating point numbers do not tell any more how they were written.
    boolean numbers =
        kind == ManifestTable.Kind.JSON_LINES
            && table.columns().fields()[columns.label()].dataType() instanceof DoubleType;
    boolean whole =
        numbers
            ? LabelText.areWholeNumbers(table.spelled(columns.label()))
            : LabelText.areWhole(table.column(columns.label()));
    if (whole) {
      decisions.say(name() + ": all labels are whole numbers, so 1.0 is the class 1");
    }
    return new LabelText(whole, names);
  }

  /**
   * Checks the names of a structure's fields. Structures in cells are written to Parquet unchanged,
   * which has rules for names.
   */
  private void requireFields(String column, DataType type) {
    if (type instanceof ArrayType array) {
      requireFields(column, array.elementType());
    } else if (type instanceof MapType map) {
      requireFields(column, map.valueType());
    } else if (type instanceof StructType struct) {
      Set<String> seen = new HashSet<>();
      for (StructField field : struct.fields()) {
        if (field.name().isEmpty() || !seen.add(field.name().toLowerCase(Locale.ROOT))) {
          throw new UserException(
              name()
                  + ": column '"
                  + column
                  + "' has a field '"
                  + field.name()
                  + "' that "
                  + (field.name().isEmpty() ? "has no name" : "differs from another in case only")
                  + "; rename it");
        }
        requireFields(column, field.dataType());
      }
    }
  }

  /**
   * Keeps one row for each image. Of rows that say the same the first stays, and the others are
   * skipped. Rows that contradict each other are a mistake.
   */
  private static Dataset<Row> once(Dataset<Row> rows) {
    Column where = col(ManifestTable.LINE);
    WindowSpec same = Window.partitionBy(Listing.NAME).orderBy(col(ManifestTable.FILE), where);
    Column again = row_number().over(same).gt(1).and(col(Listing.PROBLEM).isNull());
    Column label = coalesce(col(ImagesTable.LABEL), lit("no label"));
    Column split = coalesce(col(ImagesTable.GIVEN_SPLIT), lit("no split"));
    Column saying =
        when(not(label.equalTo(first(label).over(same))), saying(label, where, same))
            .when(not(split.equalTo(first(split).over(same))), saying(split, where, same));
    Dataset<Row> compared =
        rows.withColumn(AGAIN, again)
            .withColumn(AGAINST, when(again, saying))
            .withColumn(BEFORE, first(where).over(same));
    Column skipped = col(AGAIN).and(col(AGAINST).isNull());
    return compared
        .withColumn(
            Listing.PROBLEM,
            when(
                    col(AGAINST).isNotNull(),
                    format_string(
                        "manifest '%s': '%s' is listed twice, %s; keep one of the two",
                        col(ManifestTable.FILE), col(ImagesTable.PATH), col(AGAINST)))
                .otherwise(col(Listing.PROBLEM)))
        .withColumn(
            Listing.DETAIL,
            when(skipped, format_string("line %d says the same as line %d", where, col(BEFORE)))
                .otherwise(col(Listing.DETAIL)))
        .withColumn(
            Listing.SKIPPED,
            when(skipped, lit(SkipReason.REPEATED_ROW.name())).otherwise(col(Listing.SKIPPED)))
        .drop(AGAIN, AGAINST, BEFORE);
  }

  private static Column saying(Column what, Column where, WindowSpec same) {
    return format_string(
        "as '%s' in line %d and as '%s' in line %d",
        first(what).over(same), first(where).over(same), what, where);
  }

  /**
   * Converts a row of the manifest to one of the listing, in a task.
   *
   * @param inside where the images are, or null where the manifest names them by paths
   * @param fileNames whether the names that images inside have of their own become a column
   * @param spelled the key of the label in a line of JSON, which is taken as it is spelled, or null
   */
  private record Reader(
      Map<String, ManifestPart> parts,
      String root,
      Within within,
      ParquetImages inside,
      boolean fileNames,
      boolean requireLabel,
      ManifestColumns columns,
      LabelText labels,
      String spelled)
      implements Serializable {

    private Row listed(Row placed) {
      String file = ManifestTable.file(placed);
      long line = ManifestTable.line(placed);
      Row row = ManifestTable.cells(placed);
      int columnsOfOwn = columns.own().size();
      Object[] own = new Object[columnsOfOwn + (fileNames ? 3 : 2)];
      for (int i = 0; i < columnsOfOwn; i++) {
        Object cell = row.get(columns.own().get(i));
        own[i] = cell instanceof String text ? Urls.withoutSecrets(text) : cell;
      }
      if (fileNames && !row.isNullAt(columns.path())) {
        String written = Urls.withoutSecrets(row.getString(columns.path()));
        own[columnsOfOwn] = written.substring(written.lastIndexOf('/') + 1);
      }
      own[own.length - 2] = file;
      own[own.length - 1] = line;
      return Listing.with(inside == null ? file(placed, row) : cell(placed, row), own);
    }

    /** Returns the row of an image that is in the table itself. */
    private Row cell(Row placed, Row row) {
      String file = ManifestTable.file(placed);
      ParquetCell cell = new ParquetCell(file, inside.column(), ManifestTable.line(placed) - 1);
      try {
        ManifestPart part = part(file);
        ParquetImages.Facts facts = inside.files().get(file);
        return Listing.cell(
            ImageName.of(new Path(root), new Path(cell.path())),
            cell,
            label(placed, row, cell.path()),
            split(part, row, cell.path()),
            facts.bytesOfOne(),
            facts.modified());
      } catch (UserException e) {
        return problem(placed, cell.path(), e);
      }
    }

    private static Row problem(Row placed, String path, UserException e) {
      return Listing.problem(
          path,
          "manifest '"
              + ManifestTable.file(placed)
              + "' line "
              + ManifestTable.line(placed)
              + ": "
              + e.getMessage());
    }

    private Row file(Row placed, Row row) {
      String file = ManifestTable.file(placed);
      String written = row.isNullAt(columns.path()) ? "" : row.getString(columns.path());
      String path = Urls.withoutSecrets(written);
      try {
        if (path.isBlank()) {
          throw new UserException("a path is empty");
        }
        return file(row, file, path, label(placed, row, path));
      } catch (UserException e) {
        return problem(placed, path, e);
      }
    }

    private Row file(Row row, String file, String path, String label) {
      ManifestPart part = part(file);
      String split = split(part, row, path);
      ImageName.Resolved image;
      try {
        image = ImageName.resolve(new Path(root), new Path(part.folder()), path);
      } catch (IllegalArgumentException e) {
        throw new UserException("'" + path + "' is no path: " + e.getMessage(), e);
      }
      Optional<String> refusal = within.refusal(image.path());
      if (refusal.isPresent()) {
        return Listing.refused(image.name(), image.path().toString(), label, split, refusal.get());
      }
      Long bytes = number(row, columns.bytes());
      Long offset = bytes == null ? null : number(row, columns.offset());
      if (offset == null) {
        return Listing.file(image.name(), image.path().toString(), label, split, 0, null, null);
      }
      if (offset <= 0 || bytes < 0 || offset + bytes < 0) {
        throw new UserException(
            "'"
                + path
                + "' has "
                + ImageFiles.MEMBER_OFFSET
                + " "
                + offset
                + " and "
                + ImageFiles.MEMBER_BYTES
                + " "
                + bytes
                + ", which is no place in a file; write the manifest again");
      }
      return Listing.file(image.name(), image.path().toString(), label, split, offset, bytes, null);
    }

    /** Returns the part that a file is, or that is the file's folder. */
    private ManifestPart part(String file) {
      ManifestPart part = parts.get(file);
      return part != null ? part : parts.get(new Path(file).getParent().toString());
    }

    private String label(Row placed, Row row, String path) {
      if (columns.label() < 0) {
        return null;
      }
      Object cell =
          spelled == null
              ? row.get(columns.label())
              : JsonSpelling.of(ManifestTable.text(placed), spelled);
      String label = labels.of(cell, ManifestTable.file(placed));
      if (label == null && requireLabel) {
        throw new UserException(
            "the label of '"
                + path
                + "' is empty; fill it in, or pass --empty-label unlabelled to score it only");
      }
      return label;
    }

    /** Returns the split of a row. A column that was found is one that counts. */
    private String split(ManifestPart part, Row row, String path) {
      if (columns.split() < 0) {
        return part.split();
      }
      if (row.isNullAt(columns.split())) {
        return null;
      }
      String given = row.get(columns.split()).toString().strip();
      if (given.isEmpty()) {
        return null;
      }
      String split = FolderLayout.splitNamed(given);
      if (split == null || !FolderLayout.besidesSplit(given).isEmpty()) {
        throw new UserException(
            "the split of '"
                + path
                + "' is '"
                + given
                + "', not train, validation or test; rename the column, or the split");
      }
      return split;
    }

    private static Long number(Row row, int column) {
      return column < 0 || row.isNullAt(column) ? null : row.getLong(column);
    }
  }
}
