package org.sparkvit.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.sparkvit.core.UserException;

/** Reads a manifest file, whatever it is written in, as the table that it is. */
final class ManifestTable {
  /** Takes the text of what could not be parsed, by Spark's convention. */
  private static final String UNREADABLE = "_unreadable";

  /** How a manifest is written. */
  enum Kind {
    CSV,
    JSON_LINES,
    PARQUET;

    /** By a file's name; text may be compressed by gzip. Empty where it is no manifest. */
    static Optional<Kind> of(String fileName) {
      String name = fileName.toLowerCase(Locale.ROOT);
      if (name.endsWith(".parquet")) {
        return Optional.of(PARQUET);
      }
      String plain = name.endsWith(".gz") ? name.substring(0, name.length() - 3) : name;
      if (plain.endsWith(".csv")) {
        return Optional.of(CSV);
      }
      boolean json =
          plain.endsWith(".jsonl") || plain.endsWith(".ndjson") || plain.endsWith(".json");
      return json ? Optional.of(JSON_LINES) : Optional.empty();
    }
  }

  private ManifestTable() {}

  /**
   * The manifest's rows and columns. Cells of a CSV are text, and empty ones null; what JSON and
   * Parquet give a type keeps it.
   *
   * @throws UserException when it cannot be parsed; the message has the line's number
   */
  static Dataset<Row> read(SparkSession spark, Path file, Kind kind) {
    try {
      Dataset<Row> rows =
          switch (kind) {
            case CSV -> csv(spark, file);
            case JSON_LINES ->
                spark
                    .read()
                    .option("columnNameOfCorruptRecord", UNREADABLE)
                    .json(spark.read().textFile(literal(file)));
            case PARQUET -> parquet(spark, file);
          };
      if (!Arrays.asList(rows.columns()).contains(UNREADABLE)) {
        return rows;
      }
      // Every column stays in this query: Spark notices a line of the wrong length only then.
      List<Row> unreadable =
          rows.filter(functions.col(UNREADABLE).isNotNull()).limit(1).collectAsList();
      if (!unreadable.isEmpty()) {
        String text = unreadable.get(0).getAs(UNREADABLE);
        throw new UserException(
            "manifest '"
                + file
                + "'"
                + lineOf(spark, file, text)
                + " cannot be read: "
                + (kind == Kind.CSV ? "it does not have the header's columns" : "it is not JSON")
                + ": "
                + shortened(text));
      }
      return rows.drop(UNREADABLE);
    } catch (AnalysisException e) {
      throw new UserException(
          "manifest '" + file + "' cannot be read: " + e.getMessage() + "; is it what it is named?",
          e);
    }
  }

  /** Spark takes paths for patterns. */
  private static String literal(Path file) {
    return file.toString().replaceAll("[{}\\[\\]*?\\\\]", "\\\\$0");
  }

  /** Spark reads the footers in a job, whose failure says little in its first line. */
  private static Dataset<Row> parquet(SparkSession spark, Path file) {
    try {
      return spark.read().parquet(literal(file));
    } catch (Exception e) {
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new UserException(
          "manifest '" + file + "' cannot be read: " + cause.getMessage() + "; is it Parquet?", e);
    }
  }

  private static Dataset<Row> csv(SparkSession spark, Path file) throws AnalysisException {
    StructType header = csvReader(spark).csv(literal(file)).schema();
    return csvReader(spark)
        .option("columnNameOfCorruptRecord", UNREADABLE)
        .schema(header.add(UNREADABLE, DataTypes.StringType))
        .csv(literal(file));
  }

  /** RFC 4180: quotes inside quotes are doubled, and a quoted cell may hold line breaks. */
  private static DataFrameReader csvReader(SparkSession spark) {
    return spark
        .read()
        .option("header", true)
        .option("multiLine", true)
        .option("quote", "\"")
        .option("escape", "\"");
  }

  /** " line N", found by reading the file again: a distributed reader does not count lines. */
  private static String lineOf(SparkSession spark, Path file, String record) {
    String first = record.lines().findFirst().orElse("");
    try {
      FileSystem fs = file.getFileSystem(spark.sparkContext().hadoopConfiguration());
      for (Path part : parts(fs, file)) {
        try (BufferedReader reader = open(fs, part)) {
          long number = 1;
          for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.equals(first)) {
              return " line " + number;
            }
            number++;
          }
        }
      }
    } catch (IOException e) {
      // The line's text still says which it is.
      return "";
    }
    return "";
  }

  private static List<Path> parts(FileSystem fs, Path file) throws IOException {
    List<Path> parts = new ArrayList<>();
    for (FileStatus status : fs.listStatus(file)) {
      if (status.isFile() && !FolderLayout.isHiddenFile(status.getPath().getName())) {
        parts.add(status.getPath());
      }
    }
    return parts;
  }

  private static BufferedReader open(FileSystem fs, Path file) throws IOException {
    CompressionCodec codec = new CompressionCodecFactory(fs.getConf()).getCodec(file);
    InputStream in = fs.open(file);
    return new BufferedReader(
        new InputStreamReader(
            codec == null ? in : codec.createInputStream(in), StandardCharsets.UTF_8));
  }

  private static String shortened(String text) {
    return text.length() <= 120 ? text : text.substring(0, 120) + "...";
  }
}
