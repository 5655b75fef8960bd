package org.sparkvit.pipeline.relabel;

import java.util.Locale;
import org.sparkvit.dataset.schema.RelabelsTable;

/** Why a decision was made. Each leads to one decision. */
enum Reason {
  /** Nothing was said of the image as it is now. */
  NO_PREDICTION(RelabelsTable.KEEP),
  /** The model was given the image as it is now and could not read it. */
  FAILED(RelabelsTable.KEEP),
  /** The model has no such class, so nothing that it says speaks against the label. */
  UNKNOWN_LABEL(RelabelsTable.KEEP),
  /** The predicted class is the label. */
  AGREES(RelabelsTable.KEEP),
  /** Another class is predicted, but a person decided on the label. */
  DECIDED_BY_PERSON(RelabelsTable.KEEP),
  /** Another class is predicted, without the confidence that would make a look worthwhile. */
  UNSURE(RelabelsTable.KEEP),
  /** Another class is predicted, and all thresholds of a change are met. */
  CONFIDENT(RelabelsTable.CHANGE),
  /** There was no label, and all thresholds of a change are met. */
  NEWLY_LABELLED(RelabelsTable.CHANGE),
  /** Another class is predicted, below the floor of a change. */
  BELOW_FLOOR(RelabelsTable.REVIEW),
  /** Another class is predicted, above the floor, but a second one comes too close. */
  SMALL_MARGIN(RelabelsTable.REVIEW),
  /** All thresholds of a change are met, but the split is one that people alone label. */
  PROTECTED_SPLIT(RelabelsTable.REVIEW),
  /** There is no label, and not all thresholds of giving one are met. */
  UNLABELLED(RelabelsTable.REVIEW);

  private final String decision;

  Reason(String decision) {
    this.decision = decision;
  }

  String decision() {
    return decision;
  }

  /** As the tables have it. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
