package org.sparkvit.vit;

import java.util.Locale;
import java.util.Map;

/**
 * The forward pass as TorchScript source, for one configuration.
 *
 * <p>Follows Dosovitskiy et al. 2021 (pre-norm blocks, class token, learned positions) in the form
 * of Hugging Face's {@code ViTForImageClassification}. Only the class token's row of the last block
 * is used, so only that row is computed there.
 */
final class ViTCode {
  /** Method of the archive that returns the class token after the final layer norm. */
  static final String EMBED = "embed";

  /** Method of a training archive: weighted sum of the cross-entropies. */
  static final String LOSS = "loss";

  /** Method of a training archive: one AdamW step, in place. */
  static final String UPDATE = "update";

  /** Method of a training archive: scales gradients in place and returns their norm. */
  static final String CLIP = "clip";

  /**
   * A quantised product takes its scale from the range of its whole input. Images go through one by
   * one, lest an image's result depend on those beside it; on a CPU that is the faster way as well,
   * as what one layer leaves behind is still in the cache when the next one reads it.
   */
  private static final String EMBED_EACH =
      """
      def embed(self, pixels: Tensor) -> Tensor:
        images = torch.split(pixels, 1)
        rows = annotate(List[Tensor], [])
        for i in range(torch.len(images)):
          _ = torch.append(rows, (self).embed_one(images[i]))
        return torch.cat(rows)
      """;

  private static final String LAYER_CLASS = "Model_vit_encoder_layer_N";

  private final ViTConfig config;
  private final Precision precision;
  private final boolean training;

  private ViTCode(ViTConfig config, Precision precision, boolean training) {
    this.config = config;
    this.precision = precision;
    this.training = training;
  }

  /** Method sources by class name, for {@link ModuleTree#source}. */
  static Map<String, String> methods(ViTConfig config, Precision precision, boolean training) {
    ViTCode code = new ViTCode(config, precision, training);
    return Map.of(
        LAYER_CLASS, code.layer(), "Model", code.model() + (training ? trainingMethods() : ""));
  }

  private String layer() {
    return String.format(
            Locale.ROOT,
            """
      def forward(self, x: Tensor) -> Tensor:
        h = %1$s
        return (self).block(x, h, h)
      def forward_first_row(self, x: Tensor) -> Tensor:
        h = %1$s
        return (self).block(torch.slice(x, 1, 0, 1), torch.slice(h, 1, 0, 1), h)
      def block(self, x: Tensor, rows: Tensor, tokens: Tensor) -> Tensor:
        n = torch.size(x, 0)
      %2$s  c = torch.scaled_dot_product_attention(q, k, v, None, %7$s)
        a = torch.reshape(torch.transpose(c, 1, 2), [n, -1, %6$d])
        y = torch.add(x, %3$s)
        z = %4$s
        m = %5$s
        o = %8$s
        return torch.add(y, %9$s)
      """,
            layerNorm("x", "self.layernorm_before"),
            precision == Precision.INT8 ? fusedHeads() : heads(),
            dropout(linear("a", "self.attention.output.dense", true)),
            layerNorm("y", "self.layernorm_after"),
            linear("z", "self.intermediate.dense", true),
            config.hiddenSize(),
            training && config.attentionDropout() > 0
                ? config.attentionDropout() + " if self.training else 0."
                : "0.",
            activation("m"),
            dropout(linear("o", "self.output.dense", true)))
        .indent(2);
  }

  private String heads() {
    return head("q", "rows", "query") + head("k", "tokens", "key") + head("v", "tokens", "value");
  }

  private String head(String variable, String input, String name) {
    return String.format(
        Locale.ROOT,
        "  %s = torch.transpose(torch.reshape(%s, [n, -1, %d, %d]), 1, 2)\n",
        variable,
        linear(input, "self.attention.attention." + name, config.qkvBias()),
        config.heads(),
        config.hiddenSize() / config.heads());
  }

  /** Query, key and value of all tokens by one linear map; of the queries only the wanted rows. */
  private String fusedHeads() {
    return String.format(
        Locale.ROOT,
        """
          qkv = torch.reshape(%s, [n, -1, 3, %d, %d])
          q = torch.transpose(torch.slice(torch.select(qkv, 2, 0), 1, 0, torch.size(rows, 1)), 1, 2)
          k = torch.transpose(torch.select(qkv, 2, 1), 1, 2)
          v = torch.transpose(torch.select(qkv, 2, 2), 1, 2)
        """,
        linear("tokens", "self.attention.attention", config.qkvBias()),
        config.heads(),
        config.hiddenSize() / config.heads());
  }

