package org.sparkvit.vit;

/** Hugging Face's names of the tensors that are treated in a special way. */
final class Keys {
  static final String CLS_TOKEN = "vit.embeddings.cls_token";
  static final String POSITION_EMBEDDINGS = "vit.embeddings.position_embeddings";
  static final String PATCH_WEIGHT = "vit.embeddings.patch_embeddings.projection.weight";
  static final String PATCH_BIAS = "vit.embeddings.patch_embeddings.projection.bias";
  static final String CLASSIFIER = "classifier.";

  private Keys() {}

  static String layer(int index) {
    return "vit.encoder.layer." + index + ".";
  }
}
