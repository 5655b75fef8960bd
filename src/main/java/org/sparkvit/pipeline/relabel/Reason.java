package org.sparkvit.pipeline.relabel;

import java.util.Locale;
import org.sparkvit.dataset.schema.RelabelsTable;

/** The reason of a decision. Each reason leads to one decision. */
enum Reason {
  /** The model has not been given the image as it is now. */
  NO_PREDICTION(RelabelsTable.KEEP),
  /** The model was given the image as it is now and could not read it. */
  FAILED(RelabelsTable.KEEP),
  /**
   * The model does not have the label as a class, so its prediction says nothing against the label.
   */
  UNKNOWN_LABEL(RelabelsTable.KEEP),
  /** The predicted class is the label. */
  AGREES(RelabelsTable.KEEP),
  /** Another class is predicted, but a person decided on the label. */
  DECIDED_BY_PERSON(RelabelsTable.KEEP),
  /** Another class is predicted, but not with enough confidence for a review. */
  UNSURE(RelabelsTable.KEEP),
  /** Another class is predicted, and all thresholds of a change are met. */
  CONFIDENT(RelabelsTable.CHANGE),
  /** There was no label, and all thresholds of a change are met. */
  NEWLY_LABELLED(RelabelsTable.CHANGE),
  /** Another class is predicted, with less probability than the floor of a change. */
  BELOW_FLOOR(RelabelsTable.REVIEW),
  /** Another class is predicted with enough probability, but the second class comes too close. */
  SMALL_MARGIN(RelabelsTable.REVIEW),
  /** All thresholds of a change are met, but only people label this split. */
  PROTECTED_SPLIT(RelabelsTable.REVIEW),
  /** There is no label, and not all thresholds for giving one are met. */
  UNLABELLED(RelabelsTable.REVIEW);

  private final String decision;

  Reason(String decision) {
    this.decision = decision;
  }

  String decision() {
    return decision;
  }

  /** Returns the name in tables. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
