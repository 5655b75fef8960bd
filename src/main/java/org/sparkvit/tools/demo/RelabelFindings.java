package org.sparkvit.tools.demo;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.substring_index;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.schema.RelabelsTable;
import org.sparkvit.dataset.schema.SplitsTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * What relabelling the sample data set did, held against the labels that were planted wrong.
 *
 * @param usable images that can be read, and so have a trustworthy kind
 * @param wrong those of them with a label that was planted wrong
 * @param wrongOpen those of {@code wrong} that are in the train split, where labels may change
 * @param changed images that got another label
 * @param mended those of them whose label was wrong and is right now
 * @param spoiled those of them whose label was right
 * @param reviewed images that people are to look at
 * @param found those of them whose label was planted wrong
 */
public record RelabelFindings(
    long usable,
    long wrong,
    long wrongOpen,
    long changed,
    long mended,
    long spoiled,
    long reviewed,
    long found) {

  /** Compares the table {@code relabels} with the ground truth in {@code data}. */
  public static RelabelFindings check(SparkSession spark, String workspace, Path data) {
    Workspace tables = Workspace.at(spark, workspace);
    Dataset<Row> truth =
        spark
            .read()
            .json(data.resolve(SampleDataset.GROUND_TRUTH).toString())
            .filter(col("defect").equalTo(Defect.FLIPPED_LABEL.type()))
            .select(col("file_name"), col("true_label"));
    Dataset<Row> usable =
        tables.read(ImagesTable.SPEC).filter(ImagesTable.usable()).select(col(ImagesTable.ID));
    Column name = substring_index(col(RelabelsTable.PATH), "/" + SampleDataset.IMAGES + "/", -1);
    Dataset<Row> rows =
        tables
            .read(RelabelsTable.SPEC)
            .join(usable, new String[] {ImagesTable.ID})
            .withColumn("file_name", name)
            .join(truth, new String[] {"file_name"}, "left");
    Column wrong = col("true_label").isNotNull();
    Column changed = col(RelabelsTable.DECISION).equalTo(RelabelsTable.CHANGE);
    Column reviewed = col(RelabelsTable.DECISION).equalTo(RelabelsTable.REVIEW);
    Column open = coalesce(col(RelabelsTable.SPLIT).equalTo(SplitsTable.TRAIN), lit(true));
    Column right = col(RelabelsTable.NEW_LABEL).equalTo(col("true_label"));
    Row counts =
        rows.agg(
                count_if(lit(true)),
                count_if(wrong),
                count_if(wrong.and(open)),
                count_if(changed),
                count_if(changed.and(wrong).and(right)),
                count_if(changed.and(not(wrong))),
                count_if(reviewed),
                count_if(reviewed.and(wrong)))
            .head();
    return new RelabelFindings(
        counts.getLong(0),
        counts.getLong(1),
        counts.getLong(2),
        counts.getLong(3),
        counts.getLong(4),
        counts.getLong(5),
        counts.getLong(6),
        counts.getLong(7));
  }

  /** The findings for a person. */
  public List<String> lines() {
    return List.of(
        format(
            "Against the ground truth: %,d of %,d labels were planted wrong (%.2f %%), %,d of them"
                + " in the train split",
            wrong, usable, 100 * share(wrong, usable), wrongOpen),
        format(
            "  changed: %,d labels, %,d of them wrong ones made right: precision %s, recall %s of"
                + " the train split's, %s of all; %,d right ones made wrong",
            changed,
            mended,
            shown(mended, changed),
            shown(mended, wrongOpen),
            shown(mended, wrong),
            spoiled),
        format(
            "  for review: %,d images, %,d of them with a wrong label: precision %s, recall %s of"
                + " all",
            reviewed, found, shown(found, reviewed), shown(found, wrong)),
        format(
            "  together: recall %s of all; wrong labels after the changes %,d (%.2f %%), and %,d"
                + " once the review is done",
            shown(mended + found, wrong),
            wrong - mended + spoiled,
            100 * share(wrong - mended + spoiled, usable),
            wrong - mended + spoiled - found));
  }

  private static double share(long part, long whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }

  /** A share, which nothing has of nothing. */
  private static String shown(long part, long whole) {
    return whole == 0 ? "-" : format("%.3f", share(part, whole));
  }

  private static String format(String format, Object... arguments) {
    return String.format(Locale.ROOT, format, arguments);
  }
}
