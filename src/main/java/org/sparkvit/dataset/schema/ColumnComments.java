package org.sparkvit.dataset.schema;

/** The comments of columns that several tables have. */
final class ColumnComments {
  static final String ID = "The image's id, as in table images: 32 hex digits.";

  static final String PATH =
      "URI of the image's file; of a member of a tar shard: shard.tar#member; of an image inside a"
          + " Parquet file: file.parquet#column/row, the row from 0.";

  static final String LABEL = "The given label.";

  static final String LABEL_IF_ANY = "The given label; null where there is none.";

  static final String SHA256 =
      "SHA-256 of the file's content, 64 hex digits; null where it could not be read.";

  static final String STATUS =
      "What became of the image: OK or EXT_MISMATCH where it has pixels, else why not, such as"
          + " TRUNCATED or MISSING.";

  static final String REASON =
      "Why the status is not OK, or a note on an image that is; null where there is nothing to"
          + " say.";

  static final String MODEL =
      "The model: hash of its configuration and weights, 64 hex digits, as in table scored_models.";

  static final String SPLIT =
      "Split whose images count: train, validation or test; (all) for the images of all.";

  static final String SPLIT_IF_ANY =
      "The image's split: train, validation or test; null where it has none.";

  static final String SLICE =
      "Column of table images by whose values images are told apart; (all) for no such column.";

  static final String SLICE_VALUE =
      "Value of that column that the images have; (all) for no such column.";

  static final String ASKED_PRECISION =
      "Precision of the model's computation that was asked for: auto, fp32, bf16, fp16 or int8.";

  static final String BACKGROUND =
      "What the image was put on where it is transparent, as the catalog's option says it; opaque"
          + " where that made no difference; null in rows from before there was a choice.";

  static final String OLD_LABEL = "The label in table images; null where there is none.";

  static final String DECISION_REASON =
      "Why it was decided so, such as agrees, confident, below_floor or small_margin.";

  private ColumnComments() {}
}
