package org.sparkvit.tools.demo;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.substring_index;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.Finding;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.ImagesTable;
import org.sparkvit.dataset.workspace.Workspace;

/**
 * What the audit of the sample data set found, held against the defects that were planted.
 *
 * @param defects by the detail of the ground truth, in its order
 * @param pairs copies that the audit ties to another image
 * @param planted those of them that are of one drawing
 * @param clean images in which nothing was planted, and that are drawn neither gray nor by night
 * @param flagged those of them with a finding about their pixels
 */
public record AuditFindings(
    List<Found> defects, long pairs, long planted, long clean, long flagged) {
  /** How many of a kind of defect there are, and were found. */
  record Found(String detail, long planted, long found) {}

  private static final String NAME = "file_name";
  private static final String ORIGINAL = "original";

  /** Compares the audit's tables with the ground truth in {@code data}. */
  public static AuditFindings check(SparkSession spark, String workspace, Path data) {
    Workspace tables = Workspace.at(spark, workspace);
    Dataset<Row> truth = spark.read().json(data.resolve(SampleDataset.GROUND_TRUTH).toString());
    Dataset<Row> findings = named(tables.read(FindingsTable.SPEC));
    Dataset<Row> duplicates = named(tables.read(DuplicatesTable.SPEC));
    // Who is tied to whom: a copy's drawing is the first of its kind, or a copy of it.
    Dataset<Row> drawings = truth.where(col(ORIGINAL).isNotNull()).select(col(NAME), col(ORIGINAL));
    Dataset<Row> groups = duplicates.select(col(NAME), col(DuplicatesTable.REPRESENTATIVE));
    Dataset<Row> together =
        truth
            .join(groups, NAME)
            .join(groups.toDF(ORIGINAL, "original_representative"), ORIGINAL)
            .where(col(DuplicatesTable.REPRESENTATIVE).equalTo(col("original_representative")))
            .select(NAME);
    Dataset<Row> unreadable =
        findings.where(col(FindingsTable.FINDING).equalTo(Finding.UNREADABLE.name())).select(NAME);
    Dataset<Row> found =
        together
            .union(unreadable)
            .union(seen(truth, findings))
            .distinct()
            .withColumn("found", lit(true));
    List<Found> defects = new ArrayList<>();
    for (Row row :
        truth
            .where(
                col("defect")
                    .isin(
                        "corrupt",
                        "exact_duplicate",
                        "near_duplicate",
                        Look.GRAY.type(),
                        Look.DARK.type()))
            .join(found, new String[] {NAME}, "left")
            .groupBy("defect", "detail")
            .agg(count_if(lit(true)), count_if(col("found")))
            .orderBy("defect", "detail")
            .collectAsList()) {
      defects.add(new Found(row.getString(1), row.getLong(2), row.getLong(3)));
    }
    Dataset<Row> representatives =
        duplicates
            .where(col(DuplicatesTable.ID).equalTo(col(DuplicatesTable.REPRESENTATIVE)))
            .select(col(DuplicatesTable.ID).as(DuplicatesTable.REPRESENTATIVE), col(NAME).as("of"));
    Column drawing = coalesce(col(ORIGINAL), col(NAME));
    Column other = coalesce(col("other"), col("of"));
    Row copies =
        duplicates
            .where(not(col(DuplicatesTable.ID).equalTo(col(DuplicatesTable.REPRESENTATIVE))))
            .join(representatives, DuplicatesTable.REPRESENTATIVE)
            .join(drawings, new String[] {NAME}, "left")
            .join(drawings.toDF("of", "other"), new String[] {"of"}, "left")
            .agg(count_if(lit(true)), count_if(drawing.equalTo(other)))
            .head();
    Dataset<Row> touched = truth.select(NAME).union(drawings.select(ORIGINAL));
    Dataset<Row> flags =
        findings
            .where(
                not(
                    col(FindingsTable.FINDING)
                        .isin(
                            Finding.EXACT_DUPLICATE.name(),
                            Finding.NEAR_DUPLICATE.name(),
                            Finding.SEMANTIC_DUPLICATE.name(),
                            Finding.LABEL_CONFLICT.name(),
                            Finding.LEAKED.name())))
            .select(NAME)
            .distinct()
            .withColumn("flag", lit(true));
    Row clean =
        named(tables.read(ImagesTable.SPEC))
            .join(touched, new String[] {NAME}, "left_anti")
            .join(flags, new String[] {NAME}, "left")
            .agg(count_if(lit(true)), count_if(col("flag")))
            .head();
    return new AuditFindings(
        defects, copies.getLong(0), copies.getLong(1), clean.getLong(0), clean.getLong(1));
  }

  /** Names of the pictures that the audit says of what they are drawn as. */
  private static Dataset<Row> seen(Dataset<Row> truth, Dataset<Row> findings) {
    Column drawn = lit(false);
    for (Look look : Look.values()) {
      drawn =
          drawn.or(
              col("defect")
                  .equalTo(look.type())
                  .and(col(FindingsTable.FINDING).equalTo(look.finding().name())));
    }
    return truth.join(findings, NAME).where(drawn).select(truth.col(NAME));
  }

  private static Dataset<Row> named(Dataset<Row> rows) {
    return rows.withColumn(
        NAME, substring_index(col("path"), "/" + SampleDataset.IMAGES + "/", -1));
  }

  /** The findings for a person. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add("Against the ground truth, found of what was planted:");
    for (Found defect : defects) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  %-14s %,d of %,d (%.1f %%)",
              defect.detail(),
              defect.found(),
              defect.planted(),
              100.0 * defect.found() / defect.planted()));
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "  of %,d images said to repeat another %,d do; %,d of %,d clean ones have a finding"
                + " about their pixels (%.1f %%)",
            pairs,
            planted,
            flagged,
            clean,
            100.0 * flagged / Math.max(1, clean)));
    return lines;
  }
}
