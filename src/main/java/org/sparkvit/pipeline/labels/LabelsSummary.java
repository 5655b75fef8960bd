package org.sparkvit.pipeline.labels;

import static org.apache.spark.sql.functions.avg;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import org.apache.spark.sql.Row;
import org.sparkvit.dataset.schema.LabelChecksTable;
import org.sparkvit.dataset.schema.LabelNoiseTable;
import org.sparkvit.pipeline.stage.StageContext;

/** Reports in lines what the check of the labels has found. */
final class LabelsSummary {
  /** The number of pairs of classes that are named as likely confused. */
  private static final int TOLD = 5;

  private LabelsSummary() {}

  /** Counts in the tables that the stage has written, and reports the counts. */
  static void say(StageContext context, IssueRule rule) {
    Row totals =
        context
            .read(LabelChecksTable.SPEC)
            .agg(
                count(lit(1)),
                count_if(col(LabelChecksTable.ISSUE)),
                count_if(col(LabelChecksTable.BY_CLASS)),
                count_if(col(LabelChecksTable.BY_NOISE_RATE)),
                count_if(IssueRule.BOTH.breaks()),
                count_if(col(LabelChecksTable.CONFIDENT)),
                count_if(col(LabelChecksTable.DIFFERS)),
                count_if(coalesce(col(LabelChecksTable.OUTLIER), lit(false))),
                avg(LabelChecksTable.AGREEMENT))
            .head();
    context.say(
        "%,d of %,d labels look wrong by %s (%s %,d, %s %,d, %s %,d, %s %,d, %s %,d)",
        totals.getLong(1),
        totals.getLong(0),
        rule.option(),
        IssueRule.PRUNE_BY_CLASS.option(),
        totals.getLong(2),
        IssueRule.PRUNE_BY_NOISE_RATE.option(),
        totals.getLong(3),
        IssueRule.BOTH.option(),
        totals.getLong(4),
        IssueRule.CONFIDENT_LEARNING.option(),
        totals.getLong(5),
        IssueRule.PREDICTED_NEQ_GIVEN.option(),
        totals.getLong(6));
    if (!totals.isNullAt(8)) {
      context.say(
          "%.1f %% of the nearest neighbours have the same label; %,d images are far from all"
              + " others",
          100 * totals.getDouble(8), totals.getLong(7));
    }
    context
        .read(LabelNoiseTable.SPEC)
        .where(not(col(LabelNoiseTable.LABEL).equalTo(col(LabelNoiseTable.LIKELY))))
        .orderBy(
            col(LabelNoiseTable.IMAGES).desc(),
            col(LabelNoiseTable.LABEL),
            col(LabelNoiseTable.LIKELY))
        .limit(TOLD)
        .collectAsList()
        .forEach(
            row ->
                context.say(
                    "about %,d images labelled %s are likely %s",
                    row.getLong(2), row.getString(0), row.getString(1)));
  }
}
