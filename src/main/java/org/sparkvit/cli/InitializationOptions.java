package org.sparkvit.cli;

import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.sparkvit.core.UserException;
import org.sparkvit.model.checkpoint.ViTConfig;
import org.sparkvit.model.checkpoint.ViTSize;
import org.sparkvit.training.recipe.Initialization;
import picocli.CommandLine.Option;

/** The model that training begins with, for every command that trains. */
final class InitializationOptions {
  /** Stand in until the data says what the classes are. */
  private static final List<String> PLACEHOLDERS = List.of("0", "1");

  @Option(
      names = "--from",
      paramLabel = "NAME|URI",
      description =
          "Start with these weights: a model of the workspace, or the URI of a Hugging Face model"
              + " directory. Default: random weights.")
  private String from;

  @Option(
      names = "--new-head",
      fallbackValue = "true",
      description =
          "With --from: draw all of the head anew. Default: classes that the checkpoint has by the"
              + " same name keep their rows of it, and the others' are drawn.")
  private boolean newHead;

  @Option(
      names = "--size",
      paramLabel = "tiny|small|base|large|huge",
      description = "From scratch: size of the model. Default: tiny.")
  private String size;

  @Option(
      names = "--hidden-size",
      description = "From scratch, instead of --size: width of the token vectors.")
  private Integer hiddenSize;

  @Option(names = "--layers", description = "With --hidden-size: number of blocks.")
  private Integer layers;

  @Option(
      names = "--heads",
      description = "With --hidden-size: attention heads; they divide the hidden size.")
  private Integer heads;

  @Option(
      names = "--intermediate-size",
      description = "With --hidden-size: width of the feed-forward part. Default: 4 x hidden size.")
  private Integer intermediateSize;

  @Option(
      names = "--image-size",
      paramLabel = "PIXELS",
      description =
          "Side of the model's input, a multiple of the patch size. Default: 224, or that of"
              + " --from.")
  private Integer imageSize;

  @Option(
      names = "--patch-size",
      paramLabel = "PIXELS",
      description = "From scratch: side of a patch. Default: 16.")
  private Integer patchSize;

  @Option(
      names = "--initializer-range",
      description =
          "From scratch: standard deviation of the random weights. Narrow models want more than"
              + " wide ones. Default: 0.02, Hugging Face's.")
  private Double initializerRange;

  /** Where the options say that training begins. */
  Initialization initialization() {
    boolean custom =
        Stream.of(hiddenSize, layers, heads, intermediateSize).anyMatch(Objects::nonNull);
    if (from != null) {
      if (size != null || custom || patchSize != null || initializerRange != null) {
        throw new UserException(
            "--from brings its own architecture; leave out --size, --hidden-size, --layers,"
                + " --heads, --intermediate-size, --patch-size and --initializer-range");
      }
      return new Initialization.Pretrained(from, optional(imageSize), newHead);
    }
    if (newHead) {
      throw new UserException("--new-head is for a model in --from; from scratch all is new");
    }
    ViTConfig architecture = architecture(custom);
    return new Initialization.Scratch(
        initializerRange == null
            ? architecture
            : architecture.withInitializerRange(initializerRange));
  }

  private ViTConfig architecture(boolean custom) {
    int side = Objects.requireNonNullElse(imageSize, 224);
    int patch = Objects.requireNonNullElse(patchSize, 16);
    if (!custom) {
      ViTSize chosen = ViTSize.of(Objects.requireNonNullElse(size, "tiny"));
      return ViTConfig.of(chosen, side, patch, PLACEHOLDERS);
    }
    if (size != null || hiddenSize == null || layers == null || heads == null) {
      throw new UserException(
          "a custom size needs --hidden-size, --layers and --heads, and no --size");
    }
    int intermediate = Objects.requireNonNullElse(intermediateSize, 4 * hiddenSize);
    return ViTConfig.of(hiddenSize, layers, heads, intermediate, side, patch, PLACEHOLDERS);
  }

  private static OptionalInt optional(Integer value) {
    return value == null ? OptionalInt.empty() : OptionalInt.of(value);
  }
}
