package org.sparkvit.pipeline.labels;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_min;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * A table that the user brings: a column {@code id} or {@code path}, perhaps {@code label}, and for
 * each class one with its name that holds its probability. Parquet, unless it ends with .csv, .json
 * or .jsonl.
 *
 * @param rows {@code id} or {@code path}, perhaps {@code label}, and {@link
 *     ConfidentLearning#PROBABILITIES}
 * @param classes in the order of the probabilities
 */
record GivenProbabilities(Dataset<Row> rows, Labels classes) {
  private static final double SUM_TOLERANCE = 1e-3;
  private static final List<String> NAMES =
      List.of(ImagesTable.ID, ImagesTable.PATH, ImagesTable.LABEL);

  /**
   * Reads and checks it.
   *
   * @throws UserException when it cannot be read, lacks columns, or holds what are no probabilities
   */
  static GivenProbabilities read(SparkSession spark, String uri) {
    Dataset<Row> table = open(spark, uri);
    List<String> columns = Arrays.asList(table.columns());
    if (!columns.contains(ImagesTable.ID) && !columns.contains(ImagesTable.PATH)) {
      throw new UserException(
          uri + ": has neither a column 'id' nor 'path', but " + String.join(", ", columns));
    }
    List<String> classes =
        Arrays.stream(table.schema().fields())
            .filter(field -> !NAMES.contains(field.name()))
            .filter(field -> field.dataType() instanceof NumericType)
            .map(field -> field.name())
            .toList();
    if (classes.size() < 2) {
      throw new UserException(
          uri
              + ": a column of probabilities is needed for each class, but those with numbers are "
              + classes);
    }
    Labels labels = Labels.sorted(classes);
    Column probabilities =
        array(
            labels.names().stream()
                .map(name -> col("`" + name.replace("`", "``") + "`").cast(DataTypes.DoubleType))
                .toArray(Column[]::new));
    String key = columns.contains(ImagesTable.ID) ? ImagesTable.ID : ImagesTable.PATH;
    Dataset<Row> rows =
        (columns.contains(ImagesTable.LABEL)
                ? table.select(
                    col(key),
                    col(ImagesTable.LABEL).cast(DataTypes.StringType).as(ImagesTable.LABEL),
                    probabilities.as(ConfidentLearning.PROBABILITIES))
                : table.select(col(key), probabilities.as(ConfidentLearning.PROBABILITIES)))
            .persist();
    requireProbabilities(rows, key, uri);
    requireOnce(rows, key, uri);
    return new GivenProbabilities(rows, labels);
  }

  /** The column that names images. */
  String key() {
    return rows.columns()[0];
  }

  private static Dataset<Row> open(SparkSession spark, String uri) {
    String name = uri.toLowerCase(Locale.ROOT);
    try {
      if (name.endsWith(".csv")) {
        return spark.read().option("header", true).option("inferSchema", true).csv(uri);
      }
      return name.endsWith(".json") || name.endsWith(".jsonl")
          ? spark.read().json(uri)
          : spark.read().parquet(uri);
    } catch (Exception e) {
      // Spark throws AnalysisException and SparkException, which are not declared; the first line
      // of
      // what its tasks meet says little.
      Throwable cause = e;
      while (cause.getCause() != null) {
        cause = cause.getCause();
      }
      throw new UserException(
          "--probabilities '"
              + uri
              + "' cannot be read: "
              + firstLine(cause.getMessage())
              + "; give a table, .parquet, .csv or .jsonl",
          e);
    }
  }

  private static String firstLine(String text) {
    return text == null ? "no reason given" : text.lines().findFirst().orElse("");
  }

  private static void requireProbabilities(Dataset<Row> rows, String key, String uri) {
    Column p = col(ConfidentLearning.PROBABILITIES);
    Column sum =
        org.apache.spark.sql.functions.aggregate(p, lit(0.0), (total, value) -> total.plus(value));
    Column wrong =
        exists(p, value -> value.isNull().or(org.apache.spark.sql.functions.isnan(value)))
            .or(array_min(p).lt(0))
            .or(not(abs(sum.minus(1)).leq(SUM_TOLERANCE)));
    List<Row> examples = rows.where(wrong).orderBy(key).limit(1).collectAsList();
    if (!examples.isEmpty()) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: %,d rows hold what are no probabilities, which are 0 to 1 and sum to 1; the"
                  + " first is %s: %s",
              uri,
              rows.where(wrong).count(),
              examples.get(0).get(0),
              examples
                  .get(0)
                  .getList(examples.get(0).fieldIndex(ConfidentLearning.PROBABILITIES))));
    }
  }

  private static void requireOnce(Dataset<Row> rows, String key, String uri) {
    List<Row> twice =
        rows.groupBy(key).count().where(col("count").gt(1)).orderBy(key).limit(1).collectAsList();
    if (!twice.isEmpty()) {
      throw new UserException(
          uri + ": has " + twice.get(0).getLong(1) + " rows for " + twice.get(0).get(0));
    }
  }
}
