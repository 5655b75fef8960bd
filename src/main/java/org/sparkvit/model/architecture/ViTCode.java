package org.sparkvit.model.architecture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.sparkvit.model.checkpoint.Family;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.torchscript.ModuleTree;

/**
 * The forward pass as TorchScript source, for one configuration.
 *
 * <p>Follows Dosovitskiy et al. 2021 (pre-norm blocks, class token, learned positions) in the form
 * of Hugging Face's classifiers; what a {@link Family} has of its own is put in where it belongs.
 * Where only the first rows of the last block are used, only those are computed there.
 */
public final class ViTCode {
  /** Method of the archive that returns what the head reads, after the final layer norm. */
  public static final String EMBED = "embed";

  /** Method that returns the tokens before the first block. */
  public static final String TOKENS = "tokens";

  /** Method, with the number of the block behind it, that takes and returns tokens. */
  public static final String BLOCK = "block";

  /** Method that makes of the last block's tokens what {@link #EMBED} returns. */
  public static final String FINISH = "finish";

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

  /**
   * Method that puts the blocks' weights into the order in which oneDNN multiplies, which it
   * otherwise does anew for every product.
   */
  public static final String PACK = "pack";

  /** About how many images a product will be of, which the order depends on. */
  private static final int USUAL_BATCH = 16;

  private final ViTConfig config;
  private final Family family;
  private final Precision precision;

  /**
   * Whether the code may count on this machine's processor. In bf16 the blocks' linear maps are
   * oneDNN's then, whose weights {@link #PACK} arranges; in int8 activations get 8 bits, not 7.
   */
  private final boolean here;

  /** Whether the attentions are kept, for {@link AttentionCode}. */
  private final boolean explaining;

  /** How it is trained, or null. */
  private final TrainingOptions training;

  private ViTCode(
      ViTConfig config,
      Precision precision,
      boolean here,
      boolean explaining,
      TrainingOptions training) {
    this.config = config;
    this.family = config.family();
    this.precision = precision;
    this.here = here;
    this.explaining = explaining;
    this.training = training;
  }

  /**
   * Method sources by class name, for {@link ModuleTree#source}.
   *
   * @param here whether it is for this machine alone, see {@link Precision#hasOwnCode}; in bf16
   *     {@link #PACK} is to be called once before the rest
   */
  public static Map<String, String> forInference(
      ViTConfig config, Precision precision, boolean here) {
    return new ViTCode(config, precision, here, false, null).methods("");
  }

  /** As above in float32, with the methods of {@link AttentionCode}. */
  public static Map<String, String> forExplaining(ViTConfig config) {
    return new ViTCode(config, Precision.FP32, false, true, null)
        .methods(AttentionCode.methods(config.family()));
  }

  /** As above, with the methods of {@link TrainingCode}. */
  public static Map<String, String> forTraining(
      ViTConfig config, Precision precision, TrainingOptions training) {
    return new ViTCode(config, precision, false, false, training)
        .methods(TrainingCode.methods(training));
  }

  private Map<String, String> methods(String more) {
    return Map.of(
        "Model_" + family.layers().replace('.', '_') + "_N", layer(), "Model", model() + more);
  }

