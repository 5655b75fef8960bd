package org.sparkvit.model.architecture;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.sparkvit.model.checkpoint.Activation;
import org.sparkvit.model.checkpoint.Family;
import org.sparkvit.model.checkpoint.ViTConfig;

/**
 * The computation of a model as TorchScript, for one configuration and one use.
 *
 * <p>The code is made from the texts beside this class. There is one for each architecture ({@code
 * vit.py}, {@code deit.py}, {@code dinov2.py}), which says nothing about precision, explaining or
 * training. Others hold the modules that architectures are made of. This class decides which
 * variant of a {@code Linear} or an {@code Attention} is used. TorchScript is mostly Python. The
 * texts differ from it as follows:
 *
 * <ul>
 *   <li>Attributes are declared and not set in {@code __init__}. Their types are {@code Parameter},
 *       {@code Buffer}, {@code ModuleList[Block]}, or {@code Final[int]} for a number of the
 *       configuration. Such a number replaces the attribute in the code.
 *   <li>A loop over modules, {@code for layer in self.layer}, is unrolled. So is a loop over {@code
 *       self.modules(CLASS)}, which are all modules of a class, wherever they are. {@code
 *       enumerate} counts.
 *   <li>{@code forward} of all modules but the model itself is called {@code __call__}.
 * </ul>
 */
public final class ForwardPass {
  private static final String PACKED_TYPE =
      "__torch__.torch.classes.quantized.LinearPackedParamsBase";

  /** The usual number of images in a product, on which the order of weights depends. */
  private static final int USUAL_BATCH = 16;

  /**
   * Matches a loop. The groups are the indentation, the counter, the variable, and the class or the
   * list of modules that the loop iterates over.
   */
  private static final Pattern LOOP =
      Pattern.compile(
          "( +)for (?:(\\w+), )?(\\w+) in (?:enumerate\\()?self\\."
              + "(?:modules\\((\\w+)\\)|(\\w+))\\)?: *(?:#.*)?");

  /** Matches a line of code with a comment at its end. */
  private static final Pattern COMMENTED = Pattern.compile("(.*\\S) +(#.*)");

  /** The column at which comments begin. */
  private static final int MARGIN = 78;

  private final ViTConfig config;
  private final Map<String, ModuleClass> texts;
  private final Map<String, String> bindings;
  private final Map<String, Object> constants;
  private final ModuleClass model;

  /** The lines of the methods that the model has for a backward pass that recomputes its blocks. */
  private final List<String> recomputed;

  private final ModuleTree tree;

  /**
   * Creates a forward pass.
   *
   * @param bindings the classes to use, by the names that stand in the texts; such a name is no
   *     class itself, or its class is replaced
   * @param constants the values of constants by the names of attributes
   * @param methods the classes whose methods are added to those of the model
   * @param recomputed the lines of further methods
   */
  private ForwardPass(
      ViTConfig config,
      Map<String, String> bindings,
      Map<String, Object> constants,
      List<String> methods,
      List<String> recomputed) {
    this.config = config;
    this.texts = ModuleTexts.of(config.family().modelType());
    this.bindings = bindings;
    this.constants = constants;
    this.model =
        texts.get(config.family().architecture()).with(methods.stream().map(texts::get).toList());
    this.recomputed = recomputed;
    this.tree = tree("", model);
  }

  /**
   * Returns the computation for scoring. With FP32, BF16 and FP16 the weights are stored in that
   * precision.
   *
   * @param oneDnn whether the machines that run it have oneDNN; weights in bfloat16 may then be put
   *     into its order
   */
  public static ForwardPass forInference(ViTConfig config, Precision precision, boolean oneDnn) {
    Map<String, String> bindings = bindings(config);
    Map<String, Object> constants = constants(config);
    return switch (precision) {
      case FP32, FP16 ->
          new ForwardPass(config, bindings, constants, List.of("Scoring"), List.of());
      case BF16 -> {
        if (!oneDnn) {
          yield new ForwardPass(
              config, bindings, constants, List.of("Scoring", "Bfloat16Scoring"), List.of());
        }
        bindings.put("Linear", "OneDnnLinear");
        constants.put("rows_at_once", USUAL_BATCH * config.tokens());
        yield new ForwardPass(
            config,
            bindings,
            constants,
            List.of("Scoring", "Bfloat16Scoring", "OneDnnScoring"),
            List.of());
      }
      case INT8 -> {
        bindings.put("Linear", "Int8Linear");
        bindings.put("Attention", "Int8Attention");
        yield new ForwardPass(config, bindings, constants, List.of("Int8Scoring"), List.of());
      }
    };
  }

