package org.sparkvit.pipeline.audit;

/** What can be wrong with an image. */
public enum Finding {
  /** It cannot be read or decoded. */
  UNREADABLE,
  DARK,
  LIGHT,
  /** One side is far longer than the other. */
  ODD_ASPECT_RATIO,
  /** Far smaller or larger than most. */
  ODD_SIZE,
  /** Hardly anything to see. */
  LOW_INFORMATION,
  BLURRY,
  GRAYSCALE,
  /** It is transparent, and a model sees the colours under its alpha, which a viewer does not. */
  TRANSPARENT,
  /** The same file or the same pixels as another image. */
  EXACT_DUPLICATE,
  /** Looks like another image. */
  NEAR_DUPLICATE,
  /** Means the same to a model as another image, which it does not look like. */
  SEMANTIC_DUPLICATE,
  /** Repeats images that have another label. */
  LABEL_CONFLICT,
  /** Of the validation or test split, and repeats an image of the train split. */
  LEAKED
}
