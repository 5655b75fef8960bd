package org.sparkvit.pipeline.labels;

import static org.apache.spark.sql.functions.abs;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_min;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.exists;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.sparkvit.core.Labels;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.ClassIndex;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.QuotedColumn;
import org.sparkvit.pipeline.stage.StageContext;

/**
 * A table of probabilities that the user brings. It has a column {@code id} or {@code path},
 * perhaps {@code label}, and for each class a column under its name with its probability. It is a
 * Parquet table unless its name ends with .csv, .json or .jsonl.
 *
 * @param rows rows with {@code id} or {@code path}, perhaps {@code label}, and {@link
 *     ConfidentLearning#PROBABILITIES}
 * @param classes the classes in the order of the probabilities
 */
record GivenProbabilities(Dataset<Row> rows, Labels classes) {
  private static final double SUM_TOLERANCE = 1e-3;
  private static final List<String> NAMES =
      List.of(ImagesTable.ID, ImagesTable.PATH, ImagesTable.LABEL);

  /**
   * Reads a table and finds the images that it is about.
   *
   * @param uri the URI of the table
   * @param labelled the images whose labels can be judged, as {@link LabelledImages} gives them
   * @throws UserException when the table does not have this form, has no labelled image, or has
   *     labels without a column
   */
  static Judged judge(StageContext context, String uri, Dataset<Row> labelled) {
    context.record().input("probabilities", uri);
    GivenProbabilities given = read(context, uri);
    boolean ownLabels = Arrays.asList(given.rows().columns()).contains(ImagesTable.LABEL);
    Dataset<Row> known =
        ownLabels
            ? labelled.select(ImagesTable.ID, ImagesTable.PATH)
            : labelled.select(ImagesTable.ID, ImagesTable.PATH, ImagesTable.LABEL);
    String rest = given.key().equals(ImagesTable.ID) ? ImagesTable.PATH : ImagesTable.ID;
    Dataset<Row> joined =
        given
            .rows()
            .join(known, given.key())
            .drop(given.key().equals(ImagesTable.ID) ? rest : given.key())
            .withColumn(
                ConfidentLearning.GIVEN,
                ClassIndex.of(given.classes().names()).index(col(ImagesTable.LABEL)));
    Row strangers =
        joined
            .where(col(ConfidentLearning.GIVEN).isNull())
            .agg(count(lit(1)), min(ImagesTable.LABEL))
            .head();
    if (strangers.getLong(0) > 0) {
      throw new UserException(
          String.format(
              Locale.ROOT,
              "%s: %,d images have labels without a column of probabilities, such as '%s'; it has"
                  + " columns for %s",
              uri,
              strangers.getLong(0),
              strangers.getString(1),
              given.classes().names()));
    }
    long judged = joined.count();
    long offered = given.rows().count();
    if (judged == 0) {
      throw new UserException(
          uri
              + ": none of its "
              + offered
              + " rows is about a labelled image of the catalog; compare its column '"
              + given.key()
              + "' with that of the table 'images'");
    }
    context.say("%,d of the %,d rows are about labelled images of the catalog", judged, offered);
    return new Judged(
        joined.select(
            ConfidentLearning.ID, ConfidentLearning.GIVEN, ConfidentLearning.PROBABILITIES),
        given.classes(),
        Optional.empty(),
        ownLabels
            ? Optional.of(joined.select(ImagesTable.ID, ImagesTable.LABEL))
            : Optional.empty());
  }

  /**
   * Reads and checks a table.
   *
   * @throws UserException when it cannot be read, lacks columns, has several rows for an image, or
   *     holds numbers that are no probabilities
   */
  private static GivenProbabilities read(StageContext context, String uri) {
    Dataset<Row> table = open(context.spark(), uri);
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
                .map(name -> QuotedColumn.named(name).cast(DataTypes.DoubleType))
                .toArray(Column[]::new));
    String key = columns.contains(ImagesTable.ID) ? ImagesTable.ID : ImagesTable.PATH;
    Dataset<Row> rows =
        context.cache(
            columns.contains(ImagesTable.LABEL)
                ? table.select(
                    col(key),
                    col(ImagesTable.LABEL).cast(DataTypes.StringType).as(ImagesTable.LABEL),
                    probabilities.as(ConfidentLearning.PROBABILITIES))
                : table.select(col(key), probabilities.as(ConfidentLearning.PROBABILITIES)));
    requireProbabilities(rows, key, uri);
    requireOnce(rows, key, uri);
    return new GivenProbabilities(rows, labels);
  }

  /** Returns the column that names images, {@code id} or {@code path}. */
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
      // Spark throws exceptions that it does not declare. The first line of a task's failure says
      // little.
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
