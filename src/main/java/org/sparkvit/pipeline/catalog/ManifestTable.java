package org.sparkvit.pipeline.catalog;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.udf;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.crypto.ParquetCryptoRuntimeException;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.api.java.UDF2;
import org.apache.spark.sql.execution.datasources.SchemaColumnConvertNotSupportedException;
import org.apache.spark.sql.expressions.UserDefinedFunction;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.QuotedColumn;
import org.sparkvit.image.codec.ForeignContent;
import org.sparkvit.loading.Storage;

/**
 * The rows of a manifest in any of its formats. Text is read by one task a file, in lines with
 * numbers; Parquet is read by Spark.
 *
 * @param rows {@link #FILE}, {@link #LINE}, {@link #CELLS} and {@link #TEXT}
 * @param columns the user's columns; in the rows they have positions only, since names in a user's
 *     table may be such that Spark cannot tell them apart; a column with images has their own paths
 *     in place of them, or null
 * @param images the column with images, or empty where the manifest names them by paths
 * @param inside where these images are, or null where there are none
 */
record ManifestTable(
    Dataset<Row> rows,
    StructType columns,
    Optional<ImageBytesColumn> images,
    ParquetImages inside) {
  /** The URI of the file that a row is from. */
  static final String FILE = "_file";

  /** The line in which a row begins, from 1, or in Parquet its number in the file. */
  static final String LINE = "_line";

  /** The row itself: a structure of the manifest's columns. */
  static final String CELLS = "_cells";

  /** The line of JSON as it is written; null in other formats. */
  static final String TEXT = "_text";

  private static final int MAX_TASKS = 2_000;

  /** The column of lines that Spark's parser, which is a different one, could not read. */
  private static final String UNREADABLE = "_unreadable";

  /** Removes the escapes from a file's URI, with which Spark returns it. */
  private static final UserDefinedFunction FILE_OF =
      udf((UDF1<String, String>) uri -> new Path(URI.create(uri)).toString(), DataTypes.StringType);

  private static final UserDefinedFunction FOLDER_VALUE =
      udf((UDF2<String, String, String>) FolderColumns::value, DataTypes.StringType);

  private static final UserDefinedFunction SPELLED =
      udf((UDF2<String, String, String>) JsonSpelling::of, DataTypes.StringType);

  private static final Pattern ILLEGAL_TYPE = Pattern.compile("Illegal Parquet type: (.*?)\\.?$");

  /** The words of Spark before the file that a task was reading. */
  private static final Pattern FAILED_FILE =
      Pattern.compile(
          "(?:reading file|footer for file:|converted in file) (\\S.*?)\\."
              + " (?:Details|Please|Column|Could|Data|SQLSTATE)");

  private static final Pattern UNLIKE_TYPES =
      Pattern.compile("data types \"(.*?)\" and \"(.*?)\"\\.");

  private static final Map<String, String> JSON_OPTIONS =
      Map.of("columnNameOfCorruptRecord", UNREADABLE);

  /** The format of a manifest. */
  enum Kind {
    CSV,
    JSON_LINES,
    PARQUET;

    /**
     * Returns the format by a file's name, or empty where it is no manifest. Text may be compressed
     * by gzip.
     */
    static Optional<Kind> of(String fileName) {
      String name = plain(fileName);
      if (name.endsWith(".parquet")) {
        return Optional.of(PARQUET);
      }
      if (name.endsWith(".csv") || name.endsWith(".tsv")) {
        return Optional.of(CSV);
      }
      boolean json = name.endsWith(".jsonl") || name.endsWith(".ndjson") || name.endsWith(".json");
      return json ? Optional.of(JSON_LINES) : Optional.empty();
    }

    private static String plain(String fileName) {
      String name = fileName.toLowerCase(Locale.ROOT);
      return name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
    }
  }

  /**
   * Reads and checks a manifest. Cells of a CSV are text, and empty ones are null. Cells of JSON
   * and Parquet keep their types. A column that some of the files lack is null in their rows.
   *
   * @param delta the Delta table that the parts are the files of, or empty
   * @throws UserException when it cannot be parsed; the message has the line's number
   */
  static ManifestTable read(
      SparkSession spark,
      Kind kind,
      List<ManifestPart> parts,
      Optional<DeltaFolder> delta,
      CatalogConfig config,
      InputDecisions decisions) {
    if (kind == Kind.PARQUET) {
      return parquet(spark, parts, delta, config.pathColumn(), decisions);
    }
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    List<String> files = new ArrayList<>();
    for (ManifestPart part : parts) {
      files.addAll(files(configuration, part.file()));
    }
    ManifestText text =
        new ManifestText(
            new SerializableConfiguration(configuration),
            kind,
            config.text(),
            ManifestColumns.paths(config));
    JavaRDD<String> each =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .parallelize(files, Math.max(1, Math.min(files.size(), MAX_TASKS)));
    Set<String> columns = new LinkedHashSet<>();
    Map<String, List<String>> said = new LinkedHashMap<>();
    for (ManifestText.Outcome outcome : each.map(text::check).collect()) {
      if (outcome.problem() != null) {
        throw new UserException(outcome.problem());
      }
      columns.addAll(outcome.columns());
      for (String sentence : outcome.decisions()) {
        said.computeIfAbsent(sentence, first -> new ArrayList<>()).add(outcome.file());
      }
    }
    said.forEach((sentence, where) -> decisions.say(ManifestText.name(where) + ": " + sentence));
    return kind == Kind.CSV
        ? csv(spark, each, text, List.copyOf(columns))
        : json(spark, each.flatMap(text::lines));
  }

  /** Returns a dataset of one of the columns. */
  Dataset<Row> column(int position) {
    return rows.select(col(CELLS).getField(position(position)).as("cell"));
  }

  /**
   * Returns a dataset of one of the columns, whose scalars are text as it is spelled in the file.
   * It exists for JSON lines only.
   */
  Dataset<Row> spelled(int position) {
    return rows.select(SPELLED.apply(col(TEXT), lit(columns.fieldNames()[position])).as("cell"));
  }

  /** Returns the file of a row in the form of {@link ManifestPart#file}. */
  static String file(Row row) {
    return row.getString(0);
  }

  static long line(Row row) {
    return row.getLong(1);
  }

  static Row cells(Row row) {
    return row.getStruct(2);
  }

  /** Returns the line of JSON as it is written, or null in other formats. */
  static String text(Row row) {
    return row.getString(3);
  }

  private static String position(int column) {
    return "c" + column;
  }

  private static StructType byPosition(StructType columns) {
    StructType positions = new StructType();
    for (int i = 0; i < columns.length(); i++) {
      positions = positions.add(position(i), columns.fields()[i].dataType());
    }
    return positions;
  }

  private static ManifestTable csv(
      SparkSession spark, JavaRDD<String> files, ManifestText text, List<String> columns) {
    StructType cells = new StructType();
    for (String column : columns) {
      cells = cells.add(column, DataTypes.StringType);
    }
    return new ManifestTable(
        spark.createDataFrame(
            files.flatMap(file -> text.rows(file, columns)),
            place().add(CELLS, byPosition(cells)).add(TEXT, DataTypes.StringType)),
        cells,
        Optional.empty(),
        null);
  }

  private static ManifestTable json(SparkSession spark, JavaRDD<Row> lines) {
    Dataset<Row> texts =
        spark.createDataFrame(
            lines, place().add(CELLS, DataTypes.StringType, false).add(TEXT, DataTypes.StringType));
    StructType cells =
        spark.read().options(JSON_OPTIONS).json(texts.select(CELLS).as(Encoders.STRING())).schema();
    Column parsed = from_json(col(CELLS), cells, JSON_OPTIONS).cast(byPosition(cells));
    return new ManifestTable(
        texts.select(col(FILE), col(LINE), parsed.as(CELLS), col(CELLS).as(TEXT)),
        cells,
        Optional.empty(),
        null);
  }

  private static StructType place() {
    return new StructType()
        .add(FILE, DataTypes.StringType, false)
        .add(LINE, DataTypes.LongType, false);
  }

  /**
   * Reads Parquet. Spark reads the footers in a job, whose failure says little in its first line,
   * so the message is made here.
   */
  private static ManifestTable parquet(
      SparkSession spark,
      List<ManifestPart> parts,
      Optional<DeltaFolder> delta,
      Optional<String> asked,
      InputDecisions decisions) {
    String what = parts.get(0).file();
    Configuration configuration = spark.sparkContext().hadoopConfiguration();
    requireParquet(configuration, parts);
    try {
      DataFrameReader reader = spark.read().option("mergeSchema", parts.size() > 1);
      delta.ifPresent(table -> reader.schema(table.columns()).option("basePath", table.folder()));
      Dataset<Row> rows =
          reader.parquet(parts.stream().map(part -> literal(part.file())).toArray(String[]::new));
      String name = ManifestText.name(parts.stream().map(ManifestPart::file).toList());
      // Spark adds those of a Delta table itself.
      Set<String> folders = delta.isPresent() ? Set.of() : FolderColumns.names(parts);
      Optional<ImageBytesColumn> images = ImageBytesColumn.find(name, rows.schema(), asked);
      if (images.isEmpty()) {
        sayNotRead(name, rows.schema(), asked, decisions);
        return parquet(rows, folders, images, null);
      }
      ImageBytesColumn image = images.get();
      List<String> files =
          parts.stream().flatMap(part -> files(configuration, part.file()).stream()).toList();
      ParquetImages inside = ParquetImages.survey(spark, files, image.column());
      if (image.paths() && isWithoutBytes(rows, image, inside)) {
        return parquet(rows, folders, images, null);
      }
      sayLeftOut(name, rows.schema(), image, decisions);
      return parquet(rows, folders, images, inside);
    } catch (Exception e) {
      if (e instanceof UserException mistake) {
        throw mistake;
      }
      // Not only RuntimeException: Spark throws AnalysisException and SparkException undeclared.
      throw unreadable(what, e);
    }
  }

  /** Returns whether a column of images has paths only, as data sets without files inside have. */
  private static boolean isWithoutBytes(
      Dataset<Row> rows, ImageBytesColumn image, ParquetImages inside) {
    return inside.rows() > 0
        && (inside.nulls().isPresent()
            ? inside.nulls().getAsLong() == inside.rows()
            : rows.where(
                    QuotedColumn.named(image.name()).getField(ImageBytesColumn.BYTES).isNotNull())
                .isEmpty());
  }

  private static void sayLeftOut(
      String name, StructType schema, ImageBytesColumn image, InputDecisions decisions) {
    if (!image.others().isEmpty()) {
      decisions.say(
          name
              + ": the other columns with bytes are left out, "
              + image.others().stream().map(i -> schema.fieldNames()[i]).toList());
    }
  }

  /** Says which columns may be images where paths are read instead. */
  private static void sayNotRead(
      String name, StructType schema, Optional<String> asked, InputDecisions decisions) {
    List<String> bytes = ImageBytesColumn.candidates(schema);
    if (asked.isEmpty() && !bytes.isEmpty()) {
      decisions.say(
          name
              + ": there are paths, so images are not read from the columns with bytes, "
              + bytes
              + "; --path-column reads them from one");
    }
  }

  /**
   * Returns the rows without the images themselves, so that Spark does not read them.
   *
   * @param folders the names of columns that the names of folders have
   */
  private static ManifestTable parquet(
      Dataset<Row> rows,
      Set<String> folders,
      Optional<ImageBytesColumn> images,
      ParquetImages inside) {
    StructType kept = new StructType();
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < rows.schema().length(); i++) {
      StructField field = rows.schema().fields()[i];
      Column column = QuotedColumn.named(field.name());
      if (images.isPresent() && images.get().index() == i) {
        column =
            images.get().paths()
                ? column.getField(ImageBytesColumn.PATH)
                : lit(null).cast(DataTypes.StringType);
        field = field.copy(field.name(), DataTypes.StringType, true, field.metadata());
      } else if (images.isPresent() && images.get().others().contains(i)) {
        continue;
      }
      columns.add(column.as(position(columns.size())));
      kept = kept.add(field);
    }
    Column file = FILE_OF.apply(col("_metadata.file_path"));
    for (String folder : folders) {
      // The table's own column wins, as its cells say it, too.
      if (Arrays.stream(rows.columns()).noneMatch(folder::equalsIgnoreCase)) {
        columns.add(FOLDER_VALUE.apply(file, lit(folder)).as(position(columns.size())));
        kept = kept.add(folder, DataTypes.StringType);
      }
    }
    return new ManifestTable(
        rows.select(
            file.as(FILE),
            col("_metadata.row_index").plus(1).as(LINE),
            struct(columns.toArray(Column[]::new)).as(CELLS),
            lit(null).cast(DataTypes.StringType).as(TEXT)),
        kept,
        images,
        inside);
  }

  /**
   * Checks that all files are Parquet. The message names the first one that is not; Spark's would
   * show bytes and a stack trace.
   */
  private static void requireParquet(Configuration configuration, List<ManifestPart> parts) {
    for (ManifestPart part : parts) {
      for (String file : files(configuration, part.file())) {
        Path path = new Path(file);
        try (InputStream in = Storage.of(path, configuration).open(path)) {
          Optional<String> other =
              ForeignContent.insteadOf("Parquet", in.readNBytes(ForeignContent.TEXT_BYTES));
          if (other.isPresent() && !other.get().startsWith("a Parquet file")) {
            throw new UserException(ManifestText.name(List.of(file)) + " is " + other.get());
          }
        } catch (IOException e) {
          throw new UserException(
              ManifestText.name(List.of(file)) + " cannot be opened: " + e.getMessage(), e);
        }
      }
    }
  }

  /**
   * Reads all rows, so that damage further on in the table is reported in one line. Text was read
   * when it was opened.
   *
   * @param what the table's name, for messages
   */
  void requireReadable(String what) {
    try {
      rows.write().format("noop").mode("overwrite").save();
    } catch (Exception e) {
      throw unreadable(what, e);
    }
  }

  private static UserException unreadable(String first, Exception e) {
    String what = first;
    Throwable cause = e;
    while (cause.getCause() != null) {
      cause = cause.getCause();
      Matcher file = FAILED_FILE.matcher(String.valueOf(cause.getMessage()));
      if (file.find()) {
        what = named(file.group(1));
      }
    }
    String said = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
    Matcher type = ILLEGAL_TYPE.matcher(said);
    String why = said + "; is it Parquet?";
    if (said.startsWith("[CANNOT_MERGE")) {
      Matcher both = UNLIKE_TYPES.matcher(said);
      why =
          "its files disagree on the type of a column"
              + (both.find() ? ", " + both.group(1) + " and " + both.group(2) : "")
              + "; write them with one type, or keep those of one type in a folder of their own";
    } else if (type.find()) {
      boolean nanoseconds = type.group(1).contains("NANOS");
      why =
          "it has a column of type "
              + type.group(1)
              + ", which Spark does not read; leave the column out, or write it "
              + (nanoseconds
                  ? "in microseconds, in pandas by to_parquet(..., coerce_timestamps='us',"
                      + " allow_truncated_timestamps=True)"
                  : "as another type");
    } else if (cause instanceof SchemaColumnConvertNotSupportedException) {
      why =
          "the file and the table disagree on the type of a "
              + said
              + "; write the file anew with the table's type";
    } else if (cause instanceof ParquetCryptoRuntimeException) {
      why = "it is encrypted, which is not read; write it without encryption";
    } else if (said.contains("Expected magic number at tail")) {
      why = "it was cut off, or is no Parquet file; copy it anew";
    } else if (cause instanceof NullPointerException) {
      why =
          "its columns have a type that is newer than the reader, such as float16; write it as"
              + " another type, such as float32";
    } else if (cause instanceof ClassNotFoundException) {
      why = "it is packed by a codec that is not here, " + said + "; write it with zstd or snappy";
    }
    return new UserException("manifest '" + what + "' cannot be read: " + why, e);
  }

  /** Returns the name of a file that Spark writes as a URI with escapes or as a path. */
  private static String named(String file) {
    try {
      return new Path(URI.create(file)).toString();
    } catch (IllegalArgumentException e) {
      return file;
    }
  }

  /** Escapes a path, as Spark takes paths for patterns. */
  private static String literal(String file) {
    return file.replaceAll("[{}\\[\\]*?\\\\]", "\\\\$0");
  }

  /** Returns a file itself, or the files of a folder that Spark wrote. */
  static List<String> files(Configuration configuration, String file) {
    Path path = new Path(file);
    List<String> files = new ArrayList<>();
    try {
      for (FileStatus status : Storage.of(path, configuration).listStatus(path)) {
        if (status.isFile() && !FolderLayout.isHiddenFile(status.getPath().getName())) {
          files.add(status.getPath().toString());
        }
      }
    } catch (IOException e) {
      throw new UserException(
          "manifest '" + file + "'" + " cannot be listed: " + e.getMessage(), e);
    }
    Collections.sort(files);
    return files;
  }
}