  private String layer() {
    return String.format(
            Locale.ROOT,
            """
            %11$sdef forward(self, x: Tensor%12$s) -> Tensor:
              h = %1$s
              return (self).block(x, h, h%13$s)
            %10$sdef block(self, x: Tensor, rows: Tensor, tokens: Tensor%12$s) -> Tensor:
              n = torch.size(x, 0)
            %2$s  c = %7$s
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
            explaining ? AttentionCode.attention(config) : attention(),
            mlp(),
            branch(1, linear("o", "self." + family.mlpOut(), true)),
            firstRows(),
            dropsPaths() ? TrainingCode.DROP_PATH : explaining ? AttentionCode.KEEP : "",
            blockParameters(),
            blockArguments())
        .indent(2);
  }

  private String attention() {
    return "torch.scaled_dot_product_attention(q, k, v, None, "
        + (training != null && config.attentionDropout() > 0
            ? config.attentionDropout() + " if self.training else 0.)"
            : "0.)");
  }

  /** What goes through a block beside the tokens. */
  private String blockParameters() {
    return dropsPaths()
        ? ", path: Optional[Tensor], number: int"
        : explaining ? AttentionCode.PARAMETER : "";
  }

  private String blockArguments() {
    return dropsPaths() ? ", path, number" : explaining ? AttentionCode.ARGUMENT : "";
  }

  /** The form of the last block where its first rows are all that is used. */
  private String firstRows() {
    return family.lastRows() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            """
            def forward_first_rows(self, x: Tensor%3$s) -> Tensor:
              h = %1$s
              return (self).block(torch.slice(x, 1, 0, %2$d), torch.slice(h, 1, 0, %2$d), h%4$s)
            """,
            layerNorm("x", "self." + family.attentionNorm()),
            family.lastRows(),
            blockParameters(),
            blockArguments());
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
    String scaled =
        family.layerScales().isEmpty()
            ? dropout(output)
            : "torch.mul(" + output + ", self." + family.layerScales().get(index) + ")";
    return dropsPaths()
        ? "(self).drop_path(" + scaled + ", path, torch.add(torch.mul(number, 2), " + index + "))"
        : scaled;
  }

  private boolean dropsPaths() {
    return training != null && training.dropPath() > 0;
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

  /**
   * Query, key and value of all tokens by one linear map; of the queries only the wanted rows.
   * Attention stays in float32: bf16 took 8 % off an image's time with AMX, but the labels of 2,000
   * images of CIFAR-10 agreed with float32 in 98.95 % instead of 99.20 %.
   */
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
    String parameter =
        dropsPaths() ? ", path: Optional[Tensor]" : explaining ? AttentionCode.PARAMETER : "";
    String argument = dropsPaths() ? ", path" : explaining ? AttentionCode.ARGUMENT : "";
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            """
            def forward(self, pixels: Tensor) -> Tensor:
              return (self).head((self).embed(pixels%s))
            def head(self, e: Tensor) -> Tensor:
            %s%s\
            """,
            dropsPaths() ? ", None" : explaining ? ", annotate(List[Tensor], [])" : "",
            logits(),
            precision == Precision.INT8 ? EMBED_EACH : ""));
    text.append(
        String.format(
            Locale.ROOT,
            """
            def %s(self, pixels: Tensor%s) -> Tensor:
              x = %s
            """,
            precision == Precision.INT8 ? "embed_one" : EMBED,
            parameter,
            explaining ? AttentionCode.leaf("(self).tokens(pixels)") : "(self).tokens(pixels)"));
    String last = "x";
    for (int i = 0; i < config.layers(); i++) {
      text.append(
          String.format(Locale.ROOT, "  x%1$d = (self).block%1$d(%2$s%3$s)\n", i, last, argument));
      last = "x" + i;
    }
    text.append("  return (self).finish(").append(last).append(")\n");
    text.append(tokens());
    for (int i = 0; i < config.layers(); i++) {
      text.append(
          String.format(
              Locale.ROOT,
              """
              def block%1$d(self, x: Tensor%4$s) -> Tensor:
                layer = getattr(self.%2$s, "%1$d")
                return (layer).%3$s(x%5$s)
              """,
              i,
              family.layers(),
              i == config.layers() - 1 && family.lastRows() > 0 ? "forward_first_rows" : "forward",
              parameter,
              dropsPaths() ? ", path, " + i : argument));
    }
    text.append(isPacked() ? pack() : "");
    text.append("def finish(self, x: Tensor) -> Tensor:\n").append(embedding("x"));
    return text.toString().indent(2);
  }

  private boolean isPacked() {
    return here && precision == Precision.BF16;
  }

  private String pack() {
    StringBuilder text = new StringBuilder("def " + PACK + "(self) -> Tensor:\n");
    for (int i = 0; i < config.layers(); i++) {
      text.append(
          String.format(
              Locale.ROOT, "  l%1$d = getattr(self.%2$s, \"%1$d\")\n", i, family.layers()));
      List<String> modules =
          List.of(
              "attention.attention.query",
              "attention.attention.key",
              "attention.attention.value",
              "attention.output.dense",
              family.mlpIn(),
              family.mlpOut());
      for (int j = 0; j < modules.size(); j++) {
        text.append(
            String.format(
                Locale.ROOT,
                """
                  m%1$d_%2$d = l%1$d.%3$s
                  m%1$d_%2$d.weight = ops.mkldnn._reorder_linear_weight(m%1$d_%2$d.weight, %4$d)
                """,
                i,
                j,
                modules.get(j),
                USUAL_BATCH * config.tokens()));
      }
    }
    return text.append("  return self.pixel_scale\n").toString();
  }

  private String tokens() {
    String patches = "self." + family.patches();
    return String.format(
        Locale.ROOT,
        """
        def tokens(self, pixels: Tensor) -> Tensor:
          bytes = torch.permute(pixels, [0, 3, 1, 2])
          image = torch.add(torch.mul(torch.to(bytes, 6), self.pixel_scale), self.pixel_shift)
          grid = torch.conv2d(%1$s, %2$s, %3$s, [%4$d, %4$d])
          patches = torch.transpose(torch.flatten(grid, 2), 1, 2)
          tokens = torch.cat([%7$s, %5$s], 1)
          return %6$s
        """,
        precision.scalarType == Precision.FP32.scalarType ? "image" : cast("image"),
        weight(patches + ".weight"),
        weight(patches + ".bias"),
        config.patchSize(),
        mixed() ? "torch.to(patches, 6)" : "patches",
        dropout("torch.add(tokens, self." + family.positionEmbeddings() + ")"),
        family.specialTokens().stream()
            .map(token -> "torch.expand(self." + token + ", [torch.size(pixels, 0), -1, -1])")
            .collect(Collectors.joining(", ")));
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
            ? "  return torch.cat([torch.select(t, 1, 0), torch.mean(torch.slice(t, 1, 1), [1])],"
                + " 1)\n"
            : "  return torch.flatten(t, 1)\n");
  }

  /** Whether weights are float32 and only the products are in less. */
  private boolean mixed() {
    return training != null && precision != Precision.FP32;
  }

  private String weight(String tensor) {
    return mixed() ? cast(tensor) : tensor;
  }

  private String cast(String tensor) {
    return "torch.to(" + tensor + ", " + precision.scalarType + ")";
  }

  private String linear(String input, String module, boolean bias) {
    if (precision == Precision.INT8) {
      return String.format(
          Locale.ROOT,
          "ops.quantized.linear_dynamic(%s, %s.packed, %s)",
          input,
          module,
          here ? "False" : "True");
    }
    if (isPacked()) {
      return String.format(
          Locale.ROOT,
          "ops.mkldnn._linear_pointwise(%1$s, %2$s.weight, %3$s, \"none\","
              + " annotate(List[Optional[number]], []), \"\")",
          input,
          module,
          bias ? module + ".bias" : "None");
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
    return mixed() ? cast(norm) : norm;
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
    return training != null && config.hiddenDropout() > 0
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
