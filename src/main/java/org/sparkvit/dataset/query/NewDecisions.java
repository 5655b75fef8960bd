package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.ImagesTable;

/**
 * Creates rows of {@link DecisionsTable} for one run.
 *
 * @param source the source of the decisions, such as {@code relabel}
 * @param actor the one who decides: a reviewer, the hash of a model, or a rule
 * @param run the id of the run
 * @param time the time at which the run began
 */
public record NewDecisions(String source, String actor, String run, Instant time) {
  private static final Column NO_TEXT = lit(null).cast(DataTypes.StringType);

  /**
   * Returns decisions on images, each with the content and the label that the catalog has now.
   *
   * @param images rows of {@link ImagesTable}, with the catalog's own labels
   * @param decided rows with the columns {@code id}, {@code kind}, {@code value} and {@code
   *     reason}; images that the catalog does not have are left out
   */
  public Dataset<Row> onImages(Dataset<Row> images, Dataset<Row> decided) {
    Dataset<Row> seen =
        images.select(
            col(ImagesTable.ID),
            col(ImagesTable.SHA256),
            col(ImagesTable.LABEL).as(DecisionsTable.CATALOG_LABEL));
    return decided
        .select(DecisionsTable.ID, DecisionsTable.KIND, DecisionsTable.VALUE, DecisionsTable.REASON)
        .join(seen, new String[] {DecisionsTable.ID})
        .withColumn(DecisionsTable.LABEL_COLUMN, lit(ImagesTable.LABEL))
        .withColumn(DecisionsTable.SOURCE, lit(source))
        .withColumn(DecisionsTable.ACTOR, lit(actor))
        .withColumn(DecisionsTable.RUN, lit(run))
        .withColumn(DecisionsTable.TIME, lit(Timestamp.from(time)))
        .withColumn(DecisionsTable.WHERE_COLUMN, NO_TEXT)
        .withColumn(DecisionsTable.WHERE_VALUE, NO_TEXT);
  }

  /**
   * Returns the decision that a class has another name.
   *
   * @param from the former name of the class
   * @param to the new name of the class
   * @param where the column and the value by which images are chosen, or empty for all images of
   *     the class
   * @param reason the reason in a few words
   */
  public Row map(
      String from, String to, Optional<Map.Entry<String, String>> where, Optional<String> reason) {
    String condition = where.map(entry -> " " + entry.getKey() + "=" + entry.getValue()).orElse("");
    return row(
        DecisionsTable.MAPPING + from + condition, DecisionsTable.MAP, to, from, where, reason);
  }

  /**
   * Returns the decision that the decisions of a run do not count.
   *
   * @param reverted the id of that run
   */
  public Row revert(String reverted) {
    return row(
        DecisionsTable.REVERTED + reverted,
        DecisionsTable.REVERT,
        reverted,
        null,
        Optional.empty(),
        Optional.empty());
  }

  private Row row(
      String id,
      String kind,
      String value,
      String catalogLabel,
      Optional<Map.Entry<String, String>> where,
      Optional<String> reason) {
    return RowFactory.create(
        id,
        null,
        ImagesTable.LABEL,
        kind,
        value,
        source,
        catalogLabel,
        actor,
        run,
        Timestamp.from(time),
        reason.orElse(null),
        where.map(Map.Entry::getKey).orElse(null),
        where.map(Map.Entry::getValue).orElse(null));
  }

  /**
   * Checks that a run can be taken back.
   *
   * @param decisions rows of {@link DecisionsTable}
   * @param source the source that the decisions must have, or empty for any
   * @return the number of decisions that the run has made
   * @throws UserException when the run has made no decisions of this source, or was taken back
   *     before
   */
  public static long requireRevertible(
      Dataset<Row> decisions, String run, Optional<String> source) {
    Map<String, Long> runs = new TreeMap<>();
    Column counts =
        col(DecisionsTable.KIND)
            .notEqual(DecisionsTable.REVERT)
            .and(source.map(name -> col(DecisionsTable.SOURCE).equalTo(name)).orElse(lit(true)));
    decisions
        .where(counts)
        .groupBy(DecisionsTable.RUN)
        .count()
        .collectAsList()
        .forEach(row -> runs.put(row.getString(0), row.getLong(1)));
    String kind = source.map(name -> " of '" + name + "'").orElse("");
    if (!runs.containsKey(run)) {
      throw new UserException(
          "run '"
              + run
              + "' has made no decisions"
              + kind
              + "; "
              + (runs.isEmpty()
                  ? "there are none"
                  : "these runs have: " + String.join(", ", latest(runs))));
    }
    boolean isReverted =
        !decisions
            .where(
                col(DecisionsTable.KIND)
                    .equalTo(DecisionsTable.REVERT)
                    .and(col(DecisionsTable.VALUE).equalTo(run)))
            .isEmpty();
    if (isReverted) {
      throw new UserException(
          "the decisions of run '"
              + run
              + "' were taken back before; 'spark-vit decisions list' says what counts");
    }
    return runs.get(run);
  }

  /** Returns the latest runs. Their ids sort by time. */
  private static List<String> latest(Map<String, Long> runs) {
    int few = 10;
    return runs.keySet().stream().skip(Math.max(0, runs.size() - few)).toList();
  }
}
