package org.sparkvit.pipeline.labels;

import java.util.Locale;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.functions;
import org.sparkvit.dataset.schema.LabelChecksTable;

/**
 * What makes a label an issue; the names are those of cleanlab's {@code filter_by}, with dashes.
 */
public enum IssueRule {
  /** Of each label, as many as are likely wrong: those least likely to be right. */
  PRUNE_BY_CLASS,
  /** For each pair of classes, as many as are likely confused: those with the widest margin. */
  PRUNE_BY_NOISE_RATE,
  /** Both of the above. */
  BOTH,
  /** Confidently of another class. */
  CONFIDENT_LEARNING,
  /** Another class is the most likely one. */
  PREDICTED_NEQ_GIVEN;

  /** As options write it. */
  public String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether a row of {@link LabelChecksTable} breaks this rule. */
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