  /** Returns the computation for explaining, in float32. */
  public static ForwardPass forExplaining(ViTConfig config) {
    Map<String, String> bindings = bindings(config);
    bindings.put("Attention", "ExplainedAttention");
    Map<String, Object> constants = constants(config);
    constants.put("scale", 1 / Math.sqrt((double) config.hiddenSize() / config.heads()));
    constants.put("shown", config.family().heads().size());
    return new ForwardPass(config, bindings, constants, List.of("Explaining"), List.of());
  }

  /** Returns the computation for training, with weights in float32. */
  public static ForwardPass forTraining(
      ViTConfig config, Precision precision, TrainingOptions options) {
    Map<String, String> bindings = bindings(config);
    Map<String, Object> constants = constants(config);
    if (precision != Precision.FP32) {
      for (String module : List.of("Linear", "LayerNorm", "Conv2d")) {
        bindings.put(module, "Mixed" + module);
      }
      constants.put("dtype", precision.scalarType);
    }
    if (config.hiddenDropout() > 0) {
      bindings.put("Dropout", "Dropout");
      constants.put("p", config.hiddenDropout());
    }
    if (config.attentionDropout() > 0) {
      bindings.put("Attention", "DroppingAttention");
      constants.put("attention_p", config.attentionDropout());
    }
    List<String> methods = new ArrayList<>(List.of("Scoring", "Training"));
    if (options.dropPath() > 0) {
      bindings.put("DropPath", "DropPath");
      methods.add("StochasticDepth");
    }
    bindings.put("Loss", options.loss().module());
    constants.putAll(options.loss().constants());
    return new ForwardPass(
        config, bindings, constants, methods, options.recompute() ? blocks(config) : List.of());
  }

  private static Map<String, String> bindings(ViTConfig config) {
    Map<String, String> bindings = new LinkedHashMap<>();
    bindings.put("Activation", activation(config.activation()));
    bindings.put("FeedForward", config.family().isGated() ? "Dinov2SwiGLUFFN" : "Dinov2MLP");
    bindings.put("Dropout", "Identity");
    bindings.put("DropPath", "Identity");
    return bindings;
  }

  private static String activation(Activation activation) {
    return switch (activation) {
      case GELU -> "GELU";
      case GELU_NEW, GELU_PYTORCH_TANH -> "GELUTanh";
      case RELU -> "ReLU";
      case SILU -> "SiLU";
      case QUICK_GELU -> "QuickGELU";
    };
  }

  private static Map<String, Object> constants(ViTConfig config) {
    Map<String, Object> constants = new LinkedHashMap<>();
    constants.put("stride", config.patchSize());
    constants.put("num_heads", config.heads());
    constants.put("eps", config.layerNormEps());
    return constants;
  }

  /** Returns the model with all its modules. */
  public ModuleTree tree() {
    return tree;
  }

