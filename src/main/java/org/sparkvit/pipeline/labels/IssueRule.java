package org.sparkvit.pipeline.labels;

import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.sparkvit.dataset.schema.LabelChecksTable;

/**
 * The rules by which a label is an issue. Their names are those of cleanlab's {@code filter_by},
 * with dashes.
 */
public enum IssueRule {
  /**
   * The labels that are least likely right are issues, as many of each label as are likely wrong.
   */
  PRUNE_BY_CLASS,
  /**
   * The images with the widest margin for a pair of classes are issues, as many as are likely
   * confused.
   */
  PRUNE_BY_NOISE_RATE,
  /** Images that both rules above flag are issues. */
  BOTH,
  /** Images that are confidently of another class are issues. */
  CONFIDENT_LEARNING,
  /** Images for which another class is the most likely one are issues. */
  PREDICTED_NEQ_GIVEN;

  /** Returns the name as options write it. */
  public String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the condition that a row of {@link LabelChecksTable} is an issue by this rule. */
  Column breaks() {
    return switch (this) {
      case PRUNE_BY_CLASS -> functions.col(LabelChecksTable.BY_CLASS);
      case PRUNE_BY_NOISE_RATE -> functions.col(LabelChecksTable.BY_NOISE_RATE);
      case BOTH ->
          functions
              .col(LabelChecksTable.BY_CLASS)
              .and(functions.col(LabelChecksTable.BY_NOISE_RATE));
      case CONFIDENT_LEARNING -> functions.col(LabelChecksTable.CONFIDENT);
      case PREDICTED_NEQ_GIVEN -> functions.col(LabelChecksTable.DIFFERS);
    };
  }
}
