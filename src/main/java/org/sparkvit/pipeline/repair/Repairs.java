package org.sparkvit.pipeline.repair;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.format_number;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.sort_array;
import static org.apache.spark.sql.functions.trim;
import static org.apache.spark.sql.functions.when;

import java.util.Arrays;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.sparkvit.core.UserException;
import org.sparkvit.dataset.query.CurrentLabels;
import org.sparkvit.dataset.schema.DecisionsTable;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.QuotedColumn;
import org.sparkvit.dataset.schema.RepairsTable;
import org.sparkvit.pipeline.repair.RepairConfig.WrongLabels;

/** Computes what a policy leaves out and changes. */
final class Repairs {
  /** The audit's finding on equal images with different labels. */
  private static final String LABEL_CONFLICT = "LABEL_CONFLICT";

  private static final Column NO_TEXT = lit(null).cast(DataTypes.StringType);

  private Repairs() {}

  /**
   * Applies the policy.
   *
   * @param images rows of {@link ImagesTable}
   * @param findings rows of {@link FindingsTable}
   * @param checks rows of {@link LabelChecksTable}, or empty where the policy keeps all labels
   * @return rows of {@link RepairsTable}; an image that is left out keeps its label
   */
  static Dataset<Row> of(
      Dataset<Row> images,
      Dataset<Row> findings,
      Optional<Dataset<Row>> checks,
      RepairConfig config) {
    Dataset<Row> known = images.select(ImagesTable.ID);
    Dataset<Row> now = CurrentLabels.in(findings, images);
    Dataset<Row> repairs =
        now.where(col(FindingsTable.FINDING).isin(config.exclude().toArray()))
            .join(settled(now), onFinding(), "left_anti")
            .select(
                col(FindingsTable.ID),
                col(FindingsTable.PATH),
                col(FindingsTable.LABEL),
                lit(RepairsTable.EXCLUDE).as(RepairsTable.ACTION),
                col(FindingsTable.FINDING).as(RepairsTable.RULE),
                col(FindingsTable.DETAIL),
                col(FindingsTable.RELATED),
                NO_TEXT.as(RepairsTable.NEW_LABEL));
    for (String column : config.required()) {
      repairs = repairs.union(unfilled(images, column));
    }
    if (config.wrongLabels() == WrongLabels.KEEP) {
      return repairs.join(known, new String[] {ImagesTable.ID}, "left_semi");
    }
    boolean relabel = config.wrongLabels() == WrongLabels.RELABEL;
    Dataset<Row> labels = wrongLabels(images, checks.orElseThrow(), relabel);
    if (relabel) {
      labels = labels.join(repairs.select(RepairsTable.ID), onId(), "left_anti");
    }
    return repairs.union(labels).join(known, onId(), "left_semi");
  }

  private static String[] onId() {
    return new String[] {RepairsTable.ID};
  }

  /**
   * Returns the conflicts between the labels of equal images that are settled, as the current
   * labels are equal.
   */
  static Dataset<Row> settled(Dataset<Row> findings) {
    Dataset<Row> conflicts =
        findings
            .where(col(FindingsTable.FINDING).equalTo(LABEL_CONFLICT))
            .withColumn("group", coalesce(col(FindingsTable.RELATED), col(FindingsTable.ID)));
    Dataset<Row> agreed =
        conflicts
            .groupBy("group")
            .agg(countDistinct(FindingsTable.LABEL).as("labels"))
            .where(col("labels").leq(1));
    return conflicts
        .join(agreed, new String[] {"group"}, "left_semi")
        .select(FindingsTable.ID, FindingsTable.FINDING);
  }

  private static String[] onFinding() {
    return new String[] {FindingsTable.ID, FindingsTable.FINDING};
  }

  private static Dataset<Row> unfilled(Dataset<Row> images, String column) {
    if (!Arrays.asList(images.columns()).contains(column)) {
      throw new UserException(
          "--require names '"
              + column
              + "', which is no column of table 'images'; there are "
              + ImagesTable.SPEC.extraColumns(images));
    }
    Column value = QuotedColumn.named(column).cast(DataTypes.StringType);
    return images
        .where(coalesce(trim(value), lit("")).equalTo(""))
        .select(
            col(ImagesTable.ID),
            col(ImagesTable.PATH),
            col(ImagesTable.LABEL),
            lit(RepairsTable.EXCLUDE),
            lit(RepairsTable.NO_PROVENANCE),
            lit("has no " + column),
            NO_TEXT,
            NO_TEXT);
  }

  /**
   * Returns repairs of labels that are likely wrong. Labels that were changed since they were
   * checked stay.
   */
  private static Dataset<Row> wrongLabels(
      Dataset<Row> images, Dataset<Row> checks, boolean relabel) {
    Column why =
        concat(
            lit("likely "),
            col(LabelChecksTable.SUGGESTED),
            lit("; the label has "),
            format_number(col(LabelChecksTable.CONFIDENCE).multiply(100), 1),
            lit(" %"));
    return CurrentLabels.unchanged(checks.where(col(LabelChecksTable.ISSUE)), images)
        .select(
            col(LabelChecksTable.ID),
            col(LabelChecksTable.PATH),
            col(LabelChecksTable.LABEL),
            lit(relabel ? RepairsTable.RELABEL : RepairsTable.EXCLUDE),
            lit(RepairsTable.WRONG_LABEL),
            why,
            NO_TEXT,
            relabel ? col(LabelChecksTable.SUGGESTED) : NO_TEXT);
  }

  /** Returns the decisions that follow from the repairs, one for each image and kind. */
  static Dataset<Row> decisions(Dataset<Row> repairs) {
    Column excluded = col(RepairsTable.ACTION).equalTo(RepairsTable.EXCLUDE);
    return repairs
        .groupBy(
            col(RepairsTable.ID),
            when(excluded, lit(DecisionsTable.EXCLUDE))
                .otherwise(lit(DecisionsTable.LABEL))
                .as(DecisionsTable.KIND))
        .agg(
            max(col(RepairsTable.NEW_LABEL)).as(DecisionsTable.VALUE),
            concat_ws(", ", sort_array(collect_set(col(RepairsTable.RULE))))
                .as(DecisionsTable.REASON));
  }

  /** Returns the images that the manifest has, with the labels that it gives them. */
  static Dataset<Row> apply(Dataset<Row> images, Dataset<Row> repairs) {
    Dataset<Row> excluded = repairs.where(col(RepairsTable.ACTION).equalTo(RepairsTable.EXCLUDE));
    Dataset<Row> relabelled =
        repairs
            .where(col(RepairsTable.ACTION).equalTo(RepairsTable.RELABEL))
            .select(col(RepairsTable.ID), col(RepairsTable.NEW_LABEL).as("repaired_label"));
    return images
        .join(excluded.select(RepairsTable.ID), onId(), "left_anti")
        .join(relabelled, onId(), "left")
        .withColumn(ImagesTable.LABEL, coalesce(col("repaired_label"), col(ImagesTable.LABEL)))
        .drop("repaired_label");
  }
}