  private String model() {
    StringBuilder text = new StringBuilder();
    String patches = "self.vit.embeddings.patch_embeddings.projection";
    text.append(
        String.format(
            Locale.ROOT,
            """
        def forward(self, pixels: Tensor) -> Tensor:
          e = (self).embed(pixels)
          w = torch.to(self.classifier.weight, 6)
          b = torch.to(self.classifier.bias, 6)
          return torch.linear(e, w, b)
        %7$sdef %8$s(self, pixels: Tensor) -> Tensor:
          bytes = torch.permute(pixels, [0, 3, 1, 2])
          image = torch.add(torch.mul(torch.to(bytes, 6), self.pixel_scale), self.pixel_shift)
          grid = torch.conv2d(%1$s, %2$s, %3$s, [%4$d, %4$d])
          patches = torch.transpose(torch.flatten(grid, 2), 1, 2)
          cls = torch.expand(self.vit.embeddings.cls_token, [torch.size(pixels, 0), -1, -1])
          tokens = torch.cat([cls, %5$s], 1)
          x = %6$s
        """,
            precision.scalarType == Precision.FP32.scalarType
                ? "image"
                : "torch.to(image, " + precision.scalarType + ")",
            weight(patches + ".weight"),
            weight(patches + ".bias"),
            config.patchSize(),
            mixed() ? "torch.to(patches, 6)" : "patches",
            dropout("torch.add(tokens, self.vit.embeddings.position_embeddings)"),
            precision == Precision.INT8 ? EMBED_EACH : "",
            precision == Precision.INT8 ? "embed_one" : EMBED));
    String last = "x";
    for (int i = 0; i < config.layers(); i++) {
      boolean finalLayer = i == config.layers() - 1;
      text.append(
          String.format(
              Locale.ROOT, "  layer%d = getattr(self.vit.encoder.layer, \"%d\")\n", i, i));
      text.append(
          String.format(
              Locale.ROOT,
              "  x%d = (layer%d).%s(%s)\n",
              i,
              i,
              finalLayer ? "forward_first_row" : "forward",
              last));
      last = "x" + i;
    }
    String row = "torch.select(" + last + ", 1, 0)";
    text.append("  return torch.to(" + plainLayerNorm(row, "self.vit.layernorm") + ", 6)\n");
    return text.toString().indent(2);
  }

  private static String trainingMethods() {
    return """
      def loss(self, pixels: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
        logits = (self).forward(pixels)
        losses = torch.cross_entropy_loss(logits, labels, None, 0)
        return torch.sum(torch.mul(losses, weights))
      def clip(self, grads: List[Tensor], max_norm: float) -> Tensor:
        norm = torch.norm(torch.stack(torch._foreach_norm(grads)))
        scale = torch.clamp(torch.div(max_norm, torch.add(norm, 9.9999999999999995e-07)), None, 1.)
        torch._foreach_mul_(grads, scale)
        return norm
      def update(self, params: List[Tensor], grads: List[Tensor], averages: List[Tensor], squares: List[Tensor], steps: List[Tensor], lr: float, beta1: float, beta2: float, decay: float, eps: float) -> Tensor:
        none = annotate(List[Tensor], [])
        torch._fused_adamw_(params, grads, averages, squares, none, steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False, grad_scale=None, found_inf=None)
        torch._foreach_zero_(grads)
        return steps[0]
      """
        .indent(2);
  }

  /** Whether weights are float32 and only the products are in bf16. */
  private boolean mixed() {
    return training && precision == Precision.BF16;
  }

  private String weight(String tensor) {
    return mixed() ? "torch.to(" + tensor + ", 15)" : tensor;
  }

  private String linear(String input, String module, boolean bias) {
    if (precision == Precision.INT8) {
      return String.format(
          Locale.ROOT, "ops.quantized.linear_dynamic(%s, %s.packed, True)", input, module);
    }
    return String.format(
        Locale.ROOT,
        "torch.linear(%s, %s, %s)",
        input,
        weight(module + ".weight"),
        bias ? weight(module + ".bias") : "None");
  }

  private String layerNorm(String input, String module) {
    String norm = plainLayerNorm(input, module);
    return mixed() ? "torch.to(" + norm + ", 15)" : norm;
  }

  private String plainLayerNorm(String input, String module) {
    return String.format(
        Locale.ROOT,
        "torch.layer_norm(%s, [%d], %s.weight, %s.bias, %s)",
        input,
        config.hiddenSize(),
        module,
        module,
        config.layerNormEps());
  }

  private String dropout(String input) {
    return training && config.hiddenDropout() > 0
        ? String.format(
            Locale.ROOT, "torch.dropout(%s, %s, self.training)", input, config.hiddenDropout())
        : input;
  }

  private String activation(String input) {
    return switch (config.activation()) {
      case GELU -> String.format(Locale.ROOT, "torch.gelu(%s)", input);
      case GELU_NEW, GELU_PYTORCH_TANH ->
          String.format(Locale.ROOT, "torch.gelu(%s, approximate=\"tanh\")", input);
      case RELU -> String.format(Locale.ROOT, "torch.relu(%s)", input);
      case SILU -> String.format(Locale.ROOT, "torch.silu(%s)", input);
      case QUICK_GELU ->
          String.format(
              Locale.ROOT, "torch.mul(%1$s, torch.sigmoid(torch.mul(%1$s, 1.702)))", input);
    };
  }
}
