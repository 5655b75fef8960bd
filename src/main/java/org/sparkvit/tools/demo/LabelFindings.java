package org.sparkvit.tools.demo;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.substring_index;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * What the check of labels found, held against those that were planted wrong.
 *
 * @param judged images
 * @param wrong those of them whose label was planted wrong
 * @param issues labels that look wrong
 * @param found those of them that are
 * @param suggested those of them for which the right label is suggested
 */
public record LabelFindings(long judged, long wrong, long issues, long found, long suggested) {

  /** Compares the table {@code label_checks} with the ground truth in {@code data}. */
  public static LabelFindings check(SparkSession spark, String workspace, Path data) {
    Dataset<Row> truth =
        spark
            .read()
            .json(data.resolve(SampleDataset.GROUND_TRUTH).toString())
            .where(col("defect").equalTo(Defect.FLIPPED_LABEL.type()))
            .select(col("file_name"), col("true_label"));
    Column issue = col(LabelChecksTable.ISSUE);
    Column wrong = col("true_label").isNotNull();
    Row counts =
        Workspace.at(spark, workspace)
            .read(LabelChecksTable.SPEC)
            .withColumn(
                "file_name",
                substring_index(col(LabelChecksTable.PATH), "/" + SampleDataset.IMAGES + "/", -1))
            .join(truth, new String[] {"file_name"}, "left")
            .agg(
                count_if(lit(true)),
                count_if(wrong),
                count_if(issue),
                count_if(issue.and(wrong)),
                count_if(issue.and(col(LabelChecksTable.SUGGESTED).equalTo(col("true_label")))))
            .head();
    return new LabelFindings(
        counts.getLong(0),
        counts.getLong(1),
        counts.getLong(2),
        counts.getLong(3),
        counts.getLong(4));
  }

  /** The findings for a person. */
  public List<String> lines() {
    return List.of(
        String.format(
            Locale.ROOT,
            "Against the ground truth: of %,d labels %,d were planted wrong; %,d of the %,d that"
                + " look wrong are: recall %.3f, precision %.3f; the right label is suggested for"
                + " %,d",
            judged,
            wrong,
            found,
            issues,
            found / (double) Math.max(1, wrong),
            found / (double) Math.max(1, issues),
            suggested));
  }
}