  private ModuleTree tree(String path, ModuleClass module) {
    Map<String, String> parameters = new LinkedHashMap<>();
    Map<String, String> buffers = new LinkedHashMap<>();
    Map<String, String> packed = new LinkedHashMap<>();
    Map<String, Object> numbers = new LinkedHashMap<>();
    Map<String, ModuleTree> children = new LinkedHashMap<>();
    for (ModuleClass.Attribute attribute : module.attributes()) {
      String name = attribute.name();
      String below = ModuleTree.below(path, name);
      switch (attribute.kind()) {
        case PARAMETER -> parameters.put(name, below);
        case OPTIONAL_PARAMETER ->
            parameters.put(name, config.parameterShapes().containsKey(below) ? below : null);
        case BUFFER -> buffers.put(name, below);
        case PACKED -> packed.put(name, below);
        case NUMBER -> numbers.put(name, number(path, attribute));
        case MODULE -> children.put(name, tree(below, classOf(attribute)));
        case LIST -> {
          Map<String, ModuleTree> members = new LinkedHashMap<>();
          for (int i = 0; i < config.layers(); i++) {
            members.put(
                Integer.toString(i), tree(ModuleTree.below(below, "" + i), classOf(attribute)));
          }
          children.put(
              name,
              new ModuleTree(
                  below, listOf(attribute), Map.of(), Map.of(), Map.of(), Map.of(), members));
        }
        case CONSTANT -> {}
      }
    }
    return new ModuleTree(path, module.name(), parameters, buffers, packed, numbers, children);
  }

  private Object number(String path, ModuleClass.Attribute attribute) {
    if (attribute.value() != null) {
      return attribute.value().equals("True");
    }
    Family family = config.family();
    boolean last = path.equals(family.layers() + "." + (config.layers() - 1));
    return last ? family.lastRows() : 0;
  }

  private ModuleClass classOf(ModuleClass.Attribute attribute) {
    return classOf(attribute.type());
  }

  private ModuleClass classOf(String type) {
    String name = bindings.getOrDefault(type, type);
    ModuleClass module = texts.get(name);
    if (module == null) {
      throw new IllegalArgumentException("no text has class " + name);
    }
    return module;
  }

  private String listOf(ModuleClass.Attribute attribute) {
    return classOf(attribute).name() + "s";
  }

  /** Returns the code of all classes. The classes of modules come before those that hold them. */
  public String source() {
    Map<String, String> classes = new LinkedHashMap<>();
    collect(model, classes);
    return String.join("\n\n", classes.values());
  }

  private void collect(ModuleClass module, Map<String, String> classes) {
    if (classes.containsKey(module.name())) {
      return;
    }
    for (ModuleClass.Attribute attribute : module.attributes()) {
      switch (attribute.kind()) {
        case MODULE -> collect(classOf(attribute), classes);
        case LIST -> {
          collect(classOf(attribute), classes);
          classes.put(listOf(attribute), list(attribute));
        }
        default -> {}
      }
    }
    classes.put(module.name(), source(module));
  }

  /**
   * Returns the class of a list of modules. Names that are numbers are no identifiers, so they can
   * only be declared through the annotations.
   */
  private String list(ModuleClass.Attribute attribute) {
    StringBuilder text = new StringBuilder(header(listOf(attribute), List.of(), List.of()));
    text.append("    training : bool\n    __annotations__ = []\n");
    for (int i = 0; i < config.layers(); i++) {
      text.append("    __annotations__[\"" + i + "\"] = __torch__.")
          .append(classOf(attribute).name())
          .append('\n');
    }
    return text.toString();
  }

  private static String header(String name, List<String> parameters, List<String> buffers) {
    return "class "
        + name
        + "(Module):\n"
        + names("parameters", parameters)
        + names("buffers", buffers);
  }

  private static String names(String kind, List<String> names) {
    return names.isEmpty()
        ? ""
        : names.stream()
            .map(name -> '"' + name + "\", ")
            .collect(Collectors.joining("", "    __" + kind + "__ = [", "]\n"));
  }

