package org.sparkvit.vit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The forward pass as TorchScript source, for one configuration.
 *
 * <p>Follows Dosovitskiy et al. 2021 (pre-norm blocks, class token, learned positions) in the form
 * of Hugging Face's classifiers; what a {@link Family} has of its own is put in where it belongs.
 * Where only the first rows of the last block are used, only those are computed there.
 */
final class ViTCode {
  /** Method of the archive that returns what the head reads, after the final layer norm. */
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

  private final ViTConfig config;
  private final Family family;
  private final Precision precision;
  private final boolean training;

  private ViTCode(ViTConfig config, Precision precision, boolean training) {
    this.config = config;
    this.family = config.family();
    this.precision = precision;
    this.training = training;
  }

  /** Method sources by class name, for {@link ModuleTree#source}. */
  static Map<String, String> methods(ViTConfig config, Precision precision, boolean training) {
    ViTCode code = new ViTCode(config, precision, training);
    return Map.of(
        "Model_" + code.family.layers().replace('.', '_') + "_N",
        code.layer(),
        "Model",
        code.model() + (training ? trainingMethods() : ""));
  }

  private String layer() {
    return String.format(
            Locale.ROOT,
            """
      def forward(self, x: Tensor) -> Tensor:
        h = %1$s
        return (self).block(x, h, h)
      %10$sdef block(self, x: Tensor, rows: Tensor, tokens: Tensor) -> Tensor:
        n = torch.size(x, 0)
      %2$s  c = torch.scaled_dot_product_attention(q, k, v, None, %7$s)
        a = torch.reshape(torch.transpose(c, 1, 2), [n, -1, %6$d])
        y = torch.add(x, %3$s)
        z = %4$s
        m = %5$s
        o = %8$s
        return torch.add(y, %9$s)
      """,
            layerNorm("x", "self." + family.attentionNorm()),
            precision == Precision.INT8 ? fusedHeads() : heads(),
            branch(0, linear("a", "self.attention.output.dense", true)),
            layerNorm("y", "self." + family.mlpNorm()),
            linear("z", "self." + family.mlpIn(), true),
            config.hiddenSize(),
            training && config.attentionDropout() > 0
                ? config.attentionDropout() + " if self.training else 0."
                : "0.",
            mlp(),
            branch(1, linear("o", "self." + family.mlpOut(), true)),
            firstRows())
        .indent(2);
  }

  /** The form of the last block where its first rows are all that is used. */
  private String firstRows() {
    return family.lastRows() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            """
            def forward_first_rows(self, x: Tensor) -> Tensor:
              h = %1$s
              return (self).block(torch.slice(x, 1, 0, %2$d), torch.slice(h, 1, 0, %2$d), h)
            """,
            layerNorm("x", "self." + family.attentionNorm()),
            family.lastRows());
  }

  /** What lies between the two linear maps, which are called m and o. */
  private String mlp() {
    return family.isGated()
        ? "torch.mul(torch.silu(torch.slice(m, 2, 0, "
            + config.intermediateSize()
            + ")), torch.slice(m, 2, "
            + config.intermediateSize()
            + "))"
        : activation("m");
  }

  /** What a block adds to its input: in DINOv2 scaled and without dropout, else as it is. */
  private String branch(int index, String output) {
    return family.layerScales().isEmpty()
        ? dropout(output)
        : "torch.mul(" + output + ", self." + family.layerScales().get(index) + ")";
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
    String patches = "self." + family.patches();
    text.append(
        String.format(
            Locale.ROOT,
            """
        def forward(self, pixels: Tensor) -> Tensor:
          e = (self).embed(pixels)
        %9$s%7$sdef %8$s(self, pixels: Tensor) -> Tensor:
          bytes = torch.permute(pixels, [0, 3, 1, 2])
          image = torch.add(torch.mul(torch.to(bytes, 6), self.pixel_scale), self.pixel_shift)
          grid = torch.conv2d(%1$s, %2$s, %3$s, [%4$d, %4$d])
          patches = torch.transpose(torch.flatten(grid, 2), 1, 2)
          tokens = torch.cat([%10$s, %5$s], 1)
          x = %6$s
        """,
            precision.scalarType == Precision.FP32.scalarType
                ? "image"
                : "torch.to(image, " + precision.scalarType + ")",
            weight(patches + ".weight"),
            weight(patches + ".bias"),
            config.patchSize(),
            mixed() ? "torch.to(patches, 6)" : "patches",
            dropout("torch.add(tokens, self." + family.positionEmbeddings() + ")"),
            precision == Precision.INT8 ? EMBED_EACH : "",
            precision == Precision.INT8 ? "embed_one" : EMBED,
            logits(),
            family.specialTokens().stream()
                .map(token -> "torch.expand(self." + token + ", [torch.size(pixels, 0), -1, -1])")
                .collect(Collectors.joining(", "))));
    String last = "x";
    for (int i = 0; i < config.layers(); i++) {
      boolean firstRows = i == config.layers() - 1 && family.lastRows() > 0;
      text.append(
          String.format(
              Locale.ROOT, "  layer%d = getattr(self.%s, \"%d\")\n", i, family.layers(), i));
      text.append(
          String.format(
              Locale.ROOT,
              "  x%d = (layer%d).%s(%s)\n",
              i,
              i,
              firstRows ? "forward_first_rows" : "forward",
              last));
      last = "x" + i;
    }
    text.append(embedding(last));
    return text.toString().indent(2);
  }

  /** From the embedding e to logits, in float32. */
  private String logits() {
    StringBuilder text = new StringBuilder();
    List<String> terms = new ArrayList<>();
    for (int i = 0; i < family.heads().size(); i++) {
      String input =
          family.heads().size() == 1
              ? "e"
              : "torch.slice(e, 1, "
                  + i * config.hiddenSize()
                  + ", "
                  + (i + 1) * config.hiddenSize()
                  + ")";
      text.append(
          String.format(
              Locale.ROOT,
              """
                w%1$d = torch.to(self.%2$s.weight, 6)
                b%1$d = torch.to(self.%2$s.bias, 6)
              """,
              i,
              family.heads().get(i)));
      terms.add(String.format(Locale.ROOT, "torch.linear(%1$s, w%2$d, b%2$d)", input, i));
    }
    return text
        + (terms.size() == 1
            ? "  return " + terms.get(0) + "\n"
            : "  return torch.div(torch.add(" + String.join(", ", terms) + "), 2)\n");
  }

  /** From the tokens of the last block to what the head reads, in float32. */
  private String embedding(String tokens) {
    String norm = "self." + family.finalNorm();
    if (family.embeddingParts() == 1) {
      String row = plainLayerNorm("torch.select(" + tokens + ", 1, 0)", norm);
      return "  return torch.to(" + row + ", 6)\n";
    }
    return "  t = torch.to("
        + plainLayerNorm(tokens, norm)
        + ", 6)\n"
        + (family.isDinov2()
            ? "  return torch.cat([torch.select(t, 1, 0), torch.mean(torch.slice(t, 1, 1), [1])], 1)\n"
            : "  return torch.flatten(t, 1)\n");
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
