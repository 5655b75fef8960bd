package org.sparkvit.dataset.query;

import static org.apache.spark.sql.functions.broadcast;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.try_element_at;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.QuotedColumn;

/**
 * Applies the {@linkplain DecisionsTable decisions} of people, models and rules to the catalog.
 *
 * <ul>
 *   <li>The decisions of a run that was taken back do not count.
 *   <li>A decision is about a content. Once the file is another one, the decision has lapsed.
 *   <li>A decision of a model or a rule saw the catalog's label. Once the catalog has another one,
 *       the decision has lapsed. A person's decision stands; where it differs from the catalog's
 *       new label, that is a conflict.
 *   <li>People outrank models and rules. Among equals the later decision counts.
 *   <li>A label and whether an image is left out are decided independently.
 *   <li>Classes are mapped last, run by run. All mappings of one run apply at the same time.
 * </ul>
 */
public final class LabelDecisions {
  /** The column that says whether the image is left out. */
  public static final String EXCLUDED = "decided_excluded";

  /**
   * The column with the source of the decision that the label comes from, or null where it comes
   * from the catalog.
   */
  public static final String SOURCE = "decided_source";

  private static final String NOW_ID = "now_id";
  private static final String NOW_LABEL = "now_label";
  private static final String NOW_SHA256 = "now_sha256";
  private static final String DECIDED = "decided";
  private static final String MEMBERSHIP = "decided_membership";

  private final Dataset<Row> images;
  private final Dataset<Row> decisions;

  /**
   * Takes both tables. Nothing is read until rows are asked for.
   *
   * @param images rows of {@link ImagesTable}
   * @param decisions rows of {@link DecisionsTable}
   */
  public LabelDecisions(Dataset<Row> images, Dataset<Row> decisions) {
    this.images = images;
    Dataset<Row> reverted =
        decisions
            .where(col(DecisionsTable.KIND).equalTo(DecisionsTable.REVERT))
            .select(col(DecisionsTable.VALUE).as("reverted_run"))
            .distinct();
    this.decisions =
        decisions.join(
            broadcast(reverted),
            decisions.col(DecisionsTable.RUN).equalTo(col("reverted_run")),
            "left_anti");
  }

  /**
   * Returns all images with the labels that they have now. The columns {@link #EXCLUDED} and {@link
   * #SOURCE} say what was decided.
   */
  public Dataset<Row> all() {
    Column standing = col("stands");
    Column order = struct(isPerson(), col(DecisionsTable.TIME), col(DecisionsTable.RUN));
    Column isLabel = standing.and(col(DecisionsTable.KIND).equalTo(DecisionsTable.LABEL));
    Column isMembership =
        standing.and(col(DecisionsTable.KIND).isin(DecisionsTable.EXCLUDE, DecisionsTable.INCLUDE));
    Dataset<Row> decided =
        judged()
            .groupBy(col(DecisionsTable.ID).as("decided_id"))
            .agg(
                max_by(
                        struct(col(DecisionsTable.VALUE), col(DecisionsTable.SOURCE)),
                        when(isLabel, order))
                    .as(DECIDED),
                max_by(col(DecisionsTable.KIND), when(isMembership, order)).as(MEMBERSHIP));
    List<Column> columns = new ArrayList<>();
    for (String name : images.columns()) {
      columns.add(
          name.equals(ImagesTable.LABEL)
              ? when(col(DECIDED).isNotNull(), col(DECIDED + "." + DecisionsTable.VALUE))
                  .otherwise(col(ImagesTable.LABEL))
                  .as(name)
              : QuotedColumn.named(name));
    }
    columns.add(coalesce(col(MEMBERSHIP).equalTo(DecisionsTable.EXCLUDE), lit(false)).as(EXCLUDED));
    columns.add(col(DECIDED + "." + DecisionsTable.SOURCE).as(SOURCE));
    return mapped(
        images
            .join(decided, col(ImagesTable.ID).equalTo(col("decided_id")), "left")
            .select(columns.toArray(new Column[0])));
  }

  /** Returns the images that are not left out, with the labels that they have now. */
  public Dataset<Row> current() {
    return all().where(not(col(EXCLUDED))).drop(EXCLUDED, SOURCE);
  }

