package org.sparkvit.dataset.schema;

/** A defect of an image. */
public enum Finding {
  /** The image cannot be read or decoded. */
  UNREADABLE,
  DARK,
  LIGHT,
  /** One side is far longer than the other. */
  ODD_ASPECT_RATIO,
  /** The image is far smaller or larger than most. */
  ODD_SIZE,
  /** There is hardly anything to see. */
  LOW_INFORMATION,
  BLURRY,
  GRAYSCALE,
  /**
   * The image is transparent, and a model sees the colours under its alpha, which a viewer does
   * not.
   */
  TRANSPARENT,
  /** The image has the same file or the same pixels as another one. */
  EXACT_DUPLICATE,
  /** The image looks like another one. */
  NEAR_DUPLICATE,
  /** The image means the same to a model as another one, but does not look like it. */
  SEMANTIC_DUPLICATE,
  /** The image repeats images that have another label. */
  LABEL_CONFLICT,
  /** The image is in the validation or test split and repeats an image of the train split. */
  LEAKED
}
