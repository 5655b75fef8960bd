package org.sparkvit.model.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.sparkvit.core.UserException;

/**
 * The kinds of Vision Transformer that checkpoints come in. They share one graph. They differ in
 * the names of their tensors, the tokens beside the patches, the scaling within a block, and the
 * input of the head.
 */
public enum Family {
  /** ViT of Dosovitskiy et al. 2021. The head reads the class token. */
  VIT("vit", "ViTForImageClassification"),
  /** DeiT of Touvron et al. 2021, with a distillation token and a head on the class token only. */
  DEIT("deit", "DeiTForImageClassification"),
  /** DeiT with a second head on the distillation token. The logits are the mean of both heads. */
  DEIT_DISTILLED("deit", "DeiTForImageClassificationWithTeacher"),
  /**
   * DINOv2 of Oquab et al. 2023. Both branches of a block are scaled by a learned vector. The head
   * reads the class token together with the mean of the patches' tokens.
   */
  DINOV2("dinov2", "Dinov2ForImageClassification"),
  /** DINOv2 with a gated feed-forward part (SwiGLU), which the giant size has. */
  DINOV2_GATED("dinov2", "Dinov2ForImageClassification");

  private static final String LAYER = "encoder.layer.";

  private final String modelType;
  private final String architecture;

  Family(String modelType, String architecture) {
    this.modelType = modelType;
    this.architecture = architecture;
  }

  /**
   * Returns the family that {@code config.json} names.
   *
   * @param modelType the value of {@code model_type}
   * @param architectures the list {@code architectures}, or null
   * @param gated the value of {@code use_swiglu_ffn}
   * @param source the name of the file, for messages
   * @throws UserException when the model type is not supported
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

  /** Returns Hugging Face's {@code model_type}. */
  public String modelType() {
    return modelType;
  }

  /** Returns Hugging Face's class of the classifier. */
  public String architecture() {
    return architecture;
  }

  public boolean isDinov2() {
    return this == DINOV2 || this == DINOV2_GATED;
  }

  /** Returns whether {@link #mlpIn} computes both factors of a product. */
  public boolean isGated() {
    return this == DINOV2_GATED;
  }

  /**
   * Returns the full name of a tensor or module of the encoder. A model without a head leaves out
   * the model type in front.
   */
  String key(String name) {
    return modelType + "." + name;
  }

  /** Returns the prefix of the names of a block's tensors. */
  public String layer(int index) {
    return key(LAYER + index + ".");
  }

  /** Returns the name of the module in which the blocks are numbered. */
  public String layers() {
    return key("encoder.layer");
  }

  public String positionEmbeddings() {
    return key("embeddings.position_embeddings");
  }

  /** Returns the name of the module that maps patches to tokens. */
  public String patches() {
    return key("embeddings.patch_embeddings.projection");
  }

  /** Returns the names of the tokens before those of the patches, in their order. */
  public List<String> specialTokens() {
    return isDeit()
        ? List.of(key("embeddings.cls_token"), key("embeddings.distillation_token"))
        : List.of(key("embeddings.cls_token"));
  }

  /** Returns the name of the layer norm after the last block. */
  public String finalNorm() {
    return key("layernorm");
  }

  /** Returns the names of the linear maps from the embedding, or a part of it, to logits. */
  public List<String> heads() {
    return this == DEIT_DISTILLED
        ? List.of("cls_classifier", "distillation_classifier")
        : List.of("classifier");
  }

  /** Returns whether a tensor of this name belongs to a head. */
  boolean isHead(String key) {
    return heads().stream().anyMatch(head -> key.startsWith(head + "."));
  }

  /**
   * Returns the depth of a tensor in the order of the forward pass. The embeddings have depth 0.
   * The blocks follow, then the final norm, then the heads.
   *
   * @param layers the number of blocks
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

  /** Returns the length of the embedding in multiples of the hidden size. */
  public int embeddingParts() {
    return this == DEIT_DISTILLED || isDinov2() ? 2 : 1;
  }

  /** Returns the number of tokens that the last block must compute, or 0 for all. */
  public int lastRows() {
    return isDinov2() ? 0 : embeddingParts();
  }

  // The names of the modules of a block.

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

  /**
   * Returns the names of the vectors that scale the outputs of attention and feed-forward part. It
   * is empty where the family has none.
   */
  public List<String> layerScales() {
    return isDinov2() ? List.of("layer_scale1.lambda1", "layer_scale2.lambda1") : List.of();
  }

  private boolean isDeit() {
    return this == DEIT || this == DEIT_DISTILLED;
  }
}