  /**
   * Returns the decisions on images by runs that were not taken back, with three more columns.
   * {@code stands} says whether the decision counts. {@code lapsed} says that it does not, because
   * the content or the catalog's label has changed, or the image is gone. {@code conflict} says
   * that a person's label stands and that the catalog now has another one.
   */
  public Dataset<Row> judged() {
    Dataset<Row> now =
        images.select(
            col(ImagesTable.ID).as(NOW_ID),
            col(ImagesTable.LABEL).as(NOW_LABEL),
            col(ImagesTable.SHA256).as(NOW_SHA256));
    Column content =
        col(NOW_ID)
            .isNotNull()
            .and(SameContent.isSame(col(DecisionsTable.SHA256), col(NOW_SHA256)));
    Column label = col(DecisionsTable.CATALOG_LABEL).eqNullSafe(col(NOW_LABEL));
    return decisions
        .where(
            col(DecisionsTable.KIND)
                .isin(DecisionsTable.LABEL, DecisionsTable.EXCLUDE, DecisionsTable.INCLUDE))
        .join(now, col(DecisionsTable.ID).equalTo(col(NOW_ID)), "left")
        .withColumn("stands", content.and(isPerson().or(label)))
        .withColumn("lapsed", not(col("stands")))
        .withColumn(
            "conflict",
            col("stands")
                .and(not(label))
                .and(col(DecisionsTable.KIND).equalTo(DecisionsTable.LABEL))
                .and(not(col(DecisionsTable.VALUE).eqNullSafe(col(NOW_LABEL)))))
        .drop(NOW_ID, NOW_SHA256);
  }

  /** Returns the ids of images whose label a person decided on, where that decision stands. */
  public Dataset<Row> ofPeople() {
    return judged()
        .where(
            col("stands")
                .and(isPerson())
                .and(col(DecisionsTable.KIND).equalTo(DecisionsTable.LABEL)))
        .select(DecisionsTable.ID)
        .distinct();
  }

  private static Column isPerson() {
    return col(DecisionsTable.SOURCE).isin(DecisionsTable.PEOPLE.toArray());
  }

  /** Applies the mappings of classes, which are few, in the order of their runs. */
  private Dataset<Row> mapped(Dataset<Row> rows) {
    Map<String, List<Row>> runs = new LinkedHashMap<>();
    decisions
        .where(col(DecisionsTable.KIND).equalTo(DecisionsTable.MAP))
        .orderBy(DecisionsTable.TIME, DecisionsTable.RUN, DecisionsTable.ID)
        .select(
            DecisionsTable.RUN,
            DecisionsTable.CATALOG_LABEL,
            DecisionsTable.VALUE,
            DecisionsTable.WHERE_COLUMN,
            DecisionsTable.WHERE_VALUE)
        .collectAsList()
        .forEach(row -> runs.computeIfAbsent(row.getString(0), run -> new ArrayList<>()).add(row));
    Dataset<Row> result = rows;
    for (List<Row> run : runs.values()) {
      result = result.withColumn(ImagesTable.LABEL, mapping(run, rows));
    }
    return result;
  }

  private static Column mapping(List<Row> run, Dataset<Row> rows) {
    List<Column> pairs = new ArrayList<>();
    List<Column> mapped = new ArrayList<>();
    for (Row row : run) {
      if (row.isNullAt(3)) {
        pairs.add(lit(row.getString(1)));
        pairs.add(lit(row.getString(2)));
      } else if (Arrays.asList(rows.columns()).contains(row.getString(3))) {
        Column chosen =
            QuotedColumn.named(row.getString(3)).cast("string").eqNullSafe(lit(row.getString(4)));
        mapped.add(
            when(
                col(ImagesTable.LABEL).equalTo(row.getString(1)).and(chosen),
                lit(row.getString(2))));
      } else {
        throw new UserException(
            "a mapping of class '"
                + row.getString(1)
                + "' goes by the column '"
                + row.getString(3)
                + "', which the catalog has no longer; 'spark-vit decisions revert --run "
                + row.getString(0)
                + "' takes it back, or catalog a manifest with this column");
      }
    }
    if (!pairs.isEmpty()) {
      mapped.add(
          try_element_at(functions.map(pairs.toArray(new Column[0])), col(ImagesTable.LABEL)));
    }
    mapped.add(col(ImagesTable.LABEL));
    return coalesce(mapped.toArray(new Column[0]));
  }
}