  @SuppressWarnings("ReferenceEquality") // two modules may be equal; the model is this one
  private String source(ModuleClass module) {
    List<String> parameters = new ArrayList<>();
    List<String> buffers = new ArrayList<>();
    List<String> declared = new ArrayList<>();
    List<String> methods = new ArrayList<>(module.methods());
    if (module == model) {
      methods.addAll(recomputed);
    } else {
      methods.replaceAll(line -> line.replaceFirst("^    def forward\\(", "    def __call__("));
    }
    for (ModuleClass.Attribute attribute : module.attributes()) {
      String name = attribute.name();
      if (attribute.kind() == ModuleClass.Kind.CONSTANT) {
        String value = constant(name).toString();
        methods.replaceAll(line -> line.replaceAll("\\bself\\." + name + "\\b", value));
        continue;
      }
      switch (attribute.kind()) {
        case PARAMETER, OPTIONAL_PARAMETER -> parameters.add(name);
        case BUFFER -> buffers.add(name);
        default -> {}
      }
      String comment = attribute.comment() == null ? "" : " " + attribute.comment();
      declared.add("    " + name + " : " + declaredType(attribute) + comment);
    }
    declared.add("    training : bool");
    StringBuilder text = new StringBuilder(header(module.name(), parameters, buffers));
    declared.forEach(line -> text.append(aligned(line)).append('\n'));
    for (String line : writtenOut(module, methods)) {
      text.append(line.startsWith("    def ") ? "\n" : "").append(aligned(line)).append('\n');
    }
    return text.toString();
  }

  private String declaredType(ModuleClass.Attribute attribute) {
    return switch (attribute.kind()) {
      case PARAMETER, BUFFER -> "Tensor";
      case OPTIONAL_PARAMETER -> "Optional[Tensor]";
      case PACKED -> PACKED_TYPE;
      case CONSTANT, NUMBER -> attribute.type();
      case LIST -> "__torch__." + listOf(attribute);
      case MODULE -> "__torch__." + classOf(attribute).name();
    };
  }

  private Object constant(String name) {
    if (!constants.containsKey(name)) {
      throw new IllegalArgumentException("no constant is called " + name);
    }
    return constants.get(name);
  }

  /** Returns a method for each block, for a backward pass that recomputes them one by one. */
  private static List<String> blocks(ViTConfig config) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < config.layers(); i++) {
      String block = config.family().layers() + "." + i;
      lines.add("    def " + Methods.BLOCK + i + "(self, x: Tensor) -> Tensor:");
      lines.add("        attentions: List[Tensor] = []");
      lines.add(
          "        return "
              + ModuleTree.expression(List.of(block.split("\\.")))
              + "(x, attentions)");
    }
    return lines;
  }

  /** Returns the lines of methods with loops over modules unrolled. */
  private List<String> writtenOut(ModuleClass module, List<String> lines) {
    List<String> out = new ArrayList<>();
    int at = 0;
    while (at < lines.size()) {
      String line = lines.get(at++);
      Matcher loop = LOOP.matcher(line);
      if (!loop.matches()) {
        out.add(line);
        continue;
      }
      List<String> body = new ArrayList<>();
      while (at < lines.size() && lines.get(at).startsWith(loop.group(1) + " ")) {
        body.add(lines.get(at++).substring(4));
      }
      List<String> members =
          loop.group(4) == null ? ofList(module, loop.group(5)) : ofClass(loop.group(4));
      for (int i = 0; i < members.size(); i++) {
        for (String each : body) {
          String text = each.replaceAll("\\b" + loop.group(3) + "\\b", members.get(i));
          out.add(
              loop.group(2) == null
                  ? text
                  : text.replaceAll("\\b" + loop.group(2) + "\\b", Integer.toString(i)));
        }
      }
    }
    return out;
  }

  /** Returns the modules of a list as expressions. */
  private List<String> ofList(ModuleClass module, String list) {
    return tree
        .all()
        .filter(node -> node.className().equals(module.name()))
        .findFirst()
        .orElseThrow()
        .children()
        .get(list)
        .children()
        .keySet()
        .stream()
        .map(step -> ModuleTree.expression(List.of(list, step)))
        .toList();
  }

  /** Returns all modules of a class as expressions, as seen from the model. */
  private List<String> ofClass(String name) {
    return tree.all()
        .filter(node -> node.className().equals(name))
        .map(node -> ModuleTree.expression(List.of(node.path().split("\\."))))
        .toList();
  }

  /** Returns the line with its comment moved to the column of comments. */
  private static String aligned(String line) {
    Matcher commented = COMMENTED.matcher(line);
    if (!commented.matches()) {
      return line;
    }
    String code = commented.group(1);
    return code + " ".repeat(Math.max(1, MARGIN - code.length())) + commented.group(2);
  }
}
