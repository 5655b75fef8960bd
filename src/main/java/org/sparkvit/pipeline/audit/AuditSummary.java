package org.sparkvit.pipeline.audit;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.countDistinct;
import static org.apache.spark.sql.functions.lit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.sparkvit.dataset.neighbors.NearHashes;
import org.sparkvit.dataset.schema.AssociationsTable;
import org.sparkvit.dataset.schema.DuplicatesTable;
import org.sparkvit.dataset.schema.FindingsTable;
import org.sparkvit.dataset.schema.LeakageTable;
import org.sparkvit.dataset.schema.SliceIssuesTable;
import org.sparkvit.pipeline.stage.StageContext;

/** Tells the person at the console what an audit has found. */
record AuditSummary(StageContext context) {
  private static final int[] TOLD_DISTANCES = {16, 20, 24, 31};

  private static final int TOLD_KINDS = 5;

  /** Of the kinds that are told to be worse, such a share is expected to be so by chance. */
  private static final double SIGNIFICANT = 0.05;

  /** Cohen's limit (1988) of a strong association. */
  private static final double STRONG = 0.5;

  /**
   * Says what the tables of this run hold.
   *
   * @param nearDistance most bits by which hashes of near duplicates differ
   */
  void say(int nearDistance) {
    sayFindings(context.read(FindingsTable.SPEC));
    sayDuplicates(context.read(DuplicatesTable.SPEC), nearDistance);
    for (Row row :
        context
            .read(LeakageTable.SPEC)
            .orderBy(LeakageTable.SPLIT, LeakageTable.OTHER, LeakageTable.KIND)
            .collectAsList()) {
      context.say(
          "  leakage   %s in %s, %s: %,d images (%.2f %%), %,d pairs, %,d of them with other"
              + " labels",
          row.<String>getAs(LeakageTable.SPLIT),
          row.<String>getAs(LeakageTable.OTHER),
          row.<String>getAs(LeakageTable.KIND),
          row.<Long>getAs(LeakageTable.IMAGES),
          100 * row.<Double>getAs(LeakageTable.SHARE),
          row.<Long>getAs(LeakageTable.PAIRS),
          row.<Long>getAs(LeakageTable.CONFLICTS));
    }
    sayKinds();
  }

  private void sayKinds() {
    Dataset<Row> worse =
        context
            .read(SliceIssuesTable.SPEC)
            .where(
                col(SliceIssuesTable.MEASURE)
                    .equalTo(SliceIssuesTable.FINDINGS)
                    .and(col(SliceIssuesTable.Q).lt(SIGNIFICANT))
                    .and(col(SliceIssuesTable.RATE).gt(col(SliceIssuesTable.ELSEWHERE))));
    for (Row row :
        worse
            .orderBy(
                col(SliceIssuesTable.LOW).desc(),
                col(SliceIssuesTable.SLICE),
                col(SliceIssuesTable.VALUE))
            .limit(TOLD_KINDS)
            .collectAsList()) {
      context.say(
          "  %s %s: %.1f %% of %,d images have a finding, %.1f %% elsewhere",
          row.<String>getAs(SliceIssuesTable.SLICE),
          row.<String>getAs(SliceIssuesTable.VALUE),
          100 * row.<Double>getAs(SliceIssuesTable.RATE),
          row.<Long>getAs(SliceIssuesTable.IMAGES),
          100 * row.<Double>getAs(SliceIssuesTable.ELSEWHERE));
    }
    for (Row row :
        context
            .read(AssociationsTable.SPEC)
            .where(col(AssociationsTable.CRAMERS_V).geq(STRONG))
            .orderBy(col(AssociationsTable.CRAMERS_V).desc(), col(AssociationsTable.ATTRIBUTE))
            .limit(TOLD_KINDS)
            .collectAsList()) {
      context.say(
          "  the label goes together with %s (Cramér's V %.2f): %s is %s %.1f times as often as"
              + " all images are",
          row.<String>getAs(AssociationsTable.ATTRIBUTE),
          row.<Double>getAs(AssociationsTable.CRAMERS_V),
          row.<String>getAs(AssociationsTable.VALUE),
          row.<String>getAs(AssociationsTable.LABEL),
          row.<Double>getAs(AssociationsTable.LIFT));
    }
  }

  private void sayFindings(Dataset<Row> findings) {
    List<String> counts = new ArrayList<>();
    for (Row row :
        findings
            .groupBy(FindingsTable.FINDING)
            .agg(count(lit(1)).as("n"))
            .orderBy(col("n").desc(), col(FindingsTable.FINDING))
            .collectAsList()) {
      counts.add(String.format(Locale.ROOT, "%s %,d", row.getString(0), row.getLong(1)));
    }
    context.say("findings: %s", counts.isEmpty() ? "none" : String.join(", ", counts));
  }

  private void sayDuplicates(Dataset<Row> duplicates, int nearDistance) {
    Row totals =
        duplicates
            .where(col(DuplicatesTable.GROUP_SIZE).gt(1))
            .agg(count(lit(1)), countDistinct(DuplicatesTable.REPRESENTATIVE))
            .collectAsList()
            .get(0);
    List<String> recalls = new ArrayList<>();
    for (int distance : TOLD_DISTANCES) {
      if (distance <= nearDistance) {
        recalls.add(
            String.format(
                Locale.ROOT, "%.1f %% at %d", 100 * NearHashes.recall(distance), distance));
      }
    }
    context.say(
        "  duplicates %,d images in %,d groups; hashes up to %d bits apart, expected to be"
            + " found: %s",
        totals.getLong(0),
        totals.getLong(1),
        nearDistance,
        recalls.isEmpty() ? "all" : String.join(", ", recalls));
  }
}
