package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.sparkvit.core.UserException;

/**
 * The kinds of Vision Transformer that checkpoints come in. They share one graph and differ in the
 * names of their tensors, in the tokens beside the patches, in what is added to a block, and in
 * what the head reads.
 */
public enum Family {
  /** Dosovitskiy et al. 2021. The head reads the class token. */
  VIT("vit", "ViTForImageClassification"),
  /** Touvron et al. 2021, with a distillation token but a head on the class token only. */
  DEIT("deit", "DeiTForImageClassification"),
  /** The same with a second head on the distillation token; the logits are the heads' mean. */
  DEIT_DISTILLED("deit", "DeiTForImageClassificationWithTeacher"),
  /**
   * Oquab et al. 2023: both branches of a block are scaled by a learned vector, and the head reads
   * the class token next to the mean of the patches' tokens.
   */
  DINOV2("dinov2", "Dinov2ForImageClassification"),
  /** The same with a gated feed-forward part (SwiGLU), which the giant size has. */
  DINOV2_GATED("dinov2", "Dinov2ForImageClassification");

  private static final String LAYER = "encoder.layer.";

  private final String modelType;
  private final String architecture;

  Family(String modelType, String architecture) {
    this.modelType = modelType;
    this.architecture = architecture;
  }

  /**
   * The family that {@code config.json} names.
   *
   * @param architectures its list of that name, or null
   * @param gated its {@code use_swiglu_ffn}
   */
  static Family of(String modelType, JsonNode architectures, boolean gated, String source) {
    return switch (modelType) {
      case "vit" -> VIT;
      case "deit" -> isDistilled(architectures) ? DEIT_DISTILLED : DEIT;
      case "dinov2" -> gated ? DINOV2_GATED : DINOV2;
      default ->
          throw new UserException(
              source
                  + ": model_type is '"
                  + modelType
                  + "'; supported are "
                  + Arrays.stream(values())
                      .map(Family::modelType)
                      .distinct()
                      .collect(Collectors.joining(", "))
                  + ", and timm's ViT and DeiT; "
                  + ForeignModel.AS_TORCHSCRIPT);
    };
  }

  private static boolean isDistilled(JsonNode architectures) {
    return architectures != null
        && StreamSupport.stream(architectures.spliterator(), false)
            .anyMatch(name -> name.asText().equals(DEIT_DISTILLED.architecture));
  }

  /** Hugging Face's {@code model_type}. */
  public String modelType() {
    return modelType;
  }

  /** Hugging Face's class of the classifier. */
  public String architecture() {
    return architecture;
  }

  public boolean isDinov2() {
    return this == DINOV2 || this == DINOV2_GATED;
  }

  /** Whether {@link #mlpIn} makes both factors of a product. */
  public boolean isGated() {
    return this == DINOV2_GATED;
  }

  /** Full name of a tensor or module of the encoder; a model without a head leaves the type out. */
  String key(String name) {
    return modelType + "." + name;
  }

  /** Names of a block's tensors start with this. */
  public String layer(int index) {
    return key(LAYER + index + ".");
  }

  /** The module that the blocks are numbered in. */
  public String layers() {
    return key("encoder.layer");
  }

  public String positionEmbeddings() {
    return key("embeddings.position_embeddings");
  }

  /** The module that maps patches to tokens. */
  public String patches() {
    return key("embeddings.patch_embeddings.projection");
  }

  /** The tokens before those of the patches, in their order. */
  public List<String> specialTokens() {
    return isDeit()
        ? List.of(key("embeddings.cls_token"), key("embeddings.distillation_token"))
        : List.of(key("embeddings.cls_token"));
  }

  /** The module after the last block. */
  public String finalNorm() {
    return key("layernorm");
  }

  /** Linear maps from (a part of) the embedding to logits. */
  public List<String> heads() {
    return this == DEIT_DISTILLED
        ? List.of("cls_classifier", "distillation_classifier")
        : List.of("classifier");
  }

  /** Whether a tensor of this name belongs to a head. */
  boolean isHead(String key) {
    return heads().stream().anyMatch(head -> key.startsWith(head + "."));
  }

  /**
   * Where a tensor is in the order of the forward pass: 0 is the embeddings, then the blocks
   * follow, then the final norm, then the heads.
   */
  public int depth(String key, int layers) {
    if (isHead(key)) {
      return layers + 2;
    } else if (key.startsWith(finalNorm() + ".")) {
      return layers + 1;
    }
    String prefix = layers() + ".";
    return key.startsWith(prefix)
        ? 1 + Integer.parseInt(key.substring(prefix.length(), key.indexOf('.', prefix.length())))
        : 0;
  }

  /** How many hidden sizes the embedding is long. */
  public int embeddingParts() {
    return this == DEIT_DISTILLED || isDinov2() ? 2 : 1;
  }

  /** How many tokens the last block has to give, or 0 if all. */
  public int lastRows() {
    return isDinov2() ? 0 : embeddingParts();
  }

  // Modules of a block.

  public String attentionNorm() {
    return isDinov2() ? "norm1" : "layernorm_before";
  }

  public String mlpNorm() {
    return isDinov2() ? "norm2" : "layernorm_after";
  }

  public String mlpIn() {
    return switch (this) {
      case VIT, DEIT, DEIT_DISTILLED -> "intermediate.dense";
      case DINOV2 -> "mlp.fc1";
      case DINOV2_GATED -> "mlp.weights_in";
    };
  }

  public String mlpOut() {
    return switch (this) {
      case VIT, DEIT, DEIT_DISTILLED -> "output.dense";
      case DINOV2 -> "mlp.fc2";
      case DINOV2_GATED -> "mlp.weights_out";
    };
  }

  /** Vectors that scale what attention and feed-forward part add; empty where nothing does. */
  public List<String> layerScales() {
    return isDinov2() ? List.of("layer_scale1.lambda1", "layer_scale2.lambda1") : List.of();
  }

  private boolean isDeit() {
    return this == DEIT || this == DEIT_DISTILLED;
  }
}
